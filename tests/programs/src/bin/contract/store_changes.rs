//! Properties that all calls which change a store have in common.

use crate::bindings::{Durability, Error, Store, wit_store::StoreOptions};
use crate::store::{holds, keys};
use crate::store_files::names_in;
use crate::support::CREATE;

/// A call that sets the value of a key.
type Write = fn(&Store, &str, &[u8]) -> Result<(), Error>;

/// A call that removes a key.
type Removal = fn(&Store, &str) -> Result<(), Error>;

/// Every call that sets the value of a new key.
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

/// The only one of them that keeps an existing value.
const KEEPS: &str = "set-default";

/// Every call that removes the only key of a store.
pub(crate) const REMOVALS: [(&str, Removal); 4] = [
    ("remove", |store, key| store.remove(key).map(drop)),
    ("pop", |store, key| store.pop(key).map(drop)),
    ("pop-item", |store, _| store.pop_item().map(drop)),
    ("clear", |store, _| store.clear()),
];

/// For every durability, the path of a directory and the options.
fn with_every_durability(name: &str) -> impl Iterator<Item = (String, StoreOptions)> {
    let one = move |durability| {
        (format!("work/{name}/{durability:?}"), StoreOptions { durability, ..CREATE })
    };
    [Durability::None, Durability::Data, Durability::Full].into_iter().map(one)
}

pub(crate) fn store_writes_of_every_kind_are_visible_at_once_and_after_a_reopen() {
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

pub(crate) fn store_writes_of_every_kind_replace_the_file_of_a_value() {
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

pub(crate) fn store_writes_of_every_kind_that_fail_leave_the_old_value_and_no_other_file() {
    for (name, write) in WRITES {
        for (path, options) in with_every_durability(name) {
            let store = Store::open(&path, options).unwrap();
            store.set("key", b"old").unwrap();
            // The names that the next files would get.
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

pub(crate) fn store_removals_of_every_kind_are_visible_at_once_and_after_a_reopen() {
    for (name, remove) in REMOVALS {
        for (path, options) in with_every_durability(name) {
            let store = Store::open(&path, options).unwrap();
            store.set("key", b"value").unwrap();
            remove(&store, "key").unwrap();
            assert_eq!((store.get("key").unwrap(), store.len().unwrap()), (None, 0), "{path}");
            assert!(names_in(&path).is_empty(), "{path}");
            // The file was already gone, which is no error.
            remove(&store, "key").unwrap();
            drop(store);
            let store = Store::open(&path, options).unwrap();
            assert!(keys(&store).is_empty(), "{path}");
            store.set("key", b"again").unwrap();
            holds(&store, "key", b"again");
        }
    }
}
