//! A plugin on a full disk: `work` has one megabyte and a hundred files. A value that does not fit
//! is `no-space` and leaves the old value, and a key can always be removed.

#[path = "../bindings.rs"]
mod bindings;
#[path = "../support.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod support;

use std::fs::{self, File};
use std::io::Write as _;

use bindings::wit_store::StoreOptions;
use bindings::{Durability, Error, ErrorCode, Store};
use support::{exists, fails};

const PLACE: &str = "work/store";
const FILLERS: &str = "work/fillers";
const PAGE: usize = 4096;

/// A value whose removal makes room.
static LARGE: [u8; 16 * PAGE] = [1; 16 * PAGE];

/// A value that every failed call must keep.
const OLD: &[u8] = b"old";

/// More bytes than the disk has.
const TOO_MUCH: usize = 2 << 20;

/// What the disk has no more of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Full {
    Bytes,
    Files,
}

/// A way to remove the key `large`.
type Remove = fn(&Store);

fn main() {
    let ways: [Remove; 4] = [
        |store| assert!(store.remove("large").unwrap()),
        |store| assert!(store.pop("large").unwrap().unwrap() == LARGE),
        |store| assert!(store.pop_item().unwrap().unwrap() == ("large".into(), LARGE.to_vec())),
        |store| store.clear().unwrap(),
    ];
    for durability in [Durability::None, Durability::Data, Durability::Full] {
        let options = StoreOptions { create: true, read_only: false, durability };
        a_value_larger_than_the_disk_is_no_space(options);
        a_write_of_which_a_part_fits_is_no_space(options);
        for full in [Full::Bytes, Full::Files] {
            for remove in ways {
                every_write_is_no_space_until_a_key_is_removed(options, full, remove);
            }
        }
    }
    for durability in [Durability::None, Durability::Data, Durability::Full] {
        a_new_directory_is_no_space(StoreOptions { create: true, read_only: false, durability });
    }
}

/// Opens a store with two values, on a disk with room.
fn open_with_values(options: StoreOptions) -> Store {
    fs::create_dir_all(FILLERS).unwrap();
    let store = Store::open(PLACE, options).unwrap();
    store.clear().unwrap();
    store.set("large", &LARGE).unwrap();
    store.set("old", OLD).unwrap();
    store
}

fn file_names() -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(PLACE)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Uses all space of the disk.
fn fill(full: Full) {
    if full == Full::Bytes {
        let mut filler = File::create(format!("{FILLERS}/bytes")).unwrap();
        while filler.write_all(&[1; PAGE]).is_ok() {}
    } else {
        let mut numbers = 0..;
        while numbers
            .next()
            .is_some_and(|number: u32| File::create(format!("{FILLERS}/{number}")).is_ok())
        {
        }
    }
}

/// Frees one page or one file.
fn free_one(full: Full) {
    if full == Full::Bytes {
        let filler = File::options().write(true).open(format!("{FILLERS}/bytes")).unwrap();
        filler.set_len(filler.metadata().unwrap().len() - PAGE as u64).unwrap();
    } else {
        fs::remove_file(format!("{FILLERS}/0")).unwrap();
    }
}

/// A call that sets a value, with its name.
type Attempt = (&'static str, fn(&Store, &[u8]) -> Result<(), Error>);

const ATTEMPTS: [Attempt; 8] = [
    ("set", |store, value| store.set("old", value)),
    ("set a new key", |store, value| store.set("new", value)),
    ("set-parts", |store, value| store.set_parts("old", &[b"parts".to_vec(), value.to_vec()])),
    ("update", |store, value| {
        store.update(&[("old".into(), value.to_vec()), ("new".into(), value.to_vec())])
    }),
    ("update of which the first item fits", |store, value| {
        store.update(&[
            ("old".into(), vec![]),
            ("new".into(), value.to_vec()),
            ("newer".into(), value.to_vec()),
        ])
    }),
    ("set-default", |store, value| store.set_default("newest", value).map(drop)),
    ("writer", |store, value| {
        let writer = store.writer("old")?;
        writer.write(value)?;
        writer.commit()
    }),
    ("writer in pieces", |store, value| {
        let writer = store.writer("new")?;
        value.chunks(3 * PAGE).try_for_each(|piece| writer.write(piece))?;
        writer.commit()
    }),
];

/// Checks that every call is `no-space`, and that the values and the files are unchanged.
fn check_no_room(store: &Store, value: &[u8]) {
    let names = file_names();
    for (name, attempt) in ATTEMPTS {
        match attempt(store, value) {
            Err(Error { code: ErrorCode::NoSpace, message }) => {
                assert!(message.contains("`work/store`"), "{name}: {message}");
            }
            other => panic!("{name}: {other:?}"),
        }
        check_old(store);
        assert_eq!(file_names(), names);
    }
    assert_eq!(store.set_default("old", value).unwrap(), OLD, "an existing value needs no space");
}

fn check_old(store: &Store) {
    assert_eq!(store.keys().unwrap().next(9).unwrap(), ["large", "old"]);
    assert!(store.get("old").unwrap().unwrap() == OLD);
    assert!(store.get("large").unwrap().unwrap() == LARGE);
}

fn a_value_larger_than_the_disk_is_no_space(options: StoreOptions) {
    check_no_room(&open_with_values(options), &vec![2; TOO_MUCH]);
}

/// An update of which only a part fits leaves nothing, and frees its space.
fn a_write_of_which_a_part_fits_is_no_space(options: StoreOptions) {
    let store = open_with_values(options);
    fill(Full::Bytes);
    free_one(Full::Bytes);
    let items = ["old", "new"].map(|key| (key.to_owned(), vec![2; PAGE]));
    for _ in 0..2 {
        fails(store.update(&items), ErrorCode::NoSpace, &["work/store"]);
        check_old(&store);
    }
    // A writer that failed frees its space when it is dropped.
    let writer = store.writer("old").unwrap();
    writer.write(&[3; PAGE]).unwrap();
    fails(writer.write(&[3; PAGE]), ErrorCode::NoSpace, &["work/store"]);
    fails(store.set("new", b"new"), ErrorCode::NoSpace, &["work/store"]);
    drop(writer);
    // A writer that is not dropped has the bytes of the successful writes.
    let writer = store.writer("old").unwrap();
    writer.write(&[3; PAGE - 1]).unwrap();
    fails(writer.write(&[3; PAGE]), ErrorCode::NoSpace, &["work/store"]);
    writer.commit().unwrap();
    assert!(store.get("old").unwrap().unwrap() == [3; PAGE - 1]);
    check_with_room(&store);
}

fn every_write_is_no_space_until_a_key_is_removed(
    options: StoreOptions,
    full: Full,
    remove: Remove,
) {
    let store = open_with_values(options);
    fill(full);
    check_no_room(&store, b"value");
    drop(store);
    let store = Store::open(PLACE, options).unwrap();
    check_old(&store);
    let findings = store.verify().unwrap();
    assert_eq!(
        (findings.unfinished, findings.outdated, findings.foreign, findings.missing),
        (0, 0, 0, 0)
    );
    check_no_room(&store, b"value");

    remove(&store);
    assert!(!store.contains("large").unwrap());
    store.set("old", b"it fits").unwrap();
    assert!(store.get("old").unwrap().unwrap() == b"it fits");
    assert_eq!(file_names().len(), 1);
    check_with_room(&store);
}

/// Frees the disk, and checks that every call succeeds.
fn check_with_room(store: &Store) {
    fs::remove_dir_all(FILLERS).unwrap();
    for (name, attempt) in ATTEMPTS {
        assert!(attempt(store, b"value").is_ok(), "{name}");
    }
}

fn a_new_directory_is_no_space(options: StoreOptions) {
    drop(open_with_values(options));
    fill(Full::Files);
    fails(Store::open("work/other", options), ErrorCode::NoSpace, &["work/other"]);
    assert!(!exists("work/other"));
    free_one(Full::Files);
    fails(Store::open("work/other/store", options), ErrorCode::NoSpace, &["work/other/store"]);
    assert!(!exists("work/other"), "a failed call leaves no directory");
    fs::remove_dir_all(FILLERS).unwrap();
}
