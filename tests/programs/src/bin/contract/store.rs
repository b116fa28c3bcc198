//! Values: setting, reading and removing them.

use crate::bindings::{Durability, ErrorCode, Store, StoreOptions};
use crate::support::{CREATE, MAX_TRANSFER, described, fails, resize};

/// Opens the store `work/store`, and creates it if it does not exist.
#[track_caller]
pub(crate) fn open() -> Store {
    Store::open("work/store", CREATE).unwrap()
}

/// Checks the value of a key.
#[track_caller]
pub(crate) fn holds(store: &Store, key: &str, value: &[u8]) {
    let found = store.get(key).unwrap();
    assert!(found.as_deref() == Some(value), "`{key}` is {found:?}");
}

/// Opens the store `work/store` and sets these keys, each to itself.
#[track_caller]
pub(crate) fn store_of(keys: &[&str]) -> Store {
    let store = open();
    for key in keys {
        store.set(key, key.as_bytes()).unwrap();
    }
    store
}

/// Every way to change the key `key` of a store that has no other key.
pub(crate) const KEY_CHANGES: [fn(&Store); 6] = [
    |store| store.set("key", b"new").unwrap(),
    |store| assert!(store.remove("key").unwrap()),
    |store| assert!(store.pop("key").unwrap().is_some()),
    |store| store.clear().unwrap(),
    |store| {
        let writer = store.writer("key").unwrap();
        writer.write(b"new").unwrap();
        writer.commit().unwrap();
    },
    Store::close,
];

/// Returns all keys by one call.
#[track_caller]
pub(crate) fn keys(store: &Store) -> Vec<String> {
    store.keys().unwrap().next(u32::MAX).unwrap()
}

pub(crate) fn store_returns_the_value_that_was_set() {
    let store = open();
    store.set("key", b"value").unwrap();
    holds(&store, "key", b"value");
    assert_eq!(store.get("other").unwrap(), None);
}

pub(crate) fn store_set_replaces_a_value() {
    let store = open();
    store.set("key", b"a long value").unwrap();
    store.set("key", b"short").unwrap();
    holds(&store, "key", b"short");
    assert_eq!(store.len().unwrap(), 1);
}

pub(crate) fn store_value_may_be_empty() {
    let store = open();
    store.set("key", b"").unwrap();
    holds(&store, "key", b"");
    assert_eq!(store.size_of("key").unwrap(), Some(0));
    assert!(store.contains("key").unwrap());
}

pub(crate) fn store_value_may_be_a_megabyte() {
    let value: Vec<u8> = (0..1_000_000_u32).map(|number| (number % 251) as u8).collect();
    let store = open();
    store.set("key", &value).unwrap();
    holds(&store, "key", &value);
    assert_eq!(store.get_range("key", 999_998, 5).unwrap().as_deref(), Some(&value[999_998..]));
}

pub(crate) fn store_set_parts_joins_the_parts() {
    let store = open();
    store.set_parts("key", &[b"one, ".to_vec(), vec![], b"two".to_vec()]).unwrap();
    holds(&store, "key", b"one, two");
    store.set_parts("key", &[b"three".to_vec()]).unwrap();
    holds(&store, "key", b"three");
}

pub(crate) fn store_set_parts_without_parts_sets_an_empty_value() {
    let store = open();
    store.set_parts("none", &[]).unwrap();
    store.set_parts("empty", &[vec![], vec![]]).unwrap();
    holds(&store, "none", b"");
    holds(&store, "empty", b"");
}

pub(crate) fn store_get_range_ends_at_the_end_of_the_value() {
    let store = open();
    store.set("key", b"0123456789").unwrap();
    for (offset, length, expected) in [
        (0, 10, "0123456789"),
        (3, 4, "3456"),
        (3, 0, ""),
        (8, 5, "89"),
        (10, 1, ""),
        (11, 1, ""),
        (1, u64::MAX, "123456789"),
        (u64::MAX, 1, ""),
        (u64::MAX, u64::MAX, ""),
        (1 << 63, 1 << 63, ""),
    ] {
        let found = store.get_range("key", offset, length).unwrap();
        assert_eq!(found.as_deref(), Some(expected.as_bytes()), "{length} bytes from {offset}");
    }
    assert_eq!(store.get_range("other", 0, 1).unwrap(), None);
}

pub(crate) fn store_size_of_is_the_length_of_the_value() {
    let store = open();
    store.set("key", b"value").unwrap();
    assert_eq!(store.size_of("key").unwrap(), Some(5));
    assert_eq!(store.size_of("other").unwrap(), None);
}

pub(crate) fn store_remove_returns_whether_the_key_existed() {
    let store = open();
    store.set("key", b"value").unwrap();
    assert!(store.remove("key").unwrap());
    assert_eq!(store.get("key").unwrap(), None);
    assert!(!store.remove("key").unwrap());
    assert!(!store.remove("other").unwrap());
    store.set("key", b"again").unwrap();
    holds(&store, "key", b"again");
}

pub(crate) fn store_contains_and_len_follow_every_change() {
    let store = open();
    assert_eq!((store.contains("a").unwrap(), store.len().unwrap()), (false, 0));
    store.set("a", b"1").unwrap();
    store.set("b", b"2").unwrap();
    store.set("a", b"3").unwrap();
    assert_eq!((store.contains("a").unwrap(), store.len().unwrap()), (true, 2));
    store.remove("a").unwrap();
    assert_eq!((store.contains("a").unwrap(), store.len().unwrap()), (false, 1));
}

pub(crate) fn store_clear_removes_all_keys() {
    let store = open();
    for key in ["a", "b", ""] {
        store.set(key, b"value").unwrap();
    }
    store.clear().unwrap();
    assert_eq!((store.len().unwrap(), store.get("a").unwrap()), (0, None));
    store.clear().unwrap();
    store.set("a", b"again").unwrap();
    assert_eq!(keys(&store), ["a"]);
}

pub(crate) fn store_describe_is_pythons_repr() {
    let store = Store::open("./work/store", CREATE).unwrap();
    assert_eq!(described(&store), "<File: ./work/store, 0 elements>");
    store.set("a", b"").unwrap();
    assert_eq!(described(&store), "<File: ./work/store, 1 elements>");
    store.set("b", b"").unwrap();
    assert_eq!(described(&store), "<File: ./work/store, 2 elements>");
    // `tests/contract.rs` checks which provider adds `not locked`.
    println!("{}", store.describe());
}

pub(crate) fn store_reopened_has_all_values() {
    for durability in [Durability::None, Durability::Data, Durability::Full] {
        let options = StoreOptions { durability, ..CREATE };
        let store = Store::open("work/new/store", options).unwrap();
        store.set("kept", b"one").unwrap();
        store.set("replaced", b"two").unwrap();
        store.set("replaced", b"three").unwrap();
        store.set_parts("removed", &[b"four".to_vec()]).unwrap();
        store.remove("removed").unwrap();
        drop(store);
        let store = Store::open("work/new/store", options).unwrap();
        holds(&store, "kept", b"one");
        holds(&store, "replaced", b"three");
        assert_eq!(keys(&store), ["kept", "replaced"]);
        store.clear().unwrap();
    }
}

pub(crate) fn store_value_over_the_limit_is_read_in_pieces() {
    std::fs::create_dir("work/store").unwrap();
    resize("work/store/big#0", MAX_TRANSFER + 1);
    crate::support::poke("work/store/big#0", MAX_TRANSFER - 1, b"yz");
    let store = open();
    fails(
        store.get("big"),
        ErrorCode::LimitExceeded,
        &["134217729 bytes", "at most 134217728", "`get-range`"],
    );
    fails(store.get_range("big", 0, u64::MAX), ErrorCode::LimitExceeded, &["134217729 bytes"]);
    assert_eq!(store.size_of("big").unwrap(), Some(MAX_TRANSFER + 1));
    assert_eq!(store.get_range("big", MAX_TRANSFER - 2, 9).unwrap().as_deref(), Some(&b"\0yz"[..]));
}

pub(crate) fn store_value_past_four_gigabytes_is_read_in_pieces() {
    std::fs::create_dir("work/store").unwrap();
    resize("work/store/huge#7", 6_000_000_000);
    crate::support::poke("work/store/huge#7", 5_999_999_998, b"yz");
    let store = open();
    assert_eq!(store.size_of("huge").unwrap(), Some(6_000_000_000));
    assert_eq!(store.get_range("huge", 5_999_999_997, 9).unwrap().as_deref(), Some(&b"\0yz"[..]));
}

pub(crate) fn large_parts_over_the_limit_together_are_limit_exceeded() {
    let store = open();
    store.set("key", b"old").unwrap();
    let mut parts = vec![vec![0; 1 << 20]; 128];
    parts.push(vec![0]);
    let set = store.set_parts("key", &parts);
    fails(set, ErrorCode::LimitExceeded, &["134217729 bytes", "at most 134217728", "`writer`"]);
    holds(&store, "key", b"old");
    parts.pop();
    store.set_parts("key", &parts).unwrap();
    assert_eq!(store.size_of("key").unwrap(), Some(MAX_TRANSFER));
}
