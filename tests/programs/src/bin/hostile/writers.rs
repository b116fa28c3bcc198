//! Misdeeds with values that are being read or written: heaps of them, and such as nobody finishes.

use std::fs;

use crate::STORE;
use crate::bindings::{Mode, Store};
use crate::piles::{MAX_FILES, MAX_HANDLES, OF_A_STORE, pile_up};

/// The value that a key has before all this.
const OLD: &[u8] = b"old";

/// How many writers are left open.
const OPEN: usize = 20;

fn names() -> Vec<String> {
    let name =
        |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    fs::read_dir("work/store").unwrap().map(name).collect()
}

#[track_caller]
fn has_the_old_value(store: &Store) {
    assert_eq!(store.get("key").unwrap().as_deref(), Some(OLD));
    assert_eq!(store.keys().unwrap().next(10).unwrap(), ["key"]);
}

fn store() -> Store {
    let store = Store::open("work/store", STORE).unwrap();
    store.set("key", OLD).unwrap();
    store
}

pub(crate) fn piles_up_writers() {
    let store = store();
    for key in ["key", "other"] {
        pile_up(MAX_FILES - OF_A_STORE, || {
            let writer = store.writer(key)?;
            writer.write(b"new")?;
            Ok(writer)
        });
        assert_eq!(names(), ["key#0"]);
    }
    // Those that are done hold nothing open.
    let done: Vec<_> = (0..2 * MAX_FILES)
        .map(|number| {
            let writer = store.writer("other").unwrap();
            writer.write(&number.to_le_bytes()).unwrap();
            writer.commit().unwrap();
            writer
        })
        .collect();
    assert!(store.remove("other").unwrap());
    drop(done);
    has_the_old_value(&store);
}

pub(crate) fn piles_up_readers() {
    let store = store();
    pile_up(MAX_FILES - OF_A_STORE, || Ok(store.reader("key")?.expect("it is there")));
    for _ in 0..2 * MAX_FILES {
        assert!(store.reader("other").unwrap().is_none());
    }
    has_the_old_value(&store);
}

pub(crate) fn piles_up_values() {
    let store = store();
    store.set("", &[]).unwrap();
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        pile_up(MAX_FILES - OF_A_STORE, || {
            Ok(store.open_value("key", mode)?.expect("it is there"))
        });
        for _ in 0..2 * MAX_HANDLES {
            assert!(store.open_value("other", mode).unwrap().is_none());
        }
        // They need not hold a file, but they are not for nothing either.
        let empty: Vec<_> =
            (0..=MAX_HANDLES).map_while(|_| store.open_value("", mode).ok()).collect();
        assert!((MAX_FILES - OF_A_STORE..MAX_HANDLES).contains(&empty.len()), "{}", empty.len());
    }
}

pub(crate) fn piles_up_item_streams() {
    let store = store();
    pile_up(MAX_HANDLES - 1, || {
        let items = store.items()?;
        items.next(1)?;
        Ok(items)
    });
}

/// Opens writers and does not let go of them.
fn leave_open() {
    let store = store();
    let open = |number: usize| {
        let writer = store.writer(if number.is_multiple_of(2) { "key" } else { "other" }).unwrap();
        writer.write(&[1; 1000]).unwrap();
        writer
    };
    std::mem::forget((0..OPEN).map(open).collect::<Vec<_>>());
    has_the_old_value(&store);
    std::mem::forget(store);
    println!("{OPEN} writers are open");
}

pub(crate) fn leaves_writers_open() {
    leave_open();
}

pub(crate) fn traps_with_writers_open() {
    leave_open();
    std::process::abort();
}

/// Comes behind those two.
pub(crate) fn finds_nothing_of_writers() {
    let store = Store::open("work/store", STORE).unwrap();
    has_the_old_value(&store);
    assert_eq!(names(), ["key#0"]);
}

pub(crate) fn spoils_what_a_writer_writes() {
    let spoilers: [fn(&str); 4] = [
        |path| fs::remove_file(path).unwrap(),
        |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        },
        |path| {
            fs::remove_file(path).unwrap();
            fs::rename("work/outside", path).unwrap();
        },
        |path| fs::rename(path, "work/store/elsewhere").unwrap(),
    ];
    for spoil in spoilers {
        let store = store();
        let writer = store.writer("key").unwrap();
        writer.write(b"new").unwrap();
        for name in names().into_iter().filter(|name| name.starts_with("%temporary-filemap#")) {
            spoil(&format!("work/store/{name}"));
        }
        // What was spoiled is that writer's alone.
        let committed = writer.write(b"er").and_then(|()| writer.commit());
        println!("{committed:?}");
        store.set("key", OLD).unwrap();
        has_the_old_value(&store);
        store.clear().unwrap();
        drop((writer, store));
        fs::remove_dir_all("work/store").unwrap();
    }
}
