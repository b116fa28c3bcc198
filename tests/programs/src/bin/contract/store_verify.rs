//! `verify` and `describe`.

use std::fs;

use crate::bindings::wit_store::Findings;
use crate::bindings::{ErrorCode, Store};
use crate::store::{open, store_of};
use crate::store_files::{files, prepare};
use crate::support::{READ_ONLY, described, fails};

/// Returns the findings, with the names in the order of their bytes.
#[track_caller]
fn verify(store: &Store) -> Findings {
    let mut found = store.verify().unwrap();
    found.foreign_names.sort();
    found.missing_keys.sort();
    found
}

/// Checks the numbers of unfinished, outdated, foreign and missing entries.
#[track_caller]
fn finds(store: &Store, counts: [u64; 4]) -> Findings {
    let found = verify(store);
    assert_eq!(
        [found.unfinished, found.outdated, found.foreign, found.missing],
        counts,
        "{found:?}"
    );
    assert_eq!(
        [found.foreign_names.len() as u64, found.missing_keys.len() as u64],
        counts[2..],
        "{found:?}"
    );
    found
}

pub(crate) fn store_verify_finds_nothing_in_an_intact_directory() {
    let store = open();
    finds(&store, [0; 4]);
    for key in ["a", "b", "", "a/b"] {
        store.set(key, b"value").unwrap();
    }
    store.set("a", b"again").unwrap();
    store.remove("b").unwrap();
    finds(&store, [0; 4]);
    drop(store);
    finds(&open(), [0; 4]);
    for path in ["data/store", "fixed/store"] {
        finds(&Store::open(path, READ_ONLY).unwrap(), [0; 4]);
    }
}

pub(crate) fn store_verify_lists_entries_that_are_not_values() {
    let names =
        ["%2f#1", "%61#1", "a b#1", "a#", "a#01", "a#1#2", "a#b", "a#18446744073709551615", "key"];
    prepare(&names);
    fs::write("work/store/key#3", "value").unwrap();
    fs::create_dir("work/store/folder").unwrap();
    fs::create_dir("work/store/value#4").unwrap();
    fs::create_dir("work/store/%temporary-filemap#5").unwrap();
    fs::write("work/store/folder/deeper#5", "value").unwrap();
    let mut expected = names.to_vec();
    expected.extend(["folder", "value#4", "%temporary-filemap#5"]);
    expected.sort_unstable();
    for store in [open(), Store::open("work/store", READ_ONLY).unwrap()] {
        assert_eq!(finds(&store, [0, 0, 12, 0]).foreign_names, expected);
        assert_eq!(described(&store), "<File: work/store, 1 elements, 12 other files ignored>");
    }
    open().clear().unwrap();
    // Without this file, `key` would be the value.
    expected.push("key#3");
    expected.sort_unstable();
    assert_eq!(files(), expected);
}

pub(crate) fn store_verify_lists_links_and_names_that_are_not_utf8() {
    let store = Store::open("fixed/odd", READ_ONLY).unwrap();
    let names = finds(&store, [0, 0, 2, 0]).foreign_names;
    // WASI does not tell the portable provider a name that is not UTF-8.
    assert!(
        names[0] == "link#1" && ["\u{fffd}", "\u{fffd}#2"].contains(&names[1].as_str()),
        "{names:?}"
    );
    assert_eq!(store.describe(), "<File: fixed/odd, 1 elements, 2 other files ignored>");
    // The directory `work` has an entry of every type.
    let names = finds(&Store::open("work", READ_ONLY).unwrap(), [0, 0, 10, 0]).foreign_names;
    assert_eq!(
        names,
        [
            "absolute", "dangling", "folder", "inside", "leaving", "links", "loop", "outside",
            "pipe", "socket"
        ]
    );
}

pub(crate) fn store_verify_counts_files_left_by_a_crash() {
    let names =
        ["%temporary-filemap#0", "%temporary-filemap#12", "a#1", "a#2", "a#3", "b#4", "c#5", "c#6"];
    prepare(&names);
    let reading = Store::open("work/store", READ_ONLY).unwrap();
    finds(&reading, [2, 3, 0, 0]);
    assert_eq!(files(), names);
    drop(reading);
    let store = open();
    finds(&store, [2, 3, 0, 0]);
    assert_eq!(files(), ["a#3", "b#4", "c#6"]);
    // The finding is that of the moment when the keys were read.
    store.set("a", b"new").unwrap();
    finds(&store, [2, 3, 0, 0]);
    finds(&open(), [2, 3, 0, 0]);
    drop(store);
    finds(&open(), [0; 4]);
}

pub(crate) fn store_verify_lists_keys_whose_files_are_missing() {
    let store = store_of(&["a", "b", "", "c/d"]);
    for name in ["b#1", "c%2Fd#3"] {
        fs::remove_file(format!("work/store/{name}")).unwrap();
    }
    assert_eq!(finds(&store, [0, 0, 0, 2]).missing_keys, ["b", "c/d"]);
    assert_eq!(store.len().unwrap(), 4, "the keys still exist");
    store.set("b", b"again").unwrap();
    assert_eq!(finds(&store, [0, 0, 0, 1]).missing_keys, ["c/d"]);
    store.remove("c/d").unwrap();
    finds(&store, [0; 4]);
    fs::remove_dir_all("work/store").unwrap();
    assert_eq!(finds(&store, [0, 0, 0, 3]).missing_keys, ["", "a", "b"]);
}

pub(crate) fn store_verify_works_in_a_store_that_is_read_only() {
    drop(store_of(&["a", "b"]));
    let store = Store::open("work/store", READ_ONLY).unwrap();
    fs::remove_file("work/store/a#0").unwrap();
    assert_eq!(finds(&store, [0, 0, 0, 1]).missing_keys, ["a"]);
    store.close();
    fails(store.verify(), ErrorCode::Closed, &["the store `work/store` was closed"]);
}

pub(crate) fn store_describe_lists_all_states_in_order() {
    prepare(&["a#0", "b", "c#d", "%61#1"]);
    let store = open();
    assert_eq!(described(&store), "<File: work/store, 2 elements, 2 other files ignored>");
    let locked = store.describe() == described(&store);
    let not_locked = if locked { "" } else { ", not locked" };
    store.close();
    let expected =
        format!("<File: work/store, 2 elements, 2 other files ignored{not_locked}, closed>");
    assert_eq!(store.describe(), expected);
    let store = Store::open("work/store", READ_ONLY).unwrap();
    assert_eq!(store.describe(), "<File: work/store, 2 elements, 2 other files ignored>");
    store.close();
    assert_eq!(store.describe(), "<File: work/store, 2 elements, 2 other files ignored, closed>");
}
