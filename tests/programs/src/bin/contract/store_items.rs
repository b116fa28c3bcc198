//! Items, in pieces and while the store changes.

use crate::bindings::{ErrorCode, Store, wit_store::ItemStream};
use crate::store::{open, store_of};
use crate::support::{MAX_TRANSFER, fails, resize};

/// Returns the next items of a stream, with the values as strings.
#[track_caller]
fn next(stream: &ItemStream, max: u32) -> Vec<(String, String)> {
    let text = |(key, value)| (key, String::from_utf8(value).unwrap());
    stream.next(max).unwrap().into_iter().map(text).collect()
}

/// Returns the keys of these items.
fn keys_of(items: Vec<(String, Vec<u8>)>) -> Vec<String> {
    items.into_iter().map(|(key, _)| key).collect()
}

/// Items whose values are their keys.
fn items_of(keys: &[&str]) -> Vec<(String, String)> {
    keys.iter().map(|key| ((*key).into(), (*key).into())).collect()
}

pub(crate) fn store_items_are_in_the_order_of_their_keys() {
    let store = store_of(&["b", "a", "é", "", "Z", "ab"]);
    assert_eq!(next(&store.items().unwrap(), u32::MAX), items_of(&["", "Z", "a", "ab", "b", "é"]));
}

pub(crate) fn store_items_are_returned_in_pieces() {
    let store = store_of(&["a", "b", "c", "d", "e"]);
    let stream = store.items().unwrap();
    assert_eq!(next(&stream, 2), items_of(&["a", "b"]));
    assert_eq!(next(&stream, 1), items_of(&["c"]));
    assert_eq!(next(&stream, u32::MAX), items_of(&["d", "e"]));
    assert!(next(&stream, 2).is_empty());
    assert!(next(&stream, 2).is_empty());
}

pub(crate) fn store_items_of_an_empty_store_are_none() {
    assert!(next(&open().items().unwrap(), 1).is_empty());
}

pub(crate) fn store_items_with_a_max_of_0_are_invalid() {
    let store = store_of(&["a"]);
    let stream = store.items().unwrap();
    fails(stream.next(0), ErrorCode::InvalidArgument, &["at most 0", "request 1 or more"]);
    assert_eq!(next(&stream, 1), items_of(&["a"]));
    fails(stream.next(0), ErrorCode::InvalidArgument, &[]);
}

pub(crate) fn store_items_of_two_streams_are_independent() {
    let store = store_of(&["a", "b"]);
    let (one, other) = (store.items().unwrap(), store.items().unwrap());
    assert_eq!(next(&one, 1), items_of(&["a"]));
    assert_eq!(next(&other, 2), items_of(&["a", "b"]));
    assert_eq!(next(&one, 2), items_of(&["b"]));
}

pub(crate) fn store_items_that_stay_are_listed_once_while_others_change() {
    let store = store_of(&["a", "c", "e", "g", "i", "k", "m"]);
    let stream = store.items().unwrap();
    let mut seen = next(&stream, 3);
    store.remove("a").unwrap();
    store.remove("i").unwrap();
    store.set("b", b"new").unwrap();
    store.set("l", b"new").unwrap();
    store.set("c", b"replaced").unwrap();
    store.set("k", b"replaced").unwrap();
    loop {
        let more = next(&stream, 1);
        if more.is_empty() {
            break;
        }
        seen.extend(more);
    }
    let values = |key: &str| {
        let of_key = seen.iter().filter(|(seen, _)| seen == key).map(|(_, value)| value.as_str());
        of_key.collect::<Vec<_>>()
    };
    for (key, value) in [("c", "c"), ("e", "e"), ("g", "g"), ("k", "replaced"), ("m", "m")] {
        assert_eq!(values(key), [value], "{key} in {seen:?}");
    }
    assert!(values("i").is_empty(), "it was removed before it was reached: {seen:?}");
    for key in ["a", "b", "l"] {
        assert!(values(key).len() <= 1, "{key} in {seen:?}");
    }
}

pub(crate) fn store_items_may_be_removed_and_replaced_while_they_are_listed() {
    let store = store_of(&["a", "b", "c", "d"]);
    let stream = store.items().unwrap();
    let mut seen = Vec::new();
    while let Some((key, value)) = next(&stream, 1).pop() {
        assert_eq!(key, value);
        if seen.len() % 2 == 0 {
            assert!(store.remove(&key).unwrap());
        } else {
            store.set(&key, b"replaced").unwrap();
        }
        seen.push(key);
    }
    assert_eq!(seen, ["a", "b", "c", "d"]);
    assert_eq!(store.len().unwrap(), 2);
}

/// A store of three values, of which the middle one is more than one call moves.
fn with_a_large_value() -> Store {
    std::fs::create_dir("work/store").unwrap();
    resize("work/store/large#0", MAX_TRANSFER + 1);
    let store = open();
    store.set("before", b"before").unwrap();
    store.set("next", b"next").unwrap();
    store
}

pub(crate) fn store_item_over_the_limit_is_limit_exceeded_and_the_next_call_skips_it() {
    let store = with_a_large_value();
    for max in [1, 2, 3, u32::MAX] {
        let stream = store.items().unwrap();
        // The call succeeds with the items before it.
        assert_eq!(next(&stream, max), items_of(&["before"]), "{max}");
        fails(
            stream.next(max),
            ErrorCode::LimitExceeded,
            &["`large`", "134217729 bytes", "at most 134217728"],
        );
        assert_eq!(next(&stream, max), items_of(&["next"]), "{max}");
        assert!(next(&stream, max).is_empty());
    }
    assert_eq!(store.len().unwrap(), 3);
}

pub(crate) fn store_item_over_the_limit_may_be_the_last() {
    let store = with_a_large_value();
    store.remove("next").unwrap();
    let stream = store.items().unwrap();
    assert_eq!(next(&stream, 9), items_of(&["before"]));
    fails(stream.next(9), ErrorCode::LimitExceeded, &["`large`"]);
    assert!(next(&stream, 9).is_empty());
}

pub(crate) fn large_items_over_the_limit_together_are_returned_by_several_calls() {
    std::fs::create_dir("work/store").unwrap();
    for name in ["a#0", "b#1"] {
        resize(&format!("work/store/{name}"), MAX_TRANSFER / 2 + 1);
    }
    resize("work/store/c#2", 1);
    let store = open();
    let stream = store.items().unwrap();
    let first = stream.next(u32::MAX).unwrap();
    assert_eq!(first[0].1.len() as u64, MAX_TRANSFER / 2 + 1);
    assert_eq!(keys_of(first), ["a"]);
    let mut rest = keys_of(stream.next(u32::MAX).unwrap());
    rest.extend(keys_of(stream.next(u32::MAX).unwrap()));
    assert_eq!(rest, ["b", "c"]);
}
