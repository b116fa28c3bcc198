//! Attacks by long keys and many keys.

use std::fs;

use crate::bindings::{ErrorCode, Mode, Store};
use crate::support::{CREATE, described, fails, resize};

/// The maximum number of keys of one call.
const MAX_KEYS: usize = 10_000;

/// The maximum number of names that `verify` returns.
const MAX_NAMES: usize = 10_000;

pub(crate) fn asks_for_a_key_of_ten_megabytes() {
    let store = Store::open("work/store", CREATE).unwrap();
    for key in ["k".repeat(10_000_000), "é".repeat(5_000_000), "\0".repeat(10_000_000)] {
        fails(store.set(&key, &[1]), ErrorCode::InvalidArgument, &["10000000"]);
        fails(store.set_parts(&key, &[vec![1]]), ErrorCode::InvalidArgument, &["10000000"]);
        fails(store.set_default(&key, &[1]), ErrorCode::InvalidArgument, &["10000000"]);
        fails(store.writer(&key), ErrorCode::InvalidArgument, &["10000000"]);
        assert_eq!(store.get(&key).unwrap(), None);
        assert_eq!(store.get_range(&key, 0, 1).unwrap(), None);
        assert_eq!(store.size_of(&key).unwrap(), None);
        assert!(store.reader(&key).unwrap().is_none());
        assert!(store.open_value(&key, Mode::ReadWrite).unwrap().is_none());
        assert!(!store.contains(&key).unwrap());
        assert!(!store.remove(&key).unwrap());
        assert_eq!(store.pop(&key).unwrap(), None);
        let keys = [key, "short".into()];
        assert_eq!(store.get_many(&keys).unwrap(), [None, None]);
        fails(
            store.update(&keys.map(|key| (key, vec![1]))),
            ErrorCode::InvalidArgument,
            &["10000000"],
        );
    }
    assert_eq!(store.len().unwrap(), 0);
    assert_eq!(fs::read_dir("work/store").unwrap().count(), 0);
}

pub(crate) fn makes_a_hundred_thousand_keys() {
    const COUNT: u64 = 100_000;
    let store = Store::open("work/store", CREATE).unwrap();
    for number in 0..COUNT {
        store.set(&number.to_string(), &[]).unwrap();
    }
    drop(store);
    let store = Store::open("work/store", CREATE).unwrap();
    assert_eq!(store.len().unwrap(), COUNT);
    let keys = store.keys().unwrap();
    assert_eq!(keys.next(u32::MAX).unwrap().len() as u64, COUNT);
    store.clear().unwrap();
    assert_eq!(store.len().unwrap(), 0);
}

pub(crate) fn updates_a_hundred_thousand_items() {
    const COUNT: usize = 100_000;
    let store = Store::open("work/store", CREATE).unwrap();
    let items: Vec<_> = (0..COUNT).map(|number| (number.to_string(), vec![1])).collect();
    let one_key: Vec<_> = (0..COUNT).map(|_| ("key".into(), vec![1])).collect();
    for items in [&items, &one_key] {
        fails(store.update(items), ErrorCode::LimitExceeded, &["100000 keys", "several calls"]);
        assert_eq!((store.len().unwrap(), fs::read_dir("work/store").unwrap().count()), (0, 0));
    }
    store.update(&items[..MAX_KEYS]).unwrap();
    store.update(&one_key[..MAX_KEYS]).unwrap();
    let stream = store.items().unwrap();
    for count in [MAX_KEYS, 1, 0] {
        let items = stream.next(u32::MAX).unwrap();
        assert!(
            items.len() == count && items.iter().all(|(_, value)| *value == [1]),
            "{} items",
            items.len()
        );
    }
    store.clear().unwrap();
    assert_eq!(fs::read_dir("work/store").unwrap().count(), 0);
}

pub(crate) fn asks_for_a_million_values() {
    const COUNT: usize = 1_000_000;
    fs::create_dir("work/store").unwrap();
    resize("work/store/key#0", 1 << 20);
    let store = Store::open("work/store", CREATE).unwrap();
    for key in ["other", "key", ""] {
        fails(
            store.get_many(&vec![key.into(); COUNT]),
            ErrorCode::LimitExceeded,
            &["1000000 keys", "several calls"],
        );
    }
    let values = store.get_many(&vec!["other".into(); MAX_KEYS]).unwrap();
    assert!(values.len() == MAX_KEYS && values.iter().all(Option::is_none));
    fails(
        store.get_many(&vec!["key".into(); MAX_KEYS]),
        ErrorCode::LimitExceeded,
        &["at most 134217728"],
    );
    assert_eq!(store.len().unwrap(), 1);
}

pub(crate) fn opens_a_directory_of_foreign_files() {
    const COUNT: usize = MAX_NAMES + 50;
    let store = Store::open("work/strangers", CREATE).unwrap();
    assert_eq!(store.len().unwrap(), 0);
    assert_eq!(
        described(&store),
        format!("<File: work/strangers, 0 elements, {COUNT} other files ignored>")
    );
    let found = store.verify().unwrap();
    assert_eq!((found.foreign, found.foreign_names.len()), (COUNT as u64, MAX_NAMES));
    assert!(found.foreign_names.iter().all(|name| name.starts_with("stranger ")));
    store.set("key", b"value").unwrap();
    store.clear().unwrap();
    assert_eq!(fs::read_dir("work/strangers").unwrap().count(), COUNT);
}

/// The test has created the values.
pub(crate) fn loses_the_files_of_all_keys() {
    const COUNT: usize = MAX_NAMES + 50;
    let store = Store::open("work/values", CREATE).unwrap();
    assert_eq!(store.len().unwrap(), COUNT as u64);
    fs::remove_dir_all("work/values").unwrap();
    let found = store.verify().unwrap();
    assert_eq!((found.missing, found.missing_keys.len()), (COUNT as u64, MAX_NAMES));
    fails(store.items().unwrap().next(1), ErrorCode::NotFound, &["0"]);
    store.clear().unwrap();
    assert_eq!((store.len().unwrap(), store.verify().unwrap().missing), (0, 0));
}
