//! Several stores on one directory, which share its keys.

use crate::bindings::{ErrorCode, Store, open_directory};
use crate::descriptors::directory;
use crate::store::{holds, keys, open, store_of};
use crate::store_changes::{REMOVALS, WRITES};
use crate::store_files::{files, prepare};
use crate::support::{CREATE, READ_ONLY, described, fails};

pub(crate) fn store_shows_a_change_by_another_store_at_once() {
    for (name, write) in WRITES {
        for (_, remove) in REMOVALS {
            let (one, other) = (open(), open());
            write(&one, "key", b"value").unwrap();
            holds(&other, "key", b"value");
            assert_eq!((other.contains("key").unwrap(), other.len().unwrap()), (true, 1), "{name}");
            assert_eq!(
                (keys(&other), other.size_of("key").unwrap()),
                (vec!["key".into()], Some(5)),
                "{name}"
            );
            remove(&other, "key").unwrap();
            assert_eq!((one.get("key").unwrap(), one.len().unwrap()), (None, 0), "{name}");
            assert_eq!((keys(&one), one.remove("key").unwrap()), (vec![], false), "{name}");
            assert!(files().is_empty(), "{name}");
        }
    }
}

pub(crate) fn store_numbers_are_shared_with_other_stores() {
    let (one, other) = (open(), open());
    one.set("a", b"1").unwrap();
    other.set("b", b"2").unwrap();
    one.set("b", b"3").unwrap();
    assert_eq!(files(), ["a#0", "b#2"]);
    other.set("a", b"4").unwrap();
    assert_eq!(files(), ["a#3", "b#2"]);
    for store in [&one, &other] {
        holds(store, "a", b"4");
        holds(store, "b", b"3");
    }
}

pub(crate) fn store_streams_show_changes_by_another_store() {
    let (one, other) = (store_of(&["a", "c", "e"]), open());
    let (names, items) = (one.keys().unwrap(), one.items().unwrap());
    assert_eq!(names.next(1).unwrap(), ["a"]);
    assert_eq!(items.next(1).unwrap(), [("a".into(), b"a".to_vec())]);
    other.remove("c").unwrap();
    other.set("d", b"new").unwrap();
    other.set("e", b"replaced").unwrap();
    assert_eq!(names.next(9).unwrap(), ["d", "e"]);
    assert_eq!(
        items.next(9).unwrap(),
        [("d".into(), b"new".to_vec()), ("e".into(), b"replaced".to_vec())]
    );
}

pub(crate) fn store_writer_is_visible_to_other_stores_at_its_commit() {
    let (one, other) = (open(), open());
    one.set("key", b"old").unwrap();
    let [first, second] = [&one, &other].map(|store| store.writer("key").unwrap());
    first.write(b"first").unwrap();
    second.write(b"second").unwrap();
    holds(&other, "key", b"old");
    first.commit().unwrap();
    holds(&other, "key", b"first");
    second.commit().unwrap();
    holds(&one, "key", b"second");
    assert_eq!(files().len(), 1, "{:?}", files());
}

pub(crate) fn store_opened_beside_a_writer_keeps_its_temporary_file() {
    let store = store_of(&["key"]);
    let writer = store.writer("key").unwrap();
    writer.write(b"one, ").unwrap();
    let others = [CREATE, READ_ONLY].map(|options| Store::open("work/store", options).unwrap());
    for other in &others {
        let found = other.verify().unwrap();
        assert_eq!((found.unfinished, found.foreign), (0, 0));
        assert_eq!(described(other), "<File: work/store, 1 elements>");
        holds(other, "key", b"key");
    }
    writer.write(b"two").unwrap();
    writer.commit().unwrap();
    for other in &others {
        holds(other, "key", b"one, two");
    }
    assert_eq!(files(), ["key#1"]);
}

pub(crate) fn store_that_is_closed_leaves_other_stores_open() {
    let (one, other) = (store_of(&["a", "b"]), open());
    let (closed, names, items) =
        (one.keys().unwrap(), other.keys().unwrap(), other.items().unwrap());
    let (gone, writer) = (one.writer("c").unwrap(), other.writer("c").unwrap());
    writer.write(b"new").unwrap();
    one.close();
    fails(one.get("a"), ErrorCode::Closed, &["the store `work/store` was closed"]);
    fails(closed.next(1), ErrorCode::Closed, &[]);
    fails(gone.commit(), ErrorCode::Closed, &[]);
    holds(&other, "a", b"a");
    other.set("a", b"again").unwrap();
    assert_eq!(names.next(9).unwrap(), ["a", "b"]);
    assert_eq!(items.next(1).unwrap(), [("a".into(), b"again".to_vec())]);
    writer.commit().unwrap();
    holds(&other, "c", b"new");
    drop((one, closed, gone));
    let again = open();
    holds(&again, "c", b"new");
    other.set("d", b"").unwrap();
    assert_eq!(again.len().unwrap(), 4);
}

pub(crate) fn store_that_is_read_only_shows_changes_by_another_store() {
    drop(store_of(&["key"]));
    let before = Store::open("work/store", READ_ONLY).unwrap();
    let writing = open();
    let read_only = Store::open("work/store", READ_ONLY).unwrap();
    writing.set("key", b"replaced").unwrap();
    writing.set("new", b"new").unwrap();
    for reading in [&before, &read_only] {
        holds(reading, "key", b"replaced");
        assert_eq!(keys(reading), ["key", "new"]);
        fails(reading.set("key", b"mine"), ErrorCode::AccessDenied, &["`read-only`"]);
    }
    drop(writing);
    for reading in [&before, &read_only] {
        holds(reading, "new", b"new");
        assert_eq!(reading.describe(), "<File: work/store, 2 elements>");
    }
    open().remove("new").unwrap();
    assert_eq!(keys(&before), ["key"]);
}

pub(crate) fn store_opened_for_writing_beside_a_read_only_store_removes_files_of_unfinished_writes()
{
    prepare(&["%temporary-filemap#0", "key#2", "key#9"]);
    let reading = Store::open("work/store", READ_ONLY).unwrap();
    assert_eq!(files().len(), 3);
    let writing = open();
    assert_eq!(files(), ["key#9"]);
    let found = writing.verify().unwrap();
    assert_eq!((found.unfinished, found.outdated), (1, 1));
    for store in [&reading, &writing] {
        holds(store, "key", b"key#9");
    }
    writing.set("new", b"").unwrap();
    assert_eq!(files(), ["key#9", "new#10"]);
}

pub(crate) fn store_that_fails_to_open_for_writing_does_not_affect_other_stores() {
    let before = Store::open("fixed/store", READ_ONLY).unwrap();
    let refused = || {
        fails(
            Store::open("fixed/store", CREATE),
            ErrorCode::AccessDenied,
            &["`fixed/store` is not writable"],
        );
    };
    refused();
    refused();
    let read_only = Store::open("fixed/store", READ_ONLY).unwrap();
    refused();
    for store in [before, read_only] {
        holds(&store, "key", b"value");
        assert_eq!(
            (keys(&store), store.describe()),
            (vec!["key".into()], "<File: fixed/store, 1 elements>".into())
        );
    }
}

pub(crate) fn store_is_shared_between_all_spellings_of_its_path() {
    let one = store_of(&["key"]);
    let granted = directory("work", "store");
    let others = [
        Store::open("./work//store", CREATE).unwrap(),
        Store::open("/work/folder/../store/", CREATE).unwrap(),
        open_directory(&granted, CREATE).unwrap(),
        open_directory(&granted, READ_ONLY).unwrap(),
    ];
    drop(granted);
    one.set("new", b"value").unwrap();
    for other in &others {
        holds(other, "new", b"value");
        assert_eq!(keys(other), ["key", "new"]);
    }
    for (number, other) in others[..3].iter().enumerate() {
        other.set("new", &[7; 9][..number]).unwrap();
        holds(&one, "new", &[7; 9][..number]);
    }
    assert_eq!(files().len(), 2, "{:?}", files());
    let names =
        ["./work//store", "/work/folder/../store/", "the given descriptor", "the given descriptor"];
    for (other, name) in others.iter().zip(names) {
        assert_eq!(described(other), format!("<File: {name}, 2 elements>"));
    }
}

pub(crate) fn store_of_another_directory_is_independent() {
    let (one, other) = (store_of(&["key"]), Store::open("work/store/inner", CREATE).unwrap());
    assert!(keys(&other).is_empty());
    other.set("other", b"value").unwrap();
    assert_eq!((keys(&one), keys(&other)), (vec!["key".into()], vec!["other".into()]));
    assert_eq!(described(&one), "<File: work/store, 1 elements>");
}

pub(crate) fn store_of_a_directory_open_for_writing_is_not_listed_again() {
    let one = store_of(&["key"]);
    std::fs::write("work/store/late#7", "value").unwrap();
    for options in [CREATE, READ_ONLY] {
        let other = Store::open("work/store", options).unwrap();
        assert_eq!((keys(&other), other.get("late").unwrap()), (vec!["key".into()], None));
    }
    one.set("new", b"").unwrap();
    assert_eq!(files(), ["key#0", "late#7", "new#1"]);
}

pub(crate) fn store_of_a_directory_not_open_for_writing_is_listed_again() {
    drop(store_of(&["key"]));
    std::fs::write("work/store/late#7", "value").unwrap();
    let store = open();
    assert_eq!(keys(&store), ["key", "late"]);
    let beside = Store::open("work/store", READ_ONLY).unwrap();
    store.close();
    std::fs::write("work/store/later#8", "value").unwrap();
    // A closed store and a read-only store do not have the directory open for writing.
    assert_eq!(keys(&open()), ["key", "late", "later"]);
    holds(&beside, "key", b"key");
}
