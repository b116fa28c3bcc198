//! `get-many`, `set-many` and `delete-many`.

use crate::keyvalue::{delete_many, get_many, set_many};
use crate::{fails, open};

fn texts(keys: &[&str]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}

fn items(pairs: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    pairs.iter().map(|&(key, value)| (key.into(), value.into())).collect()
}

pub(crate) fn get_many_returns_pairs_in_order() {
    let bucket = open();
    bucket.set("a", b"1").unwrap();
    bucket.set("b", b"").unwrap();
    let found = get_many(&bucket, &texts(&["b", "missing", "a", "b", ""])).unwrap();
    let pair = |key: &str, value: &str| Some((key.to_owned(), value.as_bytes().to_vec()));
    assert_eq!(found, [pair("b", ""), None, pair("a", "1"), pair("b", ""), None]);
}

pub(crate) fn set_many_sets_every_key_and_the_last_value_of_a_repeated_one() {
    let bucket = open();
    bucket.set("b", b"old").unwrap();
    set_many(&bucket, &items(&[("a", "1"), ("b", "2"), ("a", "3"), ("", "")])).unwrap();
    for (key, value) in [("a", "3"), ("b", "2"), ("", "")] {
        assert_eq!(bucket.get(key).unwrap().unwrap(), value.as_bytes(), "{key:?}");
    }
    assert_eq!(bucket.list_keys(None).unwrap().keys.len(), 3);
}

pub(crate) fn delete_many_skips_missing_keys() {
    let bucket = open();
    set_many(&bucket, &items(&[("a", "1"), ("b", "2"), ("c", "3")])).unwrap();
    delete_many(&bucket, &texts(&["missing", "c", "a", "c"])).unwrap();
    assert_eq!(bucket.list_keys(None).unwrap().keys, ["b"]);
}

pub(crate) fn batches_may_be_empty() {
    let bucket = open();
    assert_eq!(get_many(&bucket, &[]).unwrap(), []);
    set_many(&bucket, &[]).unwrap();
    delete_many(&bucket, &[]).unwrap();
    assert_eq!(bucket.list_keys(None).unwrap().keys, [""; 0]);
}

pub(crate) fn set_many_changes_nothing_if_one_key_is_invalid() {
    let bucket = open();
    bucket.set("a", b"old").unwrap();
    let long = "k".repeat(300);
    let refused = set_many(&bucket, &items(&[("a", "new"), (&long, "value"), ("b", "new")]));
    fails(refused, &["at most 235 are allowed"]);
    assert_eq!(bucket.get("a").unwrap().unwrap(), b"old");
    assert_eq!(bucket.list_keys(None).unwrap().keys, ["a"]);
}

pub(crate) fn a_batch_has_at_most_ten_thousand_keys() {
    let bucket = open();
    bucket.set("0", b"value").unwrap();
    let keys: Vec<_> = (0..10_001).map(|number| number.to_string()).collect();
    let items: Vec<_> = keys.iter().map(|key| (key.clone(), Vec::new())).collect();
    let text = ["10001 keys are too many for one call"];
    fails(get_many(&bucket, &keys), &text);
    fails(set_many(&bucket, &items), &text);
    fails(delete_many(&bucket, &keys), &text);
    assert_eq!(bucket.list_keys(None).unwrap().keys, ["0"]);
    assert_eq!(get_many(&bucket, &keys[1..]).unwrap(), vec![None; 10_000]);
}
