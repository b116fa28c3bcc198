//! A plugin that opens the store `work/store` and finds so many keys in it, `k0` to the last: `many
//! COUNT`. Then it waits for a line, so that a test can look at its host.

#[path = "../bindings.rs"]
mod bindings;

use bindings::filemap::data::store::{Durability, Store, StoreOptions};

fn main() {
    let count: u64 = std::env::args()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .expect("how many keys there are");
    let options = StoreOptions { create: false, read_only: false, durability: Durability::None };
    let store = Store::open("work/store", options).unwrap();
    assert_eq!(store.len().unwrap(), count);

    let keys = store.keys().unwrap();
    let (mut found, mut last) = (0, String::new());
    loop {
        let next = keys.next(1000).unwrap();
        if next.is_empty() {
            break;
        }
        for key in next {
            // In order none comes twice, so that all are there when there are so many.
            assert!(last < key, "`{key}` comes behind `{last}`");
            assert!(key[1..].parse::<u64>().unwrap() < count, "`{key}`");
            found += 1;
            last = key;
        }
    }
    assert_eq!(found, count);
    if count > 0 {
        assert_eq!(store.get(&format!("k{}", count / 2)).unwrap().unwrap(), b"");
    }
    assert!(!store.contains(&format!("k{count}")).unwrap());
    println!("found");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
