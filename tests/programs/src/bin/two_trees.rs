//! A plugin with two directories, `work/a` and `work/b`, of two file systems. A file system shows
//! both below `work` and gives their roots the same numbers. Each is a store of its own.

#[path = "../bindings.rs"]
mod bindings;

use bindings::filemap::data::store::{Durability, Store, StoreOptions};

const WRITE: StoreOptions =
    StoreOptions { create: false, read_only: false, durability: Durability::None };

fn main() {
    std::fs::write("work/b/x#0", b"of b").unwrap();
    for b_options in [StoreOptions { read_only: true, ..WRITE }, WRITE] {
        let a = Store::open("work/a", WRITE).unwrap();
        let b = Store::open("work/b", b_options).unwrap();
        assert_eq!(keys(&a), [""; 0]);
        assert_eq!(keys(&b), ["x"]);
        a.set("k", b"of a").unwrap();
        assert!(!b.contains("k").unwrap());
        assert_eq!(b.get("x").unwrap().unwrap(), b"of b");
        // A third store finds the one of its directory.
        assert_eq!(keys(&Store::open("work/a", WRITE).unwrap()), ["k"]);
        assert_eq!(keys(&Store::open("work/b", b_options).unwrap()), ["x"]);
        a.clear().unwrap();
        assert_eq!(keys(&b), ["x"]);
    }
    let (a, b) = (open_to_read("work/a"), open_to_read("work/b"));
    assert_eq!((keys(&a), keys(&b)), (vec![], vec!["x".to_owned()]));
}

fn open_to_read(path: &str) -> Store {
    Store::open(path, StoreOptions { read_only: true, ..WRITE }).unwrap()
}

fn keys(store: &Store) -> Vec<String> {
    store.keys().unwrap().next(u32::MAX).unwrap()
}
