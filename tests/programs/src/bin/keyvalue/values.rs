//! `get`, `set`, `delete` and `exists`.

use crate::{fails, keyvalue, open};

pub(crate) fn a_missing_key_has_no_value() {
    let bucket = open();
    assert_eq!(bucket.get("key").unwrap(), None);
    bucket.set("other", b"value").unwrap();
    assert_eq!(bucket.get("key").unwrap(), None);
}

pub(crate) fn a_value_is_what_was_set() {
    let bucket = open();
    bucket.set("key", b"value").unwrap();
    assert_eq!(bucket.get("key").unwrap().unwrap(), b"value");
}

pub(crate) fn a_set_replaces_the_value() {
    let bucket = open();
    for value in [&b"a long value"[..], b"short", b""] {
        bucket.set("key", value).unwrap();
        assert_eq!(bucket.get("key").unwrap().unwrap(), value);
    }
    assert_eq!(bucket.list_keys(None).unwrap().keys, ["key"]);
}

pub(crate) fn a_value_may_have_any_bytes() {
    let bucket = open();
    let value: Vec<u8> = (0..=255).cycle().take(1_000_000).collect();
    bucket.set("key", &value).unwrap();
    assert!(bucket.get("key").unwrap().unwrap() == value);
}

pub(crate) fn a_key_may_be_any_short_text() {
    let bucket = open();
    let keys = ["", ".", "..", "a/b", "/", "a#1", "%61", "a b", "\0", "é", "日本", "\u{10ffff}"];
    for key in keys {
        bucket.set(key, key.as_bytes()).unwrap();
    }
    for key in keys {
        assert_eq!(bucket.get(key).unwrap().unwrap(), key.as_bytes(), "{key:?}");
        assert!(bucket.exists(key).unwrap(), "{key:?}");
    }
    assert_eq!(bucket.list_keys(None).unwrap().keys.len(), keys.len());
}

pub(crate) fn exists_says_whether_there_is_a_value() {
    let bucket = open();
    assert!(!bucket.exists("key").unwrap());
    bucket.set("key", b"").unwrap();
    assert!(bucket.exists("key").unwrap());
    bucket.delete("key").unwrap();
    assert!(!bucket.exists("key").unwrap());
}

pub(crate) fn delete_removes_the_key() {
    let bucket = open();
    bucket.set("a", b"1").unwrap();
    bucket.set("b", b"2").unwrap();
    bucket.delete("a").unwrap();
    assert_eq!(bucket.get("a").unwrap(), None);
    assert_eq!(bucket.list_keys(None).unwrap().keys, ["b"]);
}

pub(crate) fn delete_of_a_missing_key_does_nothing() {
    let bucket = open();
    bucket.delete("key").unwrap();
    bucket.set("key", b"value").unwrap();
    bucket.delete("kez").unwrap();
    bucket.delete("key").unwrap();
    bucket.delete("key").unwrap();
    assert_eq!(bucket.list_keys(None).unwrap().keys, [""; 0]);
}

pub(crate) fn a_value_survives_its_handle() {
    open().set("key", b"value").unwrap();
    assert_eq!(open().get("key").unwrap().unwrap(), b"value");
}

pub(crate) fn a_key_that_is_too_long_cannot_be_set_and_does_not_exist() {
    let bucket = open();
    bucket.set(&"k".repeat(235), b"value").unwrap();
    for key in ["k".repeat(236), "é".repeat(40), "k".repeat(1 << 20)] {
        fails(bucket.set(&key, b"value"), &["at most 235 are allowed"]);
        fails(keyvalue::increment(&bucket, &key, 1), &["at most 235 are allowed"]);
        assert_eq!(bucket.get(&key).unwrap(), None);
        assert!(!bucket.exists(&key).unwrap());
        bucket.delete(&key).unwrap();
    }
    assert_eq!(bucket.list_keys(None).unwrap().keys.len(), 1);
}
