//! Calls of a Python mapping: several values at once, and calls that read and change atomically.

use crate::bindings::{Error, ErrorCode, Store};
use crate::store::{holds, keys, open, store_of};
use crate::store_files::{files, prepare};
use crate::support::{MAX_TRANSFER, fails, resize};

/// Returns the values of these keys by one call.
fn get_many(store: &Store, keys: &[&str]) -> Result<Vec<Option<Vec<u8>>>, Error> {
    store.get_many(&keys.iter().map(|&key| key.into()).collect::<Vec<_>>())
}

/// The expected result of `get_many` for keys whose values are the keys.
fn values_of(values: &[Option<&str>]) -> Vec<Option<Vec<u8>>> {
    values.iter().map(|value| value.map(|text| text.as_bytes().to_vec())).collect()
}

/// Creates a sparse file for a value of this size.
fn create_sparse_value(name: &str, size: u64) {
    prepare(&[]);
    resize(&format!("work/store/{name}"), size);
}

pub(crate) fn store_get_many_returns_the_values_in_the_order_of_the_keys() {
    let store = store_of(&["a", "b", "c"]);
    assert_eq!(
        get_many(&store, &["c", "a", "b"]).unwrap(),
        values_of(&[Some("c"), Some("a"), Some("b")])
    );
}

pub(crate) fn store_get_many_returns_none_for_a_missing_key() {
    let store = store_of(&["a", "b", ""]);
    let too_long = "k".repeat(300);
    let values = get_many(&store, &["other", "b", "", &too_long, "a", "A"]).unwrap();
    assert_eq!(values, values_of(&[None, Some("b"), Some(""), None, Some("a"), None]));
}

pub(crate) fn store_get_many_returns_a_value_for_each_repeated_key() {
    let store = store_of(&["a", "b"]);
    let values = get_many(&store, &["a", "a", "x", "b", "a", "x"]).unwrap();
    assert_eq!(values, values_of(&[Some("a"), Some("a"), None, Some("b"), Some("a"), None]));
}

pub(crate) fn store_get_many_of_no_keys_is_empty() {
    assert!(get_many(&store_of(&["a"]), &[]).unwrap().is_empty());
    let store = open();
    store.clear().unwrap();
    assert!(get_many(&store, &[]).unwrap().is_empty());
}

pub(crate) fn store_get_many_of_a_value_removed_by_another_program_is_not_found() {
    let store = store_of(&["a", "b"]);
    std::fs::remove_file("work/store/b#1").unwrap();
    fails(
        get_many(&store, &["a", "b"]),
        ErrorCode::NotFound,
        &["the value of `b` in `work/store`"],
    );
    assert_eq!(get_many(&store, &["a"]).unwrap(), values_of(&[Some("a")]));
}

pub(crate) fn store_get_many_accepts_at_most_ten_thousand_keys() {
    let store = store_of(&["a"]);
    let mut keys = vec!["other"; 9_999];
    keys.push("a");
    let values = get_many(&store, &keys).unwrap();
    assert_eq!(
        (values.len(), values[9_998].as_deref(), values[9_999].as_deref()),
        (10_000, None, Some(&b"a"[..]))
    );
    keys.push("a");
    fails(
        get_many(&store, &keys),
        ErrorCode::LimitExceeded,
        &["10001 keys", "at most 10000", "several calls"],
    );
}

pub(crate) fn large_get_many_has_one_limit_for_all_values_together() {
    create_sparse_value("half#0", MAX_TRANSFER / 2);
    let store = open();
    store.set("byte", &[1]).unwrap();
    // Each value, and each pair of values, is within the limit.
    fails(
        get_many(&store, &["half", "byte", "half"]),
        ErrorCode::LimitExceeded,
        &["at most 134217728"],
    );
    fails(get_many(&store, &["half"; 3]), ErrorCode::LimitExceeded, &["at most 134217728"]);
    let lengths = |keys: &[&str]| {
        let values = get_many(&store, keys).unwrap().into_iter();
        values.map(|value| value.map(|bytes| bytes.len() as u64)).collect::<Vec<_>>()
    };
    assert_eq!(lengths(&["half", "other", "byte"]), [Some(MAX_TRANSFER / 2), None, Some(1)]);
}

pub(crate) fn store_pop_removes_a_key_and_returns_its_value() {
    let store = store_of(&["a", "b", ""]);
    assert_eq!(store.pop("b").unwrap().as_deref(), Some(&b"b"[..]));
    assert_eq!((store.contains("b").unwrap(), store.len().unwrap()), (false, 2));
    assert_eq!(files(), ["#2", "a#0"]);
    assert_eq!(store.pop("").unwrap().as_deref(), Some(&b""[..]));
    assert_eq!(keys(&store), ["a"]);
}

pub(crate) fn store_pop_of_a_missing_key_is_none() {
    let store = store_of(&["a"]);
    store.pop("a").unwrap();
    for key in ["a", "b", "", &"k".repeat(300)] {
        assert_eq!(store.pop(key).unwrap(), None);
    }
}

pub(crate) fn store_pop_item_removes_the_first_key_in_the_order_of_the_bytes() {
    let store = store_of(&["b", "é", "", "Z", "ab"]);
    for key in ["", "Z", "ab", "b", "é"] {
        let (first, value) = store.pop_item().unwrap().unwrap();
        assert_eq!((first.as_str(), value.as_slice()), (key, key.as_bytes()));
        assert!(!store.contains(key).unwrap());
    }
    assert_eq!(store.pop_item().unwrap(), None);
    assert_eq!(store.pop_item().unwrap(), None);
    assert!(files().is_empty());
    store.set("again", b"value").unwrap();
    assert_eq!(store.pop_item().unwrap(), Some(("again".into(), b"value".to_vec())));
}

pub(crate) fn store_value_over_the_limit_is_not_removed_by_pop_and_pop_item() {
    create_sparse_value("big#0", MAX_TRANSFER + 1);
    let store = open();
    store.set("small", b"value").unwrap();
    fails(store.pop("big"), ErrorCode::LimitExceeded, &["134217729 bytes", "at most 134217728"]);
    fails(store.pop_item(), ErrorCode::LimitExceeded, &["134217729 bytes"]);
    fails(store.set_default("big", b"value"), ErrorCode::LimitExceeded, &["134217729 bytes"]);
    assert_eq!(keys(&store), ["big", "small"]);
    assert_eq!(store.size_of("big").unwrap(), Some(MAX_TRANSFER + 1));
    assert_eq!(files(), ["big#0", "small#1"]);
    assert!(store.remove("big").unwrap());
    assert_eq!(store.pop_item().unwrap(), Some(("small".into(), b"value".to_vec())));
}

pub(crate) fn store_set_default_sets_a_missing_key() {
    let store = open();
    assert_eq!(store.set_default("key", b"value").unwrap(), b"value");
    holds(&store, "key", b"value");
    assert_eq!(files(), ["key#0"]);
    assert_eq!(store.set_default("empty", b"").unwrap(), b"");
    holds(&store, "empty", b"");
}

pub(crate) fn store_set_default_keeps_an_existing_value() {
    let store = open();
    store.set("key", b"old").unwrap();
    store.set("empty", b"").unwrap();
    assert_eq!(store.set_default("key", b"new").unwrap(), b"old");
    assert_eq!(store.set_default("empty", b"new").unwrap(), b"");
    holds(&store, "key", b"old");
    assert_eq!(files(), ["empty#1", "key#0"]);
    store.remove("key").unwrap();
    assert_eq!(store.set_default("key", b"new").unwrap(), b"new");
    holds(&store, "key", b"new");
}
