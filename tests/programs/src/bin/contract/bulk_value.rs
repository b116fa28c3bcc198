//! Reads of values through streams.

use crate::bindings::bulk::{InputValue, read_value_via_stream};
use crate::bindings::{ErrorCode, Store};
use crate::bulk::{each_piece, read_from};
use crate::store::{KEY_CHANGES, open, store_of};
use crate::support::{MAX_TRANSFER, READ_ONLY, fails, poke, resize};

/// Opens the value of an existing key, starting at byte `offset`.
#[track_caller]
fn value(store: &Store, key: &str, offset: u64) -> InputValue {
    read_value_via_stream(store, key, offset).unwrap().unwrap()
}

/// Reads the value, and checks that its length is the announced one.
#[track_caller]
fn read(value: &InputValue) -> Vec<u8> {
    let bytes = read_from(&value.input, value.length.saturating_add(1));
    assert_eq!(bytes.len() as u64, value.length);
    bytes
}

pub(crate) fn bulk_value_is_read_completely() {
    let store = open();
    let large: Vec<u8> = (0..1_000_000_u32).map(|number| (number % 251) as u8).collect();
    for expected in [&b""[..], b"v", b"value", &large] {
        store.set("key", expected).unwrap();
        assert!(read(&value(&store, "key", 0)) == expected, "{} bytes", expected.len());
    }
}

pub(crate) fn bulk_value_is_read_from_an_offset() {
    let store = open();
    store.set("key", b"0123456789").unwrap();
    for (offset, expected) in [
        (1, "123456789"),
        (9, "9"),
        (10, ""),
        (11, ""),
        (1 << 32, ""),
        (1 << 63, ""),
        (u64::MAX, ""),
    ] {
        let value = value(&store, "key", offset);
        assert_eq!(value.length, expected.len() as u64, "from {offset}");
        assert_eq!(read(&value), expected.as_bytes(), "from {offset}");
    }
}

pub(crate) fn bulk_value_of_a_key_that_does_not_exist_is_none() {
    let store = store_of(&["key", "removed"]);
    store.remove("removed").unwrap();
    for key in ["other", "", "Key", "removed", &"k".repeat(300)] {
        for offset in [0, u64::MAX] {
            assert!(read_value_via_stream(&store, key, offset).unwrap().is_none(), "{key}");
        }
    }
}

pub(crate) fn bulk_value_keeps_the_value_of_the_moment_of_the_open() {
    for (number, change) in KEY_CHANGES.into_iter().enumerate() {
        let store = open();
        store.set("key", b"a long value").unwrap();
        let (started, whole) = (value(&store, "key", 0), value(&store, "key", 2));
        assert_eq!(read_from(&started.input, 3), b"a l");
        change(&store);
        assert_eq!(read_from(&started.input, 9), b"ong value", "after change {number}");
        drop(store);
        assert_eq!(read(&whole), b"long value", "after change {number}");
    }
}

pub(crate) fn bulk_values_are_independent() {
    let store = store_of(&["key"]);
    let (one, other) = (value(&store, "key", 0), value(&store, "key", 1));
    assert_eq!(read_from(&one.input, 2), b"ke");
    assert_eq!(read_from(&other.input, 1), b"e");
    assert_eq!(read_from(&one.input, 9), b"y");
    assert_eq!(read_from(&other.input, 9), b"y");
}

pub(crate) fn bulk_value_is_read_in_a_store_that_is_read_only() {
    for path in ["fixed/store", "fixed/odd"] {
        let store = Store::open(path, READ_ONLY).unwrap();
        assert_eq!(read(&value(&store, "key", 1)), b"alue");
    }
}

pub(crate) fn bulk_value_may_be_larger_than_one_call_moves() {
    const SIZE: u64 = MAX_TRANSFER + 100_000;
    std::fs::create_dir("work/store").unwrap();
    resize("work/store/large#0", SIZE);
    poke("work/store/large#0", SIZE - 1, b"z");
    let store = open();
    let value = value(&store, "large", 0);
    assert_eq!(value.length, SIZE);
    let mut last = 0;
    let length =
        each_piece(&value.input, u64::MAX, |_, piece| last = piece.last().copied().unwrap_or(last));
    assert_eq!((length, last), (SIZE, b'z'));
}

pub(crate) fn bulk_value_is_read_past_four_gigabytes() {
    const SIZE: u64 = 5_000_000_000;
    std::fs::create_dir("work/store").unwrap();
    resize("work/store/huge#7", SIZE);
    poke("work/store/huge#7", SIZE - 2, b"ab");
    let store = open();
    assert_eq!(value(&store, "huge", 0).length, SIZE);
    assert_eq!(read(&value(&store, "huge", SIZE - 3)), b"\0ab");
}

pub(crate) fn bulk_value_that_is_truncated_meanwhile_ends_early() {
    let store = open();
    store.set("key", &vec![1; 1_000_000]).unwrap();
    let value = value(&store, "key", 0);
    assert_eq!(read_from(&value.input, 10), [1; 10]);
    resize("work/store/key#0", 5);
    let rest = read_from(&value.input, value.length - 10).len();
    assert!(rest < 999_990, "{rest} bytes");
}

pub(crate) fn bulk_value_fails_as_other_reads_do() {
    let store = store_of(&["key"]);
    std::fs::remove_file("work/store/key#0").unwrap();
    fails(
        read_value_via_stream(&store, "key", 0),
        ErrorCode::NotFound,
        &["the value of `key` in `work/store`"],
    );
    store.close();
    fails(
        read_value_via_stream(&store, "key", 0),
        ErrorCode::Closed,
        &["the store `work/store` was closed"],
    );
    fails(read_value_via_stream(&store, "other", 0), ErrorCode::Closed, &[]);
}
