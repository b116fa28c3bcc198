//! Writes of values through streams.

use crate::bindings::bulk::write_value_via_stream;
use crate::bindings::wit_store::ValueWriter;
use crate::bindings::{ErrorCode, Store};
use crate::bulk::write_to;
use crate::store::{holds, keys, open};
use crate::store_files::files;
use crate::support::{MAX_TRANSFER, fails};

/// Appends bytes through a stream of their length.
#[track_caller]
fn append(writer: &ValueWriter, bytes: &[u8]) {
    let output = write_value_via_stream(writer, bytes.len() as u64).unwrap();
    write_to(&output, bytes).unwrap();
}

/// Returns a store in which `key` has the value `old`, and a writer for `key`.
#[track_caller]
fn writer() -> (Store, ValueWriter) {
    let store = open();
    store.set("key", b"old").unwrap();
    let writer = store.writer("key").unwrap();
    (store, writer)
}

/// Checks that every call of the writer is `invalid-argument`, and that nothing has changed.
#[track_caller]
fn is_incomplete(store: &Store, writer: &ValueWriter) {
    for _ in 0..2 {
        fails(writer.write(b"more"), ErrorCode::InvalidArgument, &["stream"]);
        fails(write_value_via_stream(writer, 3), ErrorCode::InvalidArgument, &["stream"]);
        fails(writer.commit(), ErrorCode::InvalidArgument, &["stream"]);
    }
    holds(store, "key", b"old");
}

pub(crate) fn bulk_writer_sets_the_value_at_its_commit() {
    let (store, writer) = writer();
    let large: Vec<u8> = (0..1_000_000_u32).map(|number| (number % 251) as u8).collect();
    append(&writer, &large);
    holds(&store, "key", b"old");
    writer.commit().unwrap();
    holds(&store, "key", &large);
    assert_eq!(files(), ["key#1"]);
    let writer = store.writer("new").unwrap();
    append(&writer, b"value");
    assert_eq!(store.get("new").unwrap(), None);
    writer.commit().unwrap();
    drop((writer, store));
    let store = open();
    holds(&store, "new", b"value");
    holds(&store, "key", &large);
    assert_eq!(files(), ["key#1", "new#2"]);
}

pub(crate) fn bulk_writer_takes_streams_and_calls_in_turn() {
    let (store, writer) = writer();
    writer.write(b"one, ").unwrap();
    append(&writer, b"two, ");
    append(&writer, b"three, ");
    writer.write(b"four, ").unwrap();
    append(&writer, &vec![b'.'; 100_000]);
    writer.write(b"five").unwrap();
    writer.commit().unwrap();
    let expected = [&b"one, two, three, four, "[..], &vec![b'.'; 100_000], b"five"].concat();
    holds(&store, "key", &expected);
}

pub(crate) fn bulk_writer_may_write_an_empty_value() {
    let (store, writer) = writer();
    append(&writer, b"");
    let output = write_value_via_stream(&writer, 0).unwrap();
    writer.write(b"new").unwrap();
    append(&writer, b"");
    writer.commit().unwrap();
    drop(output);
    holds(&store, "key", b"new");
    let writer = store.writer("empty").unwrap();
    append(&writer, b"");
    writer.commit().unwrap();
    holds(&store, "empty", b"");
}

pub(crate) fn bulk_writer_is_invalid_until_its_stream_is_complete() {
    let (store, writer) = writer();
    writer.write(b"one, ").unwrap();
    let output = write_value_via_stream(&writer, 5).unwrap();
    is_incomplete(&store, &writer);
    write_to(&output, b"two").unwrap();
    is_incomplete(&store, &writer);
    write_to(&output, b", ").unwrap();
    // The stream is complete and still exists.
    writer.write(b"three").unwrap();
    drop(output);
    writer.commit().unwrap();
    holds(&store, "key", b"one, two, three");
    assert_eq!(files(), ["key#1"]);
}

pub(crate) fn bulk_writer_whose_stream_is_dropped_early_stays_invalid() {
    for written in [&b""[..], b"two"] {
        let (store, writer) = writer();
        let before = files().into_iter().filter(|name| !name.starts_with('%')).collect::<Vec<_>>();
        let output = write_value_via_stream(&writer, 5).unwrap();
        write_to(&output, written).unwrap();
        drop(output);
        is_incomplete(&store, &writer);
        drop(writer);
        assert_eq!(files(), before, "no other file is left");
        holds(&store, "key", b"old");
    }
}

pub(crate) fn bulk_writer_ignores_bytes_after_the_length() {
    let (store, writer) = writer();
    let output = write_value_via_stream(&writer, 3).unwrap();
    // A provider may reject or ignore these bytes.
    let refused = write_to(&output, b"newXXX").is_err();
    drop(output);
    if refused {
        drop(writer);
        return holds(&store, "key", b"old");
    }
    append(&writer, b"er");
    writer.commit().unwrap();
    holds(&store, "key", b"newer");
    let writer = store.writer("key").unwrap();
    let output = write_value_via_stream(&writer, 4).unwrap();
    write_to(&output, b"lastXXX").unwrap();
    drop(output);
    writer.commit().unwrap();
    holds(&store, "key", b"last");
    assert_eq!(store.size_of("key").unwrap(), Some(4));
}

pub(crate) fn bulk_writer_that_is_dropped_leaves_nothing() {
    let (store, writer) = writer();
    append(&writer, &vec![1; 100_000]);
    drop(writer);
    assert_eq!(files(), ["key#0"]);
    // The stream may outlive its writer.
    let writer = store.writer("other").unwrap();
    let output = write_value_via_stream(&writer, 9).unwrap();
    write_to(&output, b"some").unwrap();
    drop(writer);
    assert_eq!(files(), ["key#0"]);
    drop(output);
    assert_eq!((files(), keys(&store)), (vec!["key#0".into()], vec!["key".into()]));
}

pub(crate) fn bulk_writer_of_a_value_longer_than_any_file_is_invalid() {
    let (store, writer) = writer();
    append(&writer, b"new");
    // From 2^53, a host in JavaScript does not take the number.
    for length in [(1 << 53) - 3, 1 << 63, u64::MAX] {
        let text = [&format!("{length} bytes after the first 3")[..], "size limit of a file"];
        fails(write_value_via_stream(&writer, length), ErrorCode::InvalidArgument, &text);
    }
    writer.commit().unwrap();
    holds(&store, "key", b"new");
}

pub(crate) fn bulk_writer_that_has_ended_is_closed() {
    let (store, writer) = writer();
    append(&writer, b"new");
    writer.commit().unwrap();
    for length in [0, 1, u64::MAX] {
        fails(write_value_via_stream(&writer, length), ErrorCode::Closed, &[]);
    }
    fails(writer.write(b"more"), ErrorCode::Closed, &[]);
    fails(writer.commit(), ErrorCode::Closed, &[]);
    holds(&store, "key", b"new");
    assert_eq!(files(), ["key#1"]);
}

pub(crate) fn bulk_writer_of_a_store_that_is_closed_is_closed_and_leaves_nothing() {
    for unfilled in [false, true] {
        let (store, writer) = writer();
        let before = ["key#0"];
        let output = write_value_via_stream(&writer, 4).unwrap();
        write_to(&output, if unfilled { b"n" } else { b"new!" }).unwrap();
        store.close();
        assert_eq!(files(), before);
        fails(write_value_via_stream(&writer, 1), ErrorCode::Closed, &[]);
        fails(writer.write(b"more"), ErrorCode::Closed, &[]);
        fails(writer.commit(), ErrorCode::Closed, &[]);
        drop((output, writer, store));
        assert_eq!(files(), before);
        let store = open();
        holds(&store, "key", b"old");
        store.clear().unwrap();
        drop(store);
        std::fs::remove_dir("work/store").unwrap();
    }
}

pub(crate) fn bulk_writer_accepts_more_than_one_call_moves() {
    const PIECE: usize = 1 << 20;
    let (store, writer) = writer();
    writer.write(b"head").unwrap();
    let output = write_value_via_stream(&writer, MAX_TRANSFER + PIECE as u64).unwrap();
    for number in 0..129 {
        write_to(&output, &vec![number; PIECE]).unwrap();
    }
    drop(output);
    writer.commit().unwrap();
    assert_eq!(store.size_of("key").unwrap(), Some((129 << 20) + 4));
    assert_eq!(
        store.get_range("key", MAX_TRANSFER + 3, 2).unwrap().as_deref(),
        Some(&[127, 128][..])
    );
}
