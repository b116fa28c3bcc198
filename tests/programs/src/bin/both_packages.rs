//! A plugin that imports `filemap:data` and `wasi:keyvalue`: both have the same stores.

#[path = "../keyvalue.rs"]
mod keyvalue;

use filemap_plugin::Store;

fn main() {
    let store = Store::open("work/shared").unwrap();
    let bucket = keyvalue::open("work/shared").unwrap();
    store.insert("a", "1").unwrap();
    assert_eq!(bucket.get("a").unwrap().unwrap(), b"1");
    assert_eq!(keyvalue::increment(&bucket, "a", 41).unwrap(), 42);
    assert_eq!(store.get("a").unwrap().unwrap(), b"42");
    bucket.set("b", b"2").unwrap();
    let keys: Vec<_> = store.keys().unwrap().map(Result::unwrap).collect();
    assert_eq!(keys, ["a", "b"]);
    println!("{}", store.len().unwrap());
}
