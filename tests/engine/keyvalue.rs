//! The rules of `wasi:keyvalue`: how a bucket is opened, errors, and pages of keys.

use std::collections::BTreeSet;

use filemap::error::Error as StoreError;
use filemap::fs::Preopens;
use filemap::keyvalue::{
    DEFAULT_BUCKET, Error, Page, WRITEABLE, bucket_path, check_granted, delete_many, list_keys,
    open, pairs, place_of,
};
use filemap::limits::MAX_KEYS;
use filemap::store::OpenOptions;
use proptest::prelude::*;

use crate::try_random;

fn denied() -> StoreError {
    StoreError::AccessDenied("the reason".into())
}

#[test]
fn the_empty_identifier_is_the_default_path() {
    assert_eq!(bucket_path(""), DEFAULT_BUCKET);
    for identifier in ["default", ".", "/", "a/b", " "] {
        assert_eq!(bucket_path(identifier), identifier);
    }
}

#[test]
fn a_path_without_a_grant_is_no_such_store() {
    let preopens = Preopens::new(vec![("data".to_owned(), ())]);
    for path in ["data", "./data/x", "/data/x/y", "data/.."] {
        assert_eq!(check_granted(&preopens, path), Ok(()), "{path}");
    }
    for path in ["dat", "elsewhere", "../data", ".", "/"] {
        assert_eq!(check_granted(&preopens, path), Err(Error::NoSuchStore), "{path}");
    }
    for path in ["data/\0", "\0", &"x".repeat(4097)] {
        assert!(matches!(check_granted(&preopens, path), Err(Error::Other(_))), "{path}");
    }
}

/// Opens a bucket by functions that return these results, one after the other. Returns the result,
/// and with which options it was tried.
fn opened(results: &[Result<u8, StoreError>]) -> (Result<u8, Error>, Vec<OpenOptions>) {
    let (mut results, mut tried) = (results.iter(), Vec::new());
    let result = open(|options| {
        tried.push(options);
        results.next().expect("the bucket is opened at most that often").clone()
    });
    (result, tried)
}

#[test]
fn a_bucket_is_opened_for_writing_if_possible_and_else_for_reading() {
    let (result, tried) = opened(&[Ok(1)]);
    assert_eq!((result, tried), (Ok(1), vec![WRITEABLE]));
    let (result, tried) = opened(&[Err(denied()), Ok(2)]);
    let read_only = OpenOptions { create: false, read_only: true, ..WRITEABLE };
    assert_eq!((result, tried), (Ok(2), vec![WRITEABLE, read_only]));
}

#[test]
fn the_error_of_an_opening_says_whether_there_is_a_bucket() {
    let missing = || StoreError::NotFound("missing".into());
    let busy = || StoreError::Busy("busy".into());
    let message = |text: &str| Err(Error::Other(text.into()));
    assert_eq!(opened(&[Err(missing())]).0, Err(Error::NoSuchStore));
    assert_eq!(opened(&[Err(denied()), Err(missing())]).0, Err(Error::NoSuchStore));
    assert_eq!(opened(&[Err(denied()), Err(denied())]).0, Err(Error::AccessDenied));
    assert_eq!(opened(&[Err(busy())]).0, message("busy"));
    assert_eq!(opened(&[Err(denied()), Err(busy())]).0, message("busy"));
}

#[test]
fn the_error_of_a_call_is_access_denied_or_has_the_message_of_the_store() {
    assert_eq!(Error::from(denied()), Error::AccessDenied);
    let missing = StoreError::NotFound("the file of the key is missing".into());
    assert_eq!(Error::from(missing), Error::Other("the file of the key is missing".into()));
}

#[test]
fn pairs_have_the_keys_of_the_values_that_exist() {
    let keys = vec!["a".into(), "b".into(), "a".into()];
    let values = vec![Some(b"1".to_vec()), None, Some(Vec::new())];
    let expected = [Some(("a".into(), b"1".to_vec())), None, Some(("a".into(), Vec::new()))];
    assert_eq!(pairs(keys, values), expected);
}

#[test]
fn keys_are_deleted_until_one_fails() {
    let mut removed = Vec::new();
    let keys = ["a", "b", "c"].map(str::to_owned);
    let result = delete_many(&keys, |key| {
        removed.push(key.to_owned());
        if key == "b" { Err(denied()) } else { Ok(false) }
    });
    assert_eq!((result, removed), (Err(denied()), vec!["a".into(), "b".into()]));
    let keys = vec![String::new(); MAX_KEYS as usize + 1];
    let refused = delete_many(&keys, |_| panic!("too many keys are refused before any is removed"));
    assert!(matches!(refused, Err(StoreError::LimitExceeded(_))), "{refused:?}");
}

/// Lists a page of a store with these keys.
fn page<'a>(keys: impl IntoIterator<Item = &'a String>, cursor: Option<u64>) -> Page {
    let mut rest = keys.into_iter();
    list_keys(cursor, |max| Ok(rest.by_ref().take(max as usize).cloned().collect()))
        .expect("a page")
}

fn numbered(count: u32) -> BTreeSet<String> {
    (0..count).map(|number| format!("key {number}")).collect()
}

#[test]
fn pages_have_ten_thousand_keys_and_all_keys_together() {
    let keys = numbered(25_000);
    let (mut cursor, mut sizes, mut listed) = (None, Vec::new(), Vec::new());
    loop {
        let Page { keys, cursor: next } = page(&keys, cursor);
        sizes.push(keys.len());
        listed.extend(keys);
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [10_000, 10_000, 5_000]);
    assert!(listed.is_sorted_by_key(|key| place_of(key)), "the order is that of the places");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), keys);
}

#[test]
fn a_page_that_has_exactly_all_keys_is_the_last_one() {
    for count in [0, 1, 9_999, 10_000] {
        let page = page(&numbered(count), None);
        assert_eq!((page.keys.len(), page.cursor), (count as usize, None));
    }
    assert!(page(&numbered(10_001), None).cursor.is_some());
}

#[test]
fn a_key_that_stays_is_listed_once_whatever_comes_and_goes() {
    let changes = proptest::collection::vec((any::<bool>(), 0..30_000_u32), 0..3000);
    try_random(10, &proptest::collection::vec(changes, 4), |rounds| {
        let stays = |key: &str| key.ends_with('0');
        let (mut keys, mut cursor, mut listed) = (numbered(20_000), None, Vec::new());
        for changes in rounds {
            let Page { keys: more, cursor: next } = page(&keys, cursor);
            listed.extend(more.into_iter().filter(|key| stays(key)));
            cursor = next;
            if cursor.is_none() {
                break;
            }
            for (adds, number) in changes {
                let key = format!("key {number}");
                if stays(&key) {
                    continue;
                }
                _ = if adds { keys.insert(key) } else { keys.remove(&key) };
            }
        }
        assert_eq!(cursor, None, "four pages are enough for 40,000 keys");
        let once: BTreeSet<_> = listed.iter().cloned().collect();
        assert_eq!(listed.len(), once.len(), "no key is listed twice");
        assert_eq!(once, numbered(20_000).into_iter().filter(|key| stays(key)).collect());
    });
}

#[test]
fn any_number_is_a_cursor() {
    let keys = numbered(100);
    try_random(200, &any::<u64>(), |cursor| {
        let page = page(&keys, Some(cursor));
        let after: Vec<_> = keys.iter().filter(|key| place_of(key) >= cursor).cloned().collect();
        assert_eq!(page.keys.into_iter().collect::<BTreeSet<_>>(), after.into_iter().collect());
        assert_eq!(page.cursor, None);
    });
}

#[test]
fn keys_of_one_place_are_on_one_page() {
    // These two texts have the same hash, and so have longer ones that begin with them.
    let [one, other] = ["6a5x-VbtXk", "f_2k7GG-4v"];
    assert_eq!(place_of(one), place_of(other));
    let keys: BTreeSet<_> = (0..5_003)
        .flat_map(|number| [format!("{one}{number}"), format!("{other}{number}")])
        .collect();
    let first = page(&keys, None);
    let last = page(&keys, first.cursor);
    assert_eq!((first.keys.len(), last.keys.len(), last.cursor), (10_000, 6, None));
    let places = |keys: &[String]| keys.iter().map(|key| place_of(key)).collect::<BTreeSet<_>>();
    assert!(places(&first.keys).is_disjoint(&places(&last.keys)));
}

#[test]
fn places_are_those_of_earlier_versions() {
    // Components may have kept cursors. These are the values that the hash is published with.
    assert_eq!(place_of(""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(place_of("a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(place_of("foobar"), 0x8594_4171_f739_67e8);
}

#[test]
fn an_error_of_the_store_ends_the_listing() {
    let mut calls = 0;
    let result = list_keys(None, |_| {
        calls += 1;
        if calls == 1 { Ok(vec!["key".into()]) } else { Err(denied()) }
    });
    assert_eq!(result, Err(denied()));
}
