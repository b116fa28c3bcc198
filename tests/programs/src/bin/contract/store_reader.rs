//! Readers of values.

use crate::bindings::{ErrorCode, Store, wit_store::ValueReader};
use crate::store::{KEY_CHANGES, open, store_of};
use crate::support::{MAX_TRANSFER, READ_ONLY, fails, poke, resize};

/// Opens a reader of an existing key.
#[track_caller]
fn reader(store: &Store, key: &str) -> ValueReader {
    store.reader(key).unwrap().unwrap()
}

/// Reads the rest of a value, in pieces of this size.
#[track_caller]
fn rest(reader: &ValueReader, piece: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let more = reader.read(piece).unwrap();
        assert!(more.len() as u64 <= piece);
        if more.is_empty() {
            return bytes;
        }
        bytes.extend(more);
    }
}

pub(crate) fn store_reader_reads_a_value_in_pieces() {
    let value: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
    let store = open();
    store.set("key", &value).unwrap();
    for piece in [1000, 65_536, 199_999, 200_000, 200_001] {
        assert!(rest(&reader(&store, "key"), piece) == value, "in pieces of {piece} bytes");
    }
    let reader = reader(&store, "key");
    assert_eq!(reader.read(3).unwrap(), value[..3]);
    assert_eq!(reader.read(1).unwrap(), value[3..4]);
    assert!(rest(&reader, 70_000) == value[4..]);
}

pub(crate) fn store_reader_returns_an_empty_list_at_the_end() {
    let store = store_of(&["key", ""]);
    let at_end = reader(&store, "key");
    assert_eq!(rest(&at_end, 2), b"key");
    assert!(at_end.read(1).unwrap().is_empty());
    assert!(at_end.read(u64::MAX).unwrap().is_empty());
    // The key "" has the value "".
    assert!(reader(&store, "").read(1).unwrap().is_empty());
}

pub(crate) fn store_reader_with_a_max_over_the_length_returns_the_rest() {
    let store = store_of(&["key"]);
    for max in [4, 1 << 32, MAX_TRANSFER + 1, i64::MAX as u64, u64::MAX] {
        let reader = reader(&store, "key");
        assert_eq!(rest(&reader, max), b"key", "{max}");
        let half_way = self::reader(&store, "key");
        half_way.read(2).unwrap();
        assert_eq!(rest(&half_way, max), b"y", "{max}");
    }
}

pub(crate) fn store_reader_with_a_max_of_0_is_invalid() {
    let store = store_of(&["key", ""]);
    for key in ["key", ""] {
        let reader = reader(&store, key);
        fails(
            reader.read(0),
            ErrorCode::InvalidArgument,
            &["at most 0 bytes", "request 1 or more"],
        );
        assert_eq!(rest(&reader, 9), key.as_bytes());
        fails(reader.read(0), ErrorCode::InvalidArgument, &[]);
    }
}

pub(crate) fn store_reader_of_a_missing_key_is_none() {
    let store = store_of(&["key"]);
    for key in ["other", "", "Key", &"k".repeat(300)] {
        assert!(store.reader(key).unwrap().is_none());
    }
    store.remove("key").unwrap();
    assert!(store.reader("key").unwrap().is_none());
}

pub(crate) fn store_readers_of_one_key_are_independent() {
    let store = store_of(&["key"]);
    let (one, other) = (reader(&store, "key"), reader(&store, "key"));
    assert_eq!(one.read(2).unwrap(), b"ke");
    assert_eq!(other.read(1).unwrap(), b"k");
    assert_eq!(one.read(2).unwrap(), b"y");
    assert_eq!(rest(&other, 9), b"ey");
}

pub(crate) fn store_reader_keeps_the_value_of_the_moment_of_the_open() {
    for (number, change) in KEY_CHANGES.into_iter().enumerate() {
        let store = open();
        store.set("key", b"a long value").unwrap();
        let (started, whole) = (reader(&store, "key"), reader(&store, "key"));
        assert_eq!(started.read(3).unwrap(), b"a l");
        change(&store);
        assert_eq!(rest(&started, 2), b"ong value", "after change {number}");
        drop(store);
        assert_eq!(rest(&whole, 100), b"a long value", "after change {number}");
    }
}

pub(crate) fn store_reader_works_in_a_store_that_is_read_only() {
    for path in ["fixed/store", "fixed/odd"] {
        let store = Store::open(path, READ_ONLY).unwrap();
        assert_eq!(rest(&reader(&store, "key"), 2), b"value");
    }
}

pub(crate) fn store_reader_reads_past_four_gigabytes() {
    const SIZE: u64 = 5_000_000_000;
    std::fs::create_dir("work/store").unwrap();
    resize("work/store/huge#7", SIZE);
    poke("work/store/huge#7", 0, b"a");
    let store = open();
    // The reader has read only the requested bytes.
    assert_eq!(reader(&store, "huge").read(2).unwrap(), b"a\0");
    assert_eq!(store.size_of("huge").unwrap(), Some(SIZE));
}

pub(crate) fn large_reader_returns_at_most_what_one_call_moves_and_continues() {
    const SIZE: u64 = MAX_TRANSFER + 5;
    std::fs::create_dir("work/store").unwrap();
    resize("work/store/big#0", SIZE);
    poke("work/store/big#0", SIZE - 1, b"z");
    let store = open();
    let reader = reader(&store, "big");
    let (mut length, mut last) = (0, 0);
    loop {
        let more = reader.read(u64::MAX).unwrap();
        let Some(byte) = more.last() else { break };
        assert!(more.len() as u64 <= MAX_TRANSFER, "{} bytes by one call", more.len());
        length += more.len() as u64;
        last = *byte;
    }
    assert_eq!((length, last), (SIZE, b'z'));
}

pub(crate) fn store_reader_of_a_value_truncated_by_another_program_is_truncated() {
    let store = open();
    store.set("key", &vec![1; 100_000]).unwrap();
    let reader = reader(&store, "key");
    assert_eq!(reader.read(10).unwrap(), [1; 10]);
    resize("work/store/key#0", 5);
    fails(reader.read(200_000), ErrorCode::Truncated, &["`key`"]);
}

pub(crate) fn store_reader_of_a_value_removed_by_another_program_is_not_found() {
    let store = store_of(&["key"]);
    let started = reader(&store, "key");
    std::fs::remove_file("work/store/key#0").unwrap();
    fails(store.reader("key"), ErrorCode::NotFound, &["the value of `key` in `work/store`"]);
    assert_eq!(rest(&started, 2), b"key");
}
