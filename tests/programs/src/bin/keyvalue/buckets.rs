//! `open`: identifiers, grants, and handles.

use std::fs;

use crate::keyvalue::{self, Bucket, Error, delete_many, increment, set_many};
use crate::{fails, open};

/// Checks that an identifier is `no-such-store`.
#[track_caller]
fn unknown(identifier: &str) {
    let result = keyvalue::open(identifier);
    assert!(matches!(result, Err(Error::NoSuchStore)), "{identifier:?}: {result:?}");
}

/// Checks that a call is `access-denied`.
#[track_caller]
fn denied<T: std::fmt::Debug>(result: &Result<T, Error>) {
    assert!(matches!(result, Err(Error::AccessDenied)), "{result:?}");
}

#[track_caller]
fn bucket(identifier: &str) -> Bucket {
    keyvalue::open(identifier).unwrap_or_else(|error| panic!("{identifier}: {error:?}"))
}

pub(crate) fn an_unknown_identifier_is_no_such_store() {
    for identifier in ["nowhere", "nowhere/below", "Default"] {
        unknown(identifier);
    }
}

pub(crate) fn handles_of_one_bucket_see_each_others_changes() {
    let (one, other) = (open(), open());
    one.set("a", b"1").unwrap();
    assert_eq!(other.get("a").unwrap().unwrap(), b"1");
    other.delete("a").unwrap();
    assert!(!one.exists("a").unwrap());
    assert_eq!(increment(&one, "count", 1).unwrap(), 1);
    assert_eq!(increment(&other, "count", 1).unwrap(), 2);
    drop(one);
    assert_eq!(other.list_keys(None).unwrap().keys, ["count"]);
}

pub(crate) fn the_empty_identifier_is_the_bucket_default() {
    open().set("key", b"value").unwrap();
    assert_eq!(bucket("default").get("key").unwrap().unwrap(), b"value");
    assert_eq!(fs::read("default/key#0").unwrap(), b"value");
}

pub(crate) fn a_bucket_is_created_at_the_path_of_its_identifier() {
    bucket("work/some/bucket").set("a/b", b"value").unwrap();
    assert_eq!(fs::read("work/some/bucket/a%2Fb#0").unwrap(), b"value");
    bucket("default/inner").set("key", b"value").unwrap();
    assert_eq!(fs::read("default/inner/key#0").unwrap(), b"value");
}

pub(crate) fn one_bucket_may_be_spelled_in_several_ways() {
    bucket("work/bucket").set("key", b"value").unwrap();
    for identifier in ["./work/bucket", "/work/bucket", "work//bucket/", "work/folder/../bucket"] {
        assert_eq!(bucket(identifier).get("key").unwrap().unwrap(), b"value", "{identifier}");
    }
}

pub(crate) fn buckets_have_their_own_keys() {
    let (one, other) = (bucket("work/one"), bucket("work/other"));
    one.set("key", b"1").unwrap();
    assert_eq!(other.get("key").unwrap(), None);
    other.set("key", b"2").unwrap();
    assert_eq!(one.get("key").unwrap().unwrap(), b"1");
}

pub(crate) fn a_bucket_granted_for_reading_is_read() {
    let bucket = bucket("fixed/store");
    assert_eq!(bucket.get("key").unwrap().unwrap(), b"value");
    assert!(bucket.exists("key").unwrap());
    assert_eq!(bucket.list_keys(None).unwrap().keys, ["key"]);
}

pub(crate) fn a_bucket_granted_for_reading_is_not_changed() {
    let bucket = bucket("fixed/store");
    denied(&bucket.set("key", b"new"));
    denied(&bucket.delete("key"));
    denied(&bucket.delete("missing"));
    denied(&increment(&bucket, "count", 1));
    denied(&set_many(&bucket, &[("key".into(), Vec::new())]));
    denied(&delete_many(&bucket, &["key".into()]));
    assert_eq!(bucket.get("key").unwrap().unwrap(), b"value");
    assert_eq!(bucket.list_keys(None).unwrap().keys, ["key"]);
}

pub(crate) fn a_missing_bucket_granted_for_reading_is_no_such_store() {
    unknown("fixed/missing");
    unknown("fixed/missing/below");
}

pub(crate) fn an_identifier_that_leaves_its_grant_is_access_denied() {
    for identifier in ["work/..", "work/../elsewhere", "fixed/../work", "work/leaving/below"] {
        let result = keyvalue::open(identifier);
        assert!(matches!(result, Err(Error::AccessDenied)), "{identifier}: {result:?}");
    }
}

pub(crate) fn an_identifier_of_a_file_is_an_error_that_names_it() {
    fails(keyvalue::open("work/bytes.bin"), &["work/bytes.bin"]);
    fails(keyvalue::open("fixed/bytes.bin"), &["fixed/bytes.bin"]);
}

pub(crate) fn an_identifier_that_no_directory_can_have_is_an_error() {
    fails(keyvalue::open("work/a\0b"), &["NUL"]);
    fails(keyvalue::open("\0"), &["NUL"]);
    fails(keyvalue::open(&format!("work/{}", "./".repeat(4096))), &["too long"]);
    fails(keyvalue::open(&"x".repeat(1 << 20)), &["too long"]);
}

pub(crate) fn a_key_of_another_programs_file_is_read_and_not_changed() {
    fs::write("default/plain", b"7").unwrap();
    let bucket = open();
    assert_eq!(bucket.get("plain").unwrap().unwrap(), b"7");
    denied(&bucket.set("plain", b"8"));
    denied(&bucket.delete("plain"));
    denied(&increment(&bucket, "plain", 1));
    assert_eq!(fs::read("default/plain").unwrap(), b"7");
}
