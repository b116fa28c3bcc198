//! The files of a store: those it writes, and those it finds.

use std::fs;

use crate::bindings::{ErrorCode, Store};
use crate::store::{holds, keys, open};
use crate::support::{READ_ONLY, described, fails};

/// The names in `work/store`, sorted.
#[track_caller]
pub(crate) fn files() -> Vec<String> {
    names_in("work/store")
}

/// The names in a directory, sorted.
#[track_caller]
pub(crate) fn names_in(path: &str) -> Vec<String> {
    let name =
        |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = fs::read_dir(path).unwrap().map(name).collect();
    names.sort();
    names
}

/// Creates `work/store` with files of these names. The content of each is its name.
#[track_caller]
pub(crate) fn prepare(names: &[&str]) {
    fs::create_dir("work/store").unwrap();
    for name in names {
        fs::write(format!("work/store/{name}"), name).unwrap();
    }
}

pub(crate) fn store_value_is_the_content_of_its_file() {
    let store = open();
    store.set("a key", b"\0value\xff").unwrap();
    assert_eq!(files(), ["a%20key#0"]);
    assert_eq!(fs::read("work/store/a%20key#0").unwrap(), b"\0value\xff");
}

pub(crate) fn store_overwriting_leaves_one_file_with_a_larger_number() {
    let store = open();
    let mut last = -1;
    for value in ["one", "two", "three"] {
        store.set("key", value.as_bytes()).unwrap();
        let names = files();
        assert_eq!(names.len(), 1, "{names:?}");
        let number: i64 = names[0].strip_prefix("key#").unwrap().parse().unwrap();
        assert!(number > last, "{number} after {last}");
        assert_eq!(fs::read(format!("work/store/{}", names[0])).unwrap(), value.as_bytes());
        last = number;
    }
}

pub(crate) fn store_remove_and_clear_remove_the_files() {
    let store = open();
    for key in ["a", "b", "c"] {
        store.set(key, b"value").unwrap();
    }
    store.remove("b").unwrap();
    assert_eq!(files(), ["a#0", "c#2"]);
    store.clear().unwrap();
    assert!(files().is_empty());
}

pub(crate) fn store_number_of_a_removed_key_is_not_used_again() {
    let store = open();
    store.set("a", b"value").unwrap();
    store.remove("a").unwrap();
    store.set("a", b"value").unwrap();
    assert_eq!(files(), ["a#1"]);
}

pub(crate) fn store_numbers_continue_after_the_largest_on_disk() {
    prepare(&["a#7", "b#41", "%temporary-filemap#50"]);
    let store = open();
    store.set("c", b"value").unwrap();
    // The temporary files are numbered separately.
    assert_eq!(files(), ["a#7", "b#41", "c#42"]);
}

pub(crate) fn store_takes_the_newest_file_of_a_key_and_removes_the_others() {
    prepare(&["key#2", "key#10", "key#9", "other#3"]);
    let store = open();
    assert_eq!(keys(&store), ["key", "other"]);
    holds(&store, "key", b"key#10");
    assert_eq!(files(), ["key#10", "other#3"]);
    assert_eq!(described(&store), "<File: work/store, 2 elements>");
}

pub(crate) fn store_removes_the_files_of_unfinished_writes() {
    prepare(&["%temporary-filemap#0", "%temporary-filemap#12", "key#3"]);
    let store = open();
    assert_eq!(keys(&store), ["key"]);
    assert_eq!(files(), ["key#3"]);
    assert_eq!(described(&store), "<File: work/store, 1 elements>");
}

pub(crate) fn store_opened_read_only_keeps_files_of_unfinished_writes() {
    let names = ["%temporary-filemap#5", "key#2", "key#9"];
    prepare(&names);
    let store = Store::open("work/store", READ_ONLY).unwrap();
    holds(&store, "key", b"key#9");
    assert_eq!(store.len().unwrap(), 1);
    assert_eq!(files(), names);
}

pub(crate) fn store_leaves_foreign_files_and_directories_alone_and_counts_them() {
    prepare(&["key#0", "notes#txt"]);
    let store = open();
    assert_eq!(described(&store), "<File: work/store, 1 elements, 1 other file ignored>");
    drop(store);
    // Names of no key: not as `quote` quotes it, or without a number as it is printed.
    for name in
        ["%61#1", "a b#1", "a#", "a#01", "a#1#2", "a#x", "%2f#1", "%temporary-filemap#", ".hidden#"]
    {
        fs::write(format!("work/store/{name}"), name).unwrap();
    }
    fs::create_dir("work/store/folder").unwrap();
    fs::create_dir("work/store/b#4").unwrap();
    fs::write("work/store/folder/c#5", "deeper").unwrap();
    let before = files();
    let store = open();
    assert_eq!(keys(&store), ["key"]);
    assert_eq!(described(&store), "<File: work/store, 1 elements, 12 other files ignored>");
    store.set("key", b"value").unwrap();
    store.clear().unwrap();
    assert_eq!(files(), before.into_iter().filter(|name| name != "key#0").collect::<Vec<_>>());
    assert_eq!(names_in("work/store/folder"), ["c#5"]);
}

pub(crate) fn store_ignores_links_and_names_that_are_not_utf8() {
    let store = Store::open("fixed/odd", READ_ONLY).unwrap();
    assert_eq!(keys(&store), ["key"]);
}

pub(crate) fn store_does_not_see_files_that_appear_later() {
    let store = open();
    fs::write("work/store/late#0", "value").unwrap();
    assert_eq!((store.get("late").unwrap(), store.len().unwrap()), (None, 0));
    drop(store);
    assert_eq!(keys(&open()), ["late"]);
}

pub(crate) fn store_set_that_fails_leaves_the_old_value_and_no_other_file() {
    let store = open();
    store.set("key", b"old").unwrap();
    // The name that the next file would get.
    fs::create_dir("work/store/key#1").unwrap();
    assert!(store.set("key", b"new").is_err());
    holds(&store, "key", b"old");
    assert_eq!(files(), ["key#0", "key#1"]);
    store.set("key", b"newer").unwrap();
    holds(&store, "key", b"newer");
    assert_eq!(files(), ["key#1", "key#2"]);
}

pub(crate) fn store_set_does_not_touch_the_temporary_file_of_another_program() {
    let store = open();
    fs::write("work/store/%temporary-filemap#0", "theirs").unwrap();
    store.set("key", b"value").unwrap();
    assert_eq!(files(), ["%temporary-filemap#0", "key#0"]);
    assert_eq!(fs::read("work/store/%temporary-filemap#0").unwrap(), b"theirs");
}

pub(crate) fn store_with_the_last_number_can_still_be_read() {
    prepare(&["key#9223372036854775807"]);
    let store = open();
    holds(&store, "key", b"key#9223372036854775807");
    fails(
        store.set("key", b"new"),
        ErrorCode::LimitExceeded,
        &["`work/store`", "9223372036854775807", "new directory"],
    );
    holds(&store, "key", b"key#9223372036854775807");
    assert!(store.remove("key").unwrap());
    assert!(files().is_empty());
}

pub(crate) fn store_value_removed_by_another_program_is_not_found() {
    let store = open();
    store.set("key", b"value").unwrap();
    fs::remove_file("work/store/key#0").unwrap();
    fails(store.get("key"), ErrorCode::NotFound, &["the value of `key` in `work/store`"]);
    fails(store.size_of("key"), ErrorCode::NotFound, &["the value of `key`"]);
    assert!(store.remove("key").unwrap());
    assert_eq!(store.get("key").unwrap(), None);
}
