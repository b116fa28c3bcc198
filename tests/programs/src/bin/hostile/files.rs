//! Attacks on mapped files and on the files of a store.

use std::fs;

use crate::bindings::{ErrorCode, Memmap, Mode, Store};
use crate::support::{CREATE, fails, index, options, poke, resize, shaped, size};

const FILE: &str = "work/victim.bin";
/// Three pages.
const SIZE: u64 = 3 * 4096;
const ONES: [u8; 100] = [1; 100];

/// Creates a file of ones, and maps it.
fn victim(mode: Mode) -> Memmap {
    fs::write(FILE, vec![1; 3 * 4096]).unwrap();
    Memmap::open(FILE, &options(mode, "u1")).unwrap()
}

/// Truncates the mapped file and checks that every call fails, then extends it and checks that
/// every call succeeds.
fn truncate_at(cut: u64) {
    let array = victim(Mode::ReadWrite);
    let view = array.view(&index("::-100")).unwrap();
    array.read(&[]).unwrap();
    resize(FILE, cut);
    for array in [&array, &view] {
        fails(array.read(&index("0")), ErrorCode::Truncated, &["truncated"]);
        fails(array.read(&index("-1")), ErrorCode::Truncated, &["truncated"]);
        fails(array.read(&[]), ErrorCode::Truncated, &["truncated"]);
        fails(array.write(&index("0"), &[2], None), ErrorCode::Truncated, &["truncated"]);
        fails(array.write(&index("-1:"), &[2], None), ErrorCode::Truncated, &["truncated"]);
    }
    fails(array.read_bytes(0, SIZE), ErrorCode::Truncated, &["truncated"]);
    fails(array.write_bytes(SIZE - 1, &[2]), ErrorCode::Truncated, &["truncated"]);
    // Writes before the truncation are in the part of the file that is left.
    array.flush().unwrap();
    view.flush().unwrap();
    assert_eq!(size(FILE), cut, "a write does not extend the file");

    resize(FILE, SIZE);
    let mut expected = vec![1; usize::try_from(cut).unwrap()];
    expected.resize(3 * 4096, 0);
    assert_eq!(array.read(&[]).unwrap(), expected);
    array.write(&index("-1"), &[3], None).unwrap();
    assert_eq!(view.read(&index("0")).unwrap(), [3]);
    array.flush().unwrap();
    assert_eq!(fs::read(FILE).unwrap().last(), Some(&3));
}

pub(crate) fn truncates_a_mapped_file() {
    truncate_at(0);
    truncate_at(4096);
}

pub(crate) fn truncates_a_mapped_file_within_a_page() {
    truncate_at(1);
    truncate_at(5000);
    truncate_at(SIZE - 1);
}

pub(crate) fn truncates_a_file_mapped_copy_on_write() {
    let array = victim(Mode::CopyOnWrite);
    array.write(&index(":100"), &[2; 100], None).unwrap();
    resize(FILE, 4096);
    fails(array.read(&index("0")), ErrorCode::Truncated, &["truncated"]);
    fails(array.write(&index("0"), &[3], None), ErrorCode::Truncated, &["truncated"]);
    array.flush().unwrap();
    resize(FILE, SIZE);
    assert_eq!(array.read(&index("98:102")).unwrap(), [2, 2, 1, 1]);
    assert_eq!(array.read(&index("4095:4097")).unwrap(), [1, 0]);
}

pub(crate) fn removes_a_mapped_file() {
    let array = victim(Mode::ReadWrite);
    fs::remove_file(FILE).unwrap();
    array.write(&index("0"), &[2], None).unwrap();
    assert_eq!(array.read(&index(":2")).unwrap(), [2, 1]);
    array.flush().unwrap();
    fails(Memmap::open(FILE, &options(Mode::ReadOnly, "u1")), ErrorCode::NotFound, &["victim.bin"]);
}

pub(crate) fn replaces_a_mapped_file() {
    let array = victim(Mode::ReadWrite);
    fs::write("work/other.bin", [9]).unwrap();
    fs::rename("work/other.bin", FILE).unwrap();
    array.write(&index("-1"), &[2], None).unwrap();
    assert_eq!(array.read(&index("-2:")).unwrap(), [1, 2]);
    assert_eq!(fs::read(FILE).unwrap(), [9]);
}

pub(crate) fn truncates_a_mapped_file_by_opening_it() {
    let array = victim(Mode::ReadWrite);
    let short = Memmap::open(FILE, &shaped(Mode::Write, "u1", &[10])).unwrap();
    fails(array.read(&[]), ErrorCode::Truncated, &["truncated"]);
    fails(array.write(&index("0"), &[2], None), ErrorCode::Truncated, &["truncated"]);
    short.write(&index("0"), &[5], None).unwrap();
    assert_eq!(short.read(&index(":2")).unwrap(), [5, 0]);
}

pub(crate) fn corrupts_the_files_of_a_store() {
    let store = Store::open("work/store", CREATE).unwrap();
    for key in ["gone", "cut", "folder", "link"] {
        store.set(key, &ONES).unwrap();
    }
    fs::remove_file("work/store/gone#0").unwrap();
    resize("work/store/cut#1", 1);
    fs::remove_file("work/store/folder#2").unwrap();
    fs::create_dir("work/store/folder#2").unwrap();
    // A link in place of a value does not leave the granted directory.
    fs::rename("work/outside", "work/store/outside").unwrap();
    fs::rename("work/store/outside", "work/store/link#3").unwrap();

    fails(store.get("gone"), ErrorCode::NotFound, &["gone"]);
    assert_eq!(store.get("cut").unwrap(), Some(vec![1]));
    assert_eq!(store.get_range("cut", 50, 100).unwrap(), Some(vec![]));
    fails(store.get("folder"), ErrorCode::InvalidArgument, &["directory"]);
    fails(store.get("link"), ErrorCode::AccessDenied, &["link"]);
    for (key, code) in [
        ("gone", ErrorCode::NotFound),
        ("folder", ErrorCode::InvalidArgument),
        ("link", ErrorCode::AccessDenied),
    ] {
        fails(store.reader(key), code, &[key]);
        fails(store.pop(key), code, &[key]);
        for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
            fails(store.open_value(key, mode), code, &[key]);
        }
    }
    // A stream ends, also if it cannot read some items.
    let items = store.items().unwrap();
    let answers: Vec<_> = (0..5).map(|_| items.next(9)).collect();
    assert!(matches!(answers.last(), Some(Ok(rest)) if rest.is_empty()), "{answers:?}");
    let read: Vec<_> = answers.iter().flatten().flatten().collect();
    assert_eq!(read, [&("cut".into(), vec![1])], "{answers:?}");
    let found = store.verify().unwrap();
    assert!(found.missing_keys.contains(&"gone".into()), "{found:?}");
    assert_eq!(store.len().unwrap(), 4);

    for key in ["gone", "cut", "folder", "link"] {
        store.set(key, &ONES).unwrap();
        assert_eq!(store.get(key).unwrap().as_deref(), Some(&ONES[..]), "{key}");
        assert!(store.remove(key).unwrap());
    }
    assert_eq!(store.len().unwrap(), 0);
}

pub(crate) fn removes_the_directory_of_a_store() {
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", &ONES).unwrap();
    fs::remove_file("work/store/key#0").unwrap();
    fs::remove_dir("work/store").unwrap();
    fails(store.get("key"), ErrorCode::NotFound, &["key"]);
    fails(store.set("key", &ONES), ErrorCode::NotFound, &["work/store"]);
    assert!(store.remove("key").unwrap());
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", &ONES).unwrap();
}

pub(crate) fn removes_the_directory_of_a_writer() {
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", &ONES).unwrap();
    let (writer, reader) = (store.writer("key").unwrap(), store.reader("key").unwrap().unwrap());
    writer.write(&[2]).unwrap();
    fs::remove_dir_all("work/store").unwrap();
    writer.write(&[3]).unwrap();
    fails(writer.commit(), ErrorCode::NotFound, &["key"]);
    fails(store.writer("key"), ErrorCode::NotFound, &["work/store"]);
    fails(store.update(&[("key".into(), vec![2])]), ErrorCode::NotFound, &["work/store"]);
    fails(store.set_default("other", &[2]), ErrorCode::NotFound, &["work/store"]);
    fails(store.pop_item(), ErrorCode::NotFound, &["key"]);
    assert_eq!(reader.read(1000).unwrap(), ONES);
    // A new directory with the same name is another store.
    let other = Store::open("work/store", CREATE).unwrap();
    other.set("other", &ONES).unwrap();
    assert_eq!((store.get("other").unwrap(), other.get("key").unwrap()), (None, None));
    store.clear().unwrap();
    drop((writer, store));
    assert_eq!(other.keys().unwrap().next(9).unwrap(), ["other"]);
}

pub(crate) fn occupies_the_temporary_names_of_a_store() {
    let store = Store::open("work/store", CREATE).unwrap();
    for generation in 0..100 {
        fs::create_dir(format!("work/store/%temporary-filemap#{generation}")).unwrap();
    }
    let failures: Vec<_> = (0..10).filter_map(|_| store.set("key", &ONES).err()).collect();
    assert!(failures.len() < 10, "the store finds a free name after some attempts");
    for failure in failures {
        fails::<()>(Err(failure), ErrorCode::InvalidArgument, &["work/store", "exists already"]);
    }
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&ONES[..]));
}

pub(crate) fn exhausts_the_generations_of_a_store() {
    fs::create_dir("work/store").unwrap();
    fs::write(format!("work/store/key#{}", i64::MAX), ONES).unwrap();
    fs::write(format!("work/store/key#{}", u64::MAX), ONES).unwrap();
    let store = Store::open("work/store", CREATE).unwrap();
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&ONES[..]));
    fails(store.set("key", &[2]), ErrorCode::LimitExceeded, &["9223372036854775807"]);
    assert!(store.remove("key").unwrap());
    poke(&format!("work/store/key#{}", u64::MAX), 0, &[7]);
}
