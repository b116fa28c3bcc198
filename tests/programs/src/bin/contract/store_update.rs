//! `update`: several values by one call, all or none.

use crate::bindings::{Error, ErrorCode, Store};
use crate::store::{holds, keys, open, store_of};
use crate::store_files::files;
use crate::support::{MAX_TRANSFER, fails};

fn update(store: &Store, items: &[(&str, &str)]) -> Result<(), Error> {
    store.update(&items.iter().map(|&(key, value)| (key.into(), value.into())).collect::<Vec<_>>())
}

pub(crate) fn store_update_sets_new_values_and_replaces_old_ones() {
    let store = store_of(&["a", "b"]);
    update(&store, &[("c", "new"), ("b", "replaced"), ("", "")]).unwrap();
    assert_eq!(keys(&store), ["", "a", "b", "c"]);
    for (key, value) in [("", ""), ("a", "a"), ("b", "replaced"), ("c", "new")] {
        holds(&store, key, value.as_bytes());
    }
    assert_eq!(files().len(), 4, "{:?}", files());
    drop(store);
    holds(&open(), "b", b"replaced");
}

pub(crate) fn store_update_keeps_the_last_value_of_a_repeated_key() {
    let store = store_of(&["a"]);
    update(
        &store,
        &[("a", "one"), ("b", "1"), ("a", "two"), ("b", "2"), ("b", "3"), ("a", "three")],
    )
    .unwrap();
    holds(&store, "a", b"three");
    holds(&store, "b", b"3");
    assert_eq!(files().len(), 2, "{:?}", files());
    drop(store);
    let store = open();
    holds(&store, "a", b"three");
    holds(&store, "b", b"3");
}

pub(crate) fn store_update_without_items_changes_nothing() {
    let store = open();
    update(&store, &[]).unwrap();
    assert!(files().is_empty());
    store.set("key", b"value").unwrap();
    update(&store, &[]).unwrap();
    assert_eq!((keys(&store), files()), (vec!["key".into()], vec!["key#0".into()]));
}

pub(crate) fn store_update_may_have_many_items() {
    let store = store_of(&["007", "0300"]);
    let items: Vec<_> =
        (0..300).map(|number| (format!("{number:03}"), format!("value {number}").into())).collect();
    store.update(&items).unwrap();
    assert_eq!((store.len().unwrap(), files().len()), (301, 301));
    for (key, value) in &items {
        holds(&store, key, value);
    }
    holds(&store, "0300", b"0300");
}

pub(crate) fn store_update_accepts_at_most_ten_thousand_items() {
    let store = store_of(&["a"]);
    let mut items = vec![("a", "1"); 9_998];
    items.extend([("a", "2"), ("b", "3"), ("c", "4")]);
    fails(
        update(&store, &items),
        ErrorCode::LimitExceeded,
        &["10001 keys", "at most 10000", "several calls"],
    );
    assert_eq!((keys(&store), files()), (vec!["a".into()], vec!["a#0".into()]));
    holds(&store, "a", b"a");
    update(&store, &items[1..]).unwrap();
    for (key, value) in [("a", "2"), ("b", "3"), ("c", "4")] {
        holds(&store, key, value.as_bytes());
    }
}

pub(crate) fn store_update_with_a_key_that_is_too_long_changes_nothing() {
    let store = store_of(&["a"]);
    let too_long = "é".repeat(43);
    for place in 0..3 {
        let mut items = vec![("a", "new"), ("b", "new")];
        items.insert(place, (&too_long, "new"));
        let parts = ["a key of 86 bytes", "258 bytes", "at most 235"];
        fails(update(&store, &items), ErrorCode::InvalidArgument, &parts);
        assert_eq!(
            (keys(&store), files()),
            (vec!["a".into()], vec!["a#0".into()]),
            "in place {place}"
        );
        holds(&store, "a", b"a");
    }
}

pub(crate) fn store_update_that_fails_at_one_item_changes_none() {
    let store = store_of(&["a", "c"]);
    // The names that the file of `b` could get.
    for number in 2..30 {
        std::fs::create_dir(format!("work/store/b#{number}")).unwrap();
    }
    let before = files();
    let orders: [[&str; 3]; 3] = [["b", "a", "new"], ["a", "b", "new"], ["new", "a", "b"]];
    for order in orders {
        assert!(update(&store, &order.map(|key| (key, "value"))).is_err(), "{order:?}");
        assert_eq!(keys(&store), ["a", "c"], "{order:?}");
        holds(&store, "a", b"a");
        assert_eq!(files(), before, "{order:?}");
    }
    drop(store);
    let store = open();
    assert_eq!(keys(&store), ["a", "c"]);
    holds(&store, "a", b"a");
    update(&store, &[("a", "1"), ("b", "2")]).unwrap();
    holds(&store, "b", b"2");
}

pub(crate) fn large_update_has_one_limit_for_all_values_together() {
    let store = store_of(&["a"]);
    let half = vec![1; usize::try_from(MAX_TRANSFER / 2).unwrap()];
    let items = [("a".into(), half.clone()), ("b".into(), half), ("c".into(), vec![1])];
    fails(store.update(&items), ErrorCode::LimitExceeded, &["at most 134217728"]);
    holds(&store, "a", b"a");
    assert_eq!((keys(&store), files()), (vec!["a".into()], vec!["a#0".into()]));
}
