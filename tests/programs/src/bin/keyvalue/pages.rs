//! `list-keys`.

use std::collections::BTreeSet;
use std::fs;

use crate::keyvalue::{Bucket, delete_many, set_many};
use crate::open;

/// Sets the keys from `PREFIX-0` on, `count` of them.
fn fill(bucket: &Bucket, prefix: &str, count: usize) {
    let items: Vec<_> =
        (0..count).map(|number| (format!("{prefix}-{number}"), Vec::new())).collect();
    for items in items.chunks(10_000) {
        set_many(bucket, items).unwrap();
    }
}

/// Like [`fill`], before the bucket is opened. In a directory this writes the files, because a
/// bucket waits for the disk at each value.
fn prepare(prefix: &str, count: usize) {
    if !fs::exists("default").is_ok_and(|exists| exists) {
        return fill(&open(), prefix, count);
    }
    for number in 0..count {
        fs::write(format!("default/{prefix}-{number}#0"), b"").unwrap();
    }
}

pub(crate) fn list_keys_of_an_empty_bucket_is_empty() {
    let listed = open().list_keys(None).unwrap();
    assert_eq!((listed.keys.len(), listed.cursor), (0, None));
}

pub(crate) fn list_keys_lists_every_key_once() {
    let bucket = open();
    fill(&bucket, "key", 100);
    let listed = bucket.list_keys(None).unwrap();
    assert_eq!((listed.keys.len(), listed.cursor), (100, None));
    let keys: BTreeSet<_> = listed.keys.into_iter().collect();
    assert_eq!(keys.len(), 100);
    assert!(keys.iter().all(|key| key.starts_with("key-")));
}

pub(crate) fn list_keys_begins_at_the_start_with_the_cursor_zero() {
    let bucket = open();
    fill(&bucket, "key", 10);
    assert_eq!(bucket.list_keys(Some(0)).unwrap().keys.len(), 10);
}

pub(crate) fn list_keys_after_the_last_place_is_empty() {
    let bucket = open();
    fill(&bucket, "key", 10);
    let listed = bucket.list_keys(Some(u64::MAX)).unwrap();
    assert_eq!((listed.keys.len(), listed.cursor), (0, None));
}

pub(crate) fn list_keys_divides_a_large_bucket_into_pages_that_stay_right() {
    prepare("kept", 6000);
    prepare("removed", 4500);
    let bucket = open();
    let first = bucket.list_keys(None).unwrap();
    assert_eq!(first.keys.len(), 10_000);
    let cursor = first.cursor.unwrap();
    let rest = bucket.list_keys(Some(cursor)).unwrap();
    assert_eq!((rest.keys.len(), rest.cursor), (500, None));
    let all: BTreeSet<_> = first.keys.iter().chain(&rest.keys).collect();
    assert_eq!(all.len(), 10_500);

    // Other keys come and go, and another handle takes the cursor.
    let removed: Vec<_> = (0..4500).map(|number| format!("removed-{number}")).collect();
    delete_many(&bucket, &removed).unwrap();
    fill(&bucket, "added", 100);
    drop(bucket);
    let second = open().list_keys(Some(cursor)).unwrap();
    assert_eq!(second.cursor, None);
    let mut kept: Vec<_> = first.keys.iter().chain(&second.keys).collect();
    kept.retain(|key| key.starts_with("kept-"));
    assert_eq!(kept.len(), 6000, "no key is listed twice");
    assert_eq!(kept.into_iter().collect::<BTreeSet<_>>().len(), 6000, "each key is listed");
}

pub(crate) fn list_keys_takes_any_number_as_a_cursor() {
    let bucket = open();
    fill(&bucket, "key", 100);
    let all = bucket.list_keys(None).unwrap().keys;
    for cursor in [1, 100, 1 << 32, u64::MAX / 2, u64::MAX - 1] {
        let listed = bucket.list_keys(Some(cursor)).unwrap();
        assert_eq!(listed.keys, all[all.len() - listed.keys.len()..], "they are the last ones");
        assert_eq!(listed.cursor, None);
    }
}
