//! Writers of values.

use crate::bindings::{ErrorCode, Store};
use crate::store::{holds, keys, open, store_of};
use crate::store_files::files;
use crate::support::{CREATE, MAX_TRANSFER, READ_ONLY, fails};

/// Checks that every call of a writer is `closed` after its `commit`.
#[track_caller]
fn is_done(writer: &crate::bindings::wit_store::ValueWriter) {
    for _ in 0..2 {
        fails(writer.write(b"more"), ErrorCode::Closed, &[]);
        fails(writer.write(b""), ErrorCode::Closed, &[]);
        fails(writer.commit(), ErrorCode::Closed, &[]);
    }
}

pub(crate) fn store_writer_sets_a_new_key_at_its_commit() {
    let store = open();
    let writer = store.writer("a key").unwrap();
    writer.write(b"one, ").unwrap();
    writer.write(b"two").unwrap();
    assert_eq!((store.get("a key").unwrap(), store.size_of("a key").unwrap()), (None, None));
    assert_eq!((store.contains("a key").unwrap(), store.len().unwrap()), (false, 0));
    assert!(keys(&store).is_empty());
    writer.commit().unwrap();
    holds(&store, "a key", b"one, two");
    assert_eq!(keys(&store), ["a key"]);
    assert_eq!(files(), ["a%20key#0"]);
    drop(writer);
    holds(&open(), "a key", b"one, two");
}

pub(crate) fn store_writer_keeps_the_old_value_until_its_commit() {
    let store = open();
    store.set("key", b"old").unwrap();
    let writer = store.writer("key").unwrap();
    writer.write(b"the new value").unwrap();
    holds(&store, "key", b"old");
    writer.commit().unwrap();
    holds(&store, "key", b"the new value");
    assert_eq!(files(), ["key#1"]);
}

pub(crate) fn store_writer_appends_many_times() {
    let store = open();
    let writer = store.writer("key").unwrap();
    let mut expected = Vec::new();
    for number in 0..1000_u16 {
        let piece = vec![number.to_le_bytes()[0]; usize::from(number % 7)];
        writer.write(&piece).unwrap();
        expected.extend(piece);
    }
    writer.commit().unwrap();
    holds(&store, "key", &expected);
}

pub(crate) fn store_writer_accepts_more_than_one_call_moves() {
    const PIECE: usize = 1 << 20;
    let store = open();
    let writer = store.writer("key").unwrap();
    for number in 0..129 {
        writer.write(&vec![number; PIECE]).unwrap();
    }
    writer.commit().unwrap();
    assert_eq!(store.size_of("key").unwrap(), Some(129 << 20));
    assert_eq!(
        store.get_range("key", MAX_TRANSFER - 1, 2).unwrap().as_deref(),
        Some(&[127, 128][..])
    );
}

pub(crate) fn large_write_over_the_limit_is_limit_exceeded_and_appends_nothing() {
    let store = open();
    let writer = store.writer("key").unwrap();
    writer.write(b"before").unwrap();
    let too_much = vec![1; usize::try_from(MAX_TRANSFER + 1).unwrap()];
    fails(
        writer.write(&too_much),
        ErrorCode::LimitExceeded,
        &["134217729 bytes", "at most 134217728"],
    );
    writer.write(b", behind").unwrap();
    writer.commit().unwrap();
    holds(&store, "key", b"before, behind");
}

pub(crate) fn store_writer_may_write_an_empty_value() {
    let store = open();
    store.writer("none").unwrap().commit().unwrap();
    let writer = store.writer("nothing").unwrap();
    writer.write(b"").unwrap();
    writer.commit().unwrap();
    let writer = store.writer("something").unwrap();
    for piece in ["", "some", "", "thing", ""] {
        writer.write(piece.as_bytes()).unwrap();
    }
    writer.commit().unwrap();
    holds(&store, "none", b"");
    holds(&store, "nothing", b"");
    holds(&store, "something", b"something");
    assert_eq!(files().len(), 3);
}

pub(crate) fn store_writer_that_is_dropped_leaves_nothing() {
    let store = open();
    store.set("key", b"old").unwrap();
    for key in ["key", "other"] {
        let writer = store.writer(key).unwrap();
        writer.write(b"a value that is discarded").unwrap();
        drop(writer);
        drop(store.writer(key).unwrap());
        assert_eq!(files(), ["key#0"]);
    }
    assert_eq!(keys(&store), ["key"]);
    holds(&store, "key", b"old");
}

pub(crate) fn store_writer_is_closed_by_its_commit() {
    let store = open();
    let writer = store.writer("key").unwrap();
    writer.write(b"value").unwrap();
    writer.commit().unwrap();
    is_done(&writer);
    holds(&store, "key", b"value");
    assert_eq!(files(), ["key#0"]);
}

pub(crate) fn store_writer_is_closed_by_a_commit_that_fails() {
    let store = open();
    store.set("key", b"old").unwrap();
    let writer = store.writer("key").unwrap();
    writer.write(b"new").unwrap();
    // The name that the file would get.
    for number in 1..5 {
        std::fs::create_dir(format!("work/store/key#{number}")).unwrap();
    }
    assert!(writer.commit().is_err());
    is_done(&writer);
    holds(&store, "key", b"old");
    assert_eq!(files(), ["key#0", "key#1", "key#2", "key#3", "key#4"]);
}

pub(crate) fn store_writer_of_a_store_that_is_closed_is_closed_and_leaves_nothing() {
    let endings: [fn(Store); 2] = [drop, |store| {
        store.close();
        // The store is closed and not dropped.
        std::mem::forget(store);
    }];
    for close in endings {
        let store = open();
        store.set("key", b"old").unwrap();
        let before = files();
        let writers = ["key", "other"].map(|key| store.writer(key).unwrap());
        for writer in &writers {
            writer.write(b"new").unwrap();
        }
        close(store);
        assert_eq!(files(), before, "values that were not committed are discarded");
        for writer in &writers {
            fails(writer.write(b"more"), ErrorCode::Closed, &["closed"]);
            fails(writer.commit(), ErrorCode::Closed, &[]);
            fails(writer.commit(), ErrorCode::Closed, &[]);
        }
        drop(writers);
        assert_eq!(files(), before);
        let store = open();
        assert_eq!(keys(&store), ["key"]);
        holds(&store, "key", b"old");
    }
}

pub(crate) fn store_writer_that_is_committed_last_wins() {
    let store = open();
    let [first, second] = ["first", "second"].map(|value| {
        let writer = store.writer("key").unwrap();
        writer.write(value.as_bytes()).unwrap();
        writer
    });
    second.commit().unwrap();
    holds(&store, "key", b"second");
    first.commit().unwrap();
    holds(&store, "key", b"first");
    assert_eq!(files().len(), 1, "{:?}", files());
    drop((first, second, store));
    holds(&open(), "key", b"first");
}

pub(crate) fn store_writer_replaces_what_was_set_before_its_commit() {
    let store = store_of(&["key", "removed"]);
    let [writer, other] = ["key", "removed"].map(|key| {
        let writer = store.writer(key).unwrap();
        writer.write(b"by the writer").unwrap();
        writer
    });
    store.set("key", b"by set").unwrap();
    store.remove("removed").unwrap();
    holds(&store, "key", b"by set");
    writer.commit().unwrap();
    other.commit().unwrap();
    holds(&store, "key", b"by the writer");
    holds(&store, "removed", b"by the writer");
    assert_eq!(files().len(), 2, "{:?}", files());
    // The files have the same values.
    drop((writer, other, store));
    let store = open();
    holds(&store, "key", b"by the writer");
    holds(&store, "removed", b"by the writer");
    store.set("key", b"by set").unwrap();
    holds(&store, "key", b"by set");
}

pub(crate) fn store_writer_survives_clear() {
    let store = store_of(&["a", "b"]);
    let writer = store.writer("a").unwrap();
    writer.write(b"new").unwrap();
    store.clear().unwrap();
    writer.commit().unwrap();
    assert_eq!(keys(&store), ["a"]);
    holds(&store, "a", b"new");
}

pub(crate) fn store_writer_of_a_key_that_cannot_be_set_fails_at_once() {
    let store = open();
    let parts = ["a key of 236 bytes", "236 bytes", "at most 235"];
    fails(store.writer(&"k".repeat(236)), ErrorCode::InvalidArgument, &parts);
    assert!(files().is_empty());
    drop(store);
    let store = Store::open("work/store", READ_ONLY).unwrap();
    fails(
        store.writer("key"),
        ErrorCode::AccessDenied,
        &["the store `work/store` was opened `read-only`"],
    );
    store.close();
    fails(store.writer("key"), ErrorCode::Closed, &["the store `work/store` was closed"]);
    assert!(files().is_empty());
    // A key of the maximum length.
    let (store, key) = (Store::open("work/store", CREATE).unwrap(), "k".repeat(235));
    store.writer(&key).unwrap().commit().unwrap();
    assert_eq!(files(), [format!("{key}#0")]);
}
