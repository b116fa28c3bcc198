//! A plugin on a small disk, `work`, of one megabyte and a hundred files: a value that finds no
//! room says so, and leaves what was there; and there is always room to remove something.

#[path = "contract/bindings.rs"]
mod bindings;
#[path = "contract/support.rs"]
#[allow(dead_code, reason = "shared with the contract suite")]
mod support;

use std::fs::{self, File};
use std::io::Write as _;

use bindings::wit_store::StoreOptions;
use bindings::{Durability, Error, ErrorCode, Store};
use support::{exists, fails};

const PLACE: &str = "work/store";
const FILLERS: &str = "work/fillers";
const PAGE: usize = 4096;

/// A value that makes room when it goes.
static LARGE: [u8; 16 * PAGE] = [1; 16 * PAGE];

/// A value that is to survive everything.
const OLD: &[u8] = b"old";

/// More than the disk has.
const TOO_MUCH: usize = 2 << 20;

/// What the disk is full of.
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
        finds_no_room_for_what_is_larger_than_the_disk(options);
        finds_room_for_a_part(options);
        for full in [Full::Bytes, Full::Files] {
            for remove in ways {
                finds_no_room_until_something_goes(options, full, remove);
            }
        }
    }
    for durability in [Durability::None, Durability::Data, Durability::Full] {
        finds_no_room_for_a_directory(StoreOptions { create: true, read_only: false, durability });
    }
}

/// A store on a disk with room, that has two values.
fn begin(options: StoreOptions) -> Store {
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

/// Takes all room that the disk has left.
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

/// Gives one page or one file of it back.
fn leave_one(full: Full) {
    if full == Full::Bytes {
        let filler = File::options().write(true).open(format!("{FILLERS}/bytes")).unwrap();
        filler.set_len(filler.metadata().unwrap().len() - PAGE as u64).unwrap();
    } else {
        fs::remove_file(format!("{FILLERS}/0")).unwrap();
    }
}

/// Every way to bring a value to the disk, under its name.
type Attempt = (&'static str, fn(&Store, &[u8]) -> Result<(), Error>);

const ATTEMPTS: [Attempt; 8] = [
    ("set", |store, value| store.set("old", value)),
    ("set a new key", |store, value| store.set("new", value)),
    ("set-parts", |store, value| store.set_parts("old", &[b"parts".to_vec(), value.to_vec()])),
    ("update", |store, value| {
        store.update(&[("old".into(), value.to_vec()), ("new".into(), value.to_vec())])
    }),
    ("update, where the first fits", |store, value| {
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

/// Tries everything, and finds the values and the files as they were.
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
    assert_eq!(store.set_default("old", value).unwrap(), OLD, "what is there needs no room");
}

fn check_old(store: &Store) {
    assert_eq!(store.keys().unwrap().next(9).unwrap(), ["large", "old"]);
    assert!(store.get("old").unwrap().unwrap() == OLD);
    assert!(store.get("large").unwrap().unwrap() == LARGE);
}

fn finds_no_room_for_what_is_larger_than_the_disk(options: StoreOptions) {
    check_no_room(&begin(options), &vec![2; TOO_MUCH]);
}

/// An update of which only a part fits leaves nothing of it, and gives the room back.
fn finds_room_for_a_part(options: StoreOptions) {
    let store = begin(options);
    fill(Full::Bytes);
    leave_one(Full::Bytes);
    let items = ["old", "new"].map(|key| (key.to_owned(), vec![2; PAGE]));
    for _ in 0..2 {
        fails(store.update(&items), ErrorCode::NoSpace, &["work/store"]);
        check_old(&store);
    }
    // A writer that found no room lets go of what it found when it is dropped.
    let writer = store.writer("old").unwrap();
    writer.write(&[3; PAGE]).unwrap();
    fails(writer.write(&[3; PAGE]), ErrorCode::NoSpace, &["work/store"]);
    fails(store.set("new", b"new"), ErrorCode::NoSpace, &["work/store"]);
    drop(writer);
    // And one that is not dropped has what fitted, and not more.
    let writer = store.writer("old").unwrap();
    writer.write(&[3; PAGE - 1]).unwrap();
    fails(writer.write(&[3; PAGE]), ErrorCode::NoSpace, &["work/store"]);
    writer.commit().unwrap();
    assert!(store.get("old").unwrap().unwrap() == [3; PAGE - 1]);
    end(&store);
}

fn finds_no_room_until_something_goes(options: StoreOptions, full: Full, remove: Remove) {
    let store = begin(options);
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
    end(&store);
}

/// With room, nothing of what was tried before fails.
fn end(store: &Store) {
    fs::remove_dir_all(FILLERS).unwrap();
    for (name, attempt) in ATTEMPTS {
        assert!(attempt(store, b"value").is_ok(), "{name}");
    }
}

fn finds_no_room_for_a_directory(options: StoreOptions) {
    drop(begin(options));
    fill(Full::Files);
    fails(Store::open("work/other", options), ErrorCode::NoSpace, &["work/other"]);
    assert!(!exists("work/other"));
    leave_one(Full::Files);
    fails(Store::open("work/other/store", options), ErrorCode::NoSpace, &["work/other/store"]);
    assert!(!exists("work/other"), "a directory that was made for nothing is litter");
    fs::remove_dir_all(FILLERS).unwrap();
}
