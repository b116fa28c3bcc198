//! A plugin on a FUSE file system, which renames a file that is removed or replaced while it is
//! open.

#[path = "../bindings.rs"]
mod bindings;

use bindings::filemap::data::store::{Durability, Store, StoreOptions};

fn main() {
    let options = StoreOptions { create: true, read_only: false, durability: Durability::None };
    let store = Store::open("work/store", options).unwrap();
    store.set("k", b"old").unwrap();
    let reader = store.reader("k").unwrap().unwrap();
    store.set("k", b"new").unwrap();
    drop(store);
    let hidden: Vec<_> = std::fs::read_dir("work/store")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("k#"))
        .collect();
    assert_eq!(hidden.len(), 1);
    assert!(hidden[0].starts_with(".fuse_hidden"), "{hidden:?}");

    let store = Store::open("work/store", options).unwrap();
    assert_eq!(store.keys().unwrap().next(9).unwrap(), ["k"]);
    assert_eq!(store.verify().unwrap().foreign_names, hidden);
    assert_eq!(reader.read(9).unwrap(), b"old");
    store.clear().unwrap();
    assert_eq!(store.len().unwrap(), 0);
    drop(reader);
}
