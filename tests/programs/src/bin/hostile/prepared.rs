//! Attacks by special files and a full disk, which the test prepares; and a well-behaved plugin.

use std::fs;
use std::io::Write;

use crate::bindings::{ErrorCode, Memmap, Mode, Store};
use crate::streams::write_to_a_full_disk;
use crate::support::{CREATE, described, fails, index, options, shaped};

/// A well-behaved plugin, which must succeed after every attack.
pub(crate) fn behaves_well() {
    let store = Store::open("work/well", CREATE).unwrap();
    store.set("key", b"value").unwrap();
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"value"[..]));
    assert_eq!(store.keys().unwrap().next(10).unwrap(), ["key"]);
    assert!(store.remove("key").unwrap());

    let array = Memmap::open("work/well.bin", &shaped(Mode::Write, "<u2", &[3, 1000])).unwrap();
    let column = array.view(&index(":, 999")).unwrap();
    column.write(&[], &[1, 0, 2, 0, 3, 0], None).unwrap();
    array.flush().unwrap();
    assert_eq!(fs::read("work/well.bin").unwrap()[1998..2000], [1, 0]);
    let again = Memmap::open("work/well.bin", &shaped(Mode::CopyOnWrite, "<u2", &[3000])).unwrap();
    assert_eq!(again.read(&index("999::1000")).unwrap(), [1, 0, 2, 0, 3, 0]);
    again.write(&index("999"), &[9, 9], None).unwrap();
    assert_eq!(column.read(&index("0")).unwrap(), [1, 0]);
}

pub(crate) fn opens_symbolic_link_loops() {
    for path in ["work/one", "work/two", "work/self", "work/self/x"] {
        for mode in [Mode::ReadOnly, Mode::ReadWrite] {
            fails(Memmap::open(path, &options(mode, "u1")), ErrorCode::InvalidArgument, &["links"]);
        }
        fails(Memmap::open_npy(path, Mode::ReadOnly, None), ErrorCode::InvalidArgument, &["links"]);
        fails(Store::open(path, CREATE), ErrorCode::InvalidArgument, &["links"]);
    }
    let created = Memmap::open("work/one", &shaped(Mode::Write, "u1", &[1]));
    fails(created, ErrorCode::InvalidArgument, &["links"]);
    // A path through a link to its own directory resolves, but not with any number of links.
    let path = format!("work/{}bytes.bin", "here/".repeat(500));
    let opened = Memmap::open(&path, &options(Mode::ReadOnly, "u1"));
    fails(opened, ErrorCode::InvalidArgument, &["links"]);
}

pub(crate) fn opens_special_files() {
    for name in ["pipe#1", "socket#2", "folder#0"] {
        let path = format!("work/odd/{name}");
        for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
            fails(
                Memmap::open(&path, &shaped(mode, "u1", &[1])),
                ErrorCode::InvalidArgument,
                &[&path],
            );
        }
        fails(Memmap::open_npy(&path, Mode::ReadOnly, None), ErrorCode::InvalidArgument, &[&path]);
    }

    let store = Store::open("work/odd", CREATE).unwrap();
    assert_eq!(store.len().unwrap(), 0, "no entry is a value");
    assert_eq!(described(&store), "<File: work/odd, 0 elements, 3 other files ignored>");
    // A value that is replaced by a pipe is an error, and no call blocks on it.
    store.set("late", b"value").unwrap();
    fs::rename("work/odd/pipe#1", "work/odd/late#3").unwrap();
    fails(store.get("late"), ErrorCode::InvalidArgument, &["late"]);
    fails(store.get_range("late", 0, 1), ErrorCode::InvalidArgument, &["late"]);
    fails(store.get_many(&["late".into()]), ErrorCode::InvalidArgument, &["late"]);
    fails(store.reader("late"), ErrorCode::InvalidArgument, &["late"]);
    fails(store.items().unwrap().next(1), ErrorCode::InvalidArgument, &["late"]);
    fails(store.pop("late"), ErrorCode::InvalidArgument, &["late"]);
    fails(store.pop_item(), ErrorCode::InvalidArgument, &["late"]);
    fails(store.set_default("late", b"value"), ErrorCode::InvalidArgument, &["late"]);
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        fails(store.open_value("late", mode), ErrorCode::InvalidArgument, &["late"]);
    }
    store.verify().unwrap();
    assert_eq!(store.len().unwrap(), 1);
    store.set("late", b"value").unwrap();
    store.clear().unwrap();
    assert_eq!(fs::read_dir("work/odd").unwrap().count(), 2);
}

pub(crate) fn opens_a_store_in_a_pipe() {
    for path in
        ["work/pipe", "work/socket", "work/bytes.bin", "work/pipe/store", "work/bytes.bin/store"]
    {
        fails(Store::open(path, CREATE), ErrorCode::InvalidArgument, &[path]);
    }
}

/// The folder is on a file system of one megabyte.
pub(crate) fn fills_the_disk() {
    let names = || {
        let names = fs::read_dir("work/store")
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect::<Vec<_>>()
    };
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", b"old").unwrap();
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    array.write(&index("0"), &[1], None).unwrap();

    let mut filler = fs::File::create("work/filler").unwrap();
    while filler.write_all(&[7; 4096]).is_ok() {}

    for place in [4096, 100_000, 5_000_000_000] {
        fails(array.write_bytes(place, &[1; 10_000]), ErrorCode::NoSpace, &["sparse.bin", "full"]);
    }
    assert_eq!(array.read(&index("0")).unwrap(), [1]);
    array.write(&index("0"), &[2], None).unwrap();
    array.flush().unwrap();
    for value in [b"new".to_vec(), vec![1; 100_000]] {
        fails(store.set("key", &value), ErrorCode::NoSpace, &["key", "full"]);
        fails(store.set("other", &value), ErrorCode::NoSpace, &["other"]);
        assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"old"[..]));
        assert_eq!(names(), ["key#0"], "a failed write leaves no other file");
    }
    write_to_a_full_disk(&array, &store);
    assert_eq!(
        (store.get("key").unwrap().as_deref(), names()),
        (Some(&b"old"[..]), vec!["key#0".into()])
    );
    assert_eq!(store.len().unwrap(), 1);
    assert_eq!(
        Store::open("work/store", CREATE).unwrap().get("key").unwrap().as_deref(),
        Some(&b"old"[..])
    );

    drop(filler);
    fs::remove_file("work/filler").unwrap();
    array.write_bytes(5_000_000_000, &[3; 10_000]).unwrap();
    assert_eq!(array.read_bytes(5_000_009_998, 3).unwrap(), [3, 3, 0]);
    store.set("key", b"new").unwrap();
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"new"[..]));
}
