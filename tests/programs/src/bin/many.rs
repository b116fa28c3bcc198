//! `many COUNT` opens the store `work/store` and checks that it has the keys `k0` to `kCOUNT-1`.
//! Then it waits for a line, so that a test can measure its host.

#[path = "../bindings.rs"]
mod bindings;

use bindings::filemap::data::store::{Durability, Store, StoreOptions};

fn main() {
    let count: u64 = std::env::args()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .expect("the first argument is the number of keys");
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
            // In this order no key is listed twice, so that all keys exist if the count is right.
            assert!(last < key, "`{key}` is listed after `{last}`");
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
