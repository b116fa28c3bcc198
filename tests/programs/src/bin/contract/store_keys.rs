//! Keys: any string, in pieces, and while the store changes.

use crate::bindings::{ErrorCode, Store};
use crate::store::{holds, keys, open, store_of};
use crate::store_files::files;
use crate::support::{CREATE, READ_ONLY, fails};

pub(crate) fn store_key_may_be_any_string() {
    // In the order of their UTF-8 bytes.
    let names = [
        ("", "#0"),
        ("\0", "%00#1"),
        ("\n", "%0A#2"),
        (" ", "%20#3"),
        ("#", "%23#4"),
        ("%", "%25#5"),
        ("%41", "%2541#6"),
        ("%temporary-filemap", "%25temporary-filemap#7"),
        (".", ".#8"),
        ("..", "..#9"),
        ("/", "%2F#10"),
        ("A", "A#11"),
        ("\\", "%5C#12"),
        ("a", "a#13"),
        ("a#1", "a%231#14"),
        ("a/../b", "a%2F..%2Fb#15"),
        ("a/b", "a%2Fb#16"),
        ("~-._", "~-._#17"),
        ("é", "%C3%A9#18"),
        ("\u{fffd}", "%EF%BF%BD#19"),
        ("🦀", "%F0%9F%A6%80#20"),
    ];
    let store = open();
    for (key, _) in names {
        store.set(key, key.as_bytes()).unwrap();
    }
    let mut expected: Vec<String> = names.map(|(_, file)| file.into()).into();
    expected.sort();
    assert_eq!(files(), expected);
    let again = open();
    for store in [store, again] {
        assert_eq!(keys(&store), names.map(|(key, _)| key));
        for (key, _) in names {
            holds(&store, key, key.as_bytes());
            assert!(store.contains(key).unwrap());
        }
    }
    assert!(open().remove("..").unwrap());
}

pub(crate) fn store_keys_that_look_alike_are_different_keys() {
    let store = open();
    store.set("e\u{301}", b"two characters").unwrap();
    store.set("é", b"one character").unwrap();
    holds(&store, "e\u{301}", b"two characters");
    assert_eq!(store.len().unwrap(), 2);
}

pub(crate) fn store_keys_are_in_the_order_of_their_bytes() {
    let store = store_of(&["b", "a", "é", "", "Z", "ab"]);
    assert_eq!(keys(&store), ["", "Z", "a", "ab", "b", "é"]);
}

pub(crate) fn store_keys_are_returned_in_pieces() {
    let store = store_of(&["a", "b", "c", "d", "e"]);
    let stream = store.keys().unwrap();
    assert_eq!(stream.next(2).unwrap(), ["a", "b"]);
    assert_eq!(stream.next(1).unwrap(), ["c"]);
    assert_eq!(stream.next(u32::MAX).unwrap(), ["d", "e"]);
    assert!(stream.next(2).unwrap().is_empty());
    assert!(stream.next(2).unwrap().is_empty());
}

pub(crate) fn store_keys_of_an_empty_store_are_none() {
    assert!(keys(&open()).is_empty());
}

pub(crate) fn store_keys_with_a_max_of_0_are_invalid() {
    let store = store_of(&["a"]);
    let stream = store.keys().unwrap();
    fails(stream.next(0), ErrorCode::InvalidArgument, &["at most 0 keys", "request 1 or more"]);
    assert_eq!(stream.next(1).unwrap(), ["a"]);
}

pub(crate) fn store_keys_of_two_streams_are_independent() {
    let store = store_of(&["a", "b"]);
    let (one, other) = (store.keys().unwrap(), store.keys().unwrap());
    assert_eq!(one.next(1).unwrap(), ["a"]);
    assert_eq!(other.next(2).unwrap(), ["a", "b"]);
    assert_eq!(one.next(2).unwrap(), ["b"]);
}

pub(crate) fn store_keys_that_stay_are_listed_once_while_others_change() {
    let store = store_of(&["a", "c", "e", "g", "i", "k", "m"]);
    let stream = store.keys().unwrap();
    let mut seen = stream.next(3).unwrap();
    store.remove("a").unwrap();
    store.remove("e").unwrap();
    store.remove("i").unwrap();
    store.set("b", b"new").unwrap();
    store.set("l", b"new").unwrap();
    store.set("c", b"replaced").unwrap();
    store.set("k", b"replaced").unwrap();
    loop {
        let more = stream.next(1).unwrap();
        if more.is_empty() {
            break;
        }
        seen.extend(more);
    }
    let count = |key: &str| seen.iter().filter(|seen| *seen == key).count();
    for key in ["c", "g", "k", "m"] {
        assert_eq!(count(key), 1, "{key} in {seen:?}");
    }
    assert_eq!(count("i"), 0, "it was removed before it was reached: {seen:?}");
    for key in ["a", "b", "e", "l"] {
        assert!(count(key) <= 1, "{key} in {seen:?}");
    }
}

pub(crate) fn store_keys_may_be_removed_while_they_are_listed() {
    let store = store_of(&["a", "b", "c", "d", "e"]);
    let stream = store.keys().unwrap();
    let mut seen = Vec::new();
    while let Some(key) = stream.next(1).unwrap().pop() {
        assert!(store.remove(&key).unwrap());
        seen.push(key);
    }
    assert_eq!(seen, ["a", "b", "c", "d", "e"]);
    assert_eq!(store.len().unwrap(), 0);
}

pub(crate) fn store_keys_may_be_ten_thousand() {
    let store = open();
    for number in 0..500 {
        store.set(&format!("{number:03}"), &[]).unwrap();
    }
    let again = open();
    let stream = again.keys().unwrap();
    let pieces: Vec<usize> =
        std::iter::repeat_with(|| stream.next(200).unwrap().len()).take(4).collect();
    assert_eq!(pieces, [200, 200, 100, 0]);
}

pub(crate) fn store_keys_of_zicts_directory_are_all_read() {
    let store = Store::open("data/store", READ_ONLY).unwrap();
    let expected = [
        "",
        "\0",
        " ",
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        ".",
        "..",
        "100%",
        "Key",
        "a/b",
        "all bytes",
        "empty",
        "e\u{301} is not \u{e9}",
        "key",
        "large",
        "naïve",
        "overwritten",
        "parts",
        "x#1",
        "~-._",
        "\u{10348}/\u{10ffff}",
        "🦀",
    ];
    assert_eq!(keys(&store), expected);
    holds(&store, "", b"the empty key");
    holds(&store, "a/b", b"a slash\n");
    holds(&store, "\0", b"\0");
    holds(&store, "Key", b"upper case");
    holds(&store, "key", b"lower case");
    holds(&store, "🦀", "🦀".as_bytes());
    holds(&store, "empty", b"");
    holds(&store, "all bytes", &(0..=255).collect::<Vec<u8>>());
    holds(&store, "parts", b"1234567");
    holds(&store, "overwritten", b"last");
    assert_eq!(store.size_of("large").unwrap(), Some(70_000));
    assert_eq!(store.describe(), "<File: data/store, 21 elements>");
}

pub(crate) fn store_continues_a_directory_of_zict() {
    std::fs::create_dir("work/store").unwrap();
    for name in ["#0", "overwritten#23"] {
        std::fs::copy(format!("data/store/{name}"), format!("work/store/{name}")).unwrap();
    }
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("overwritten", b"again").unwrap();
    assert_eq!(files(), ["#0", "overwritten#24"]);
}
