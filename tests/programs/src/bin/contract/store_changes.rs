//! Every way to change a store: what all of them have in common.

use crate::bindings::{Durability, Error, Store, wit_store::StoreOptions};
use crate::store::{CREATE, holds, keys};
use crate::store_files::names_in;

/// A way to give a key a value.
type Write = fn(&Store, &str, &[u8]) -> Result<(), Error>;

/// A way to take a key away.
type Removal = fn(&Store, &str) -> Result<(), Error>;

/// Every way to give a key a value that it does not have yet.
pub(crate) const WRITES: [(&str, Write); 5] = [
    ("set", |store, key, value| store.set(key, value)),
    ("set-parts", |store, key, value| {
        let (one, other) = value.split_at(value.len() / 2);
        store.set_parts(key, &[one.to_vec(), other.to_vec()])
    }),
    ("set-default", |store, key, value| store.set_default(key, value).map(drop)),
    ("update", |store, key, value| store.update(&[(key.into(), value.into())])),
    ("writer", |store, key, value| {
        let writer = store.writer(key)?;
        writer.write(value)?;
        writer.commit()
    }),
];

/// The only one that leaves the value of a key that has one.
const KEEPS: &str = "set-default";

/// Every way to take the only key of a store away.
pub(crate) const REMOVALS: [(&str, Removal); 4] = [
    ("remove", |store, key| store.remove(key).map(drop)),
    ("pop", |store, key| store.pop(key).map(drop)),
    ("pop-item", |store, _| store.pop_item().map(drop)),
    ("clear", |store, _| store.clear()),
];

/// Every durability, and the store of such a kind that lies in a directory of its own.
fn with_every_durability(name: &str) -> impl Iterator<Item = (String, StoreOptions)> {
    let one = move |durability| {
        (format!("work/{name}/{durability:?}"), StoreOptions { durability, ..CREATE })
    };
    [Durability::None, Durability::Data, Durability::Full].into_iter().map(one)
}

pub(crate) fn store_writes_of_every_kind_are_there_at_once_and_after_opening_again() {
    for (name, write) in WRITES {
        for (path, options) in with_every_durability(name) {
            let store = Store::open(&path, options).unwrap();
            write(&store, "key", b"value").unwrap();
            holds(&store, "key", b"value");
            write(&store, "empty", b"").unwrap();
            drop(store);
            let store = Store::open(&path, options).unwrap();
            holds(&store, "key", b"value");
            holds(&store, "empty", b"");
            assert_eq!(keys(&store), ["empty", "key"], "{path}");
            assert_eq!(names_in(&path), ["empty#1", "key#0"], "{path}");
        }
    }
}

pub(crate) fn store_writes_of_every_kind_replace_a_value_by_another_file() {
    for (name, write) in WRITES.into_iter().filter(|(name, _)| *name != KEEPS) {
        for (path, options) in with_every_durability(name) {
            let store = Store::open(&path, options).unwrap();
            store.set("key", b"a long value").unwrap();
            write(&store, "key", b"short").unwrap();
            holds(&store, "key", b"short");
            assert_eq!(names_in(&path), ["key#1"], "{path}");
            drop(store);
            holds(&Store::open(&path, options).unwrap(), "key", b"short");
        }
    }
}

pub(crate) fn store_writes_of_every_kind_that_fail_leave_the_old_value_and_no_litter() {
    for (name, write) in WRITES {
        for (path, options) in with_every_durability(name) {
            let store = Store::open(&path, options).unwrap();
            store.set("key", b"old").unwrap();
            // Where the next files would get their names.
            for number in 1..20 {
                std::fs::create_dir(format!("{path}/key#{number}")).unwrap();
                std::fs::create_dir(format!("{path}/new#{number}")).unwrap();
            }
            let before = names_in(&path);
            assert!(write(&store, "new", b"value").is_err(), "{path}");
            assert_eq!(write(&store, "key", b"value").is_err(), name != KEEPS, "{path}");
            assert_eq!(store.get("new").unwrap(), None, "{path}");
            assert_eq!(keys(&store), ["key"], "{path}");
            holds(&store, "key", b"old");
            assert_eq!(names_in(&path), before, "{path}");
        }
    }
}

pub(crate) fn store_removals_of_every_kind_are_there_at_once_and_after_opening_again() {
    for (name, remove) in REMOVALS {
        for (path, options) in with_every_durability(name) {
            let store = Store::open(&path, options).unwrap();
            store.set("key", b"value").unwrap();
            remove(&store, "key").unwrap();
            assert_eq!((store.get("key").unwrap(), store.len().unwrap()), (None, 0), "{path}");
            assert!(names_in(&path).is_empty(), "{path}");
            // It was not there any more, and that is no error.
            remove(&store, "key").unwrap();
            drop(store);
            let store = Store::open(&path, options).unwrap();
            assert!(keys(&store).is_empty(), "{path}");
            store.set("key", b"again").unwrap();
            holds(&store, "key", b"again");
        }
    }
}
