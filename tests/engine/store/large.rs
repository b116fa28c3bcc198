//! Values and lists of keys that exceed one call.

use filemap::error::Error;
use filemap::limits::{MAX_KEYS, MAX_TRANSFER};

use super::{READ, WRITE, keys, open};
use crate::memory::{Disk, Fault};
use crate::refused;

/// Creates a store with the keys `a` to `c`: the second value exceeds one call, and so do the
/// others together.
fn disk() -> Disk {
    let disk = Disk::default();
    disk.put_sparse("a#0", MAX_TRANSFER - 1000, b"first");
    disk.put_sparse("b#1", MAX_TRANSFER + 1, b"second");
    disk.put_sparse("c#2", 1001, b"third");
    disk
}

#[test]
fn items_continue_after_a_value_that_is_too_large() {
    let store = open(&disk(), READ);
    let mut items = store.items().expect("the items");
    let lengths = |items: Vec<(String, Vec<u8>)>| -> Vec<_> {
        items.into_iter().map(|(key, value)| (key, value.len() as u64)).collect()
    };
    assert_eq!(items.next(9).map(lengths), Ok(vec![("a".to_string(), MAX_TRANSFER - 1000)]));
    let error = refused(items.next(9));
    assert!(
        matches!(&error, Error::LimitExceeded(text) if text.contains("the value of `b`")),
        "{error}"
    );
    assert_eq!(items.next(9).map(lengths), Ok(vec![("c".to_string(), 1001)]));
    assert_eq!(items.next(9), Ok(vec![]));
    assert!(matches!(items.next(0), Err(Error::InvalidArgument(_))));
}

#[test]
fn the_values_of_one_call_are_limited_together() {
    let store = open(&disk(), WRITE);
    assert!(matches!(store.get_many(&["c", "a"]), Err(Error::LimitExceeded(_))));
    assert_eq!(store.get_many(&["c", "none"]).map(|values| values.len()), Ok(2));
    assert!(matches!(store.pop("b"), Err(Error::LimitExceeded(_))));
    assert!(matches!(store.set_default("b", b""), Err(Error::LimitExceeded(_))));
    let half = vec![0; usize::try_from(MAX_TRANSFER / 2).expect("small")];
    assert!(matches!(store.update(&[("d", &half), ("e", &half)]), Err(Error::LimitExceeded(_))));
    assert_eq!(keys(&store), ["a", "b", "c"]);
}

#[test]
fn the_keys_of_one_call_are_limited() {
    let disk = Disk::default();
    let keys: Vec<_> = (0..=MAX_KEYS).map(|number| number.to_string()).collect();
    for key in &keys {
        disk.put(&format!("{key}#0"), b"");
    }
    let store = open(&disk, WRITE);
    assert!(matches!(store.get_many(&keys), Err(Error::LimitExceeded(_))));
    assert_eq!(store.get_many(&keys[1..]).map(|values| values.len()), Ok(MAX_KEYS as usize));
    let items: Vec<_> = keys.iter().map(|key| (key, "")).collect();
    assert!(matches!(store.update(&items), Err(Error::LimitExceeded(_))));
    let mut stream = store.items().expect("the items");
    assert_eq!(stream.next(u32::MAX).map(|items| items.len()), Ok(MAX_KEYS as usize));
    assert_eq!(stream.next(u32::MAX).map(|items| items.len()), Ok(1));
    assert_eq!(stream.next(u32::MAX), Ok(vec![]));
}

#[test]
fn a_large_value_is_read_in_pieces() {
    let store = open(&disk(), READ);
    let mut reader = store.reader("b").expect("a value").expect("a key");
    assert_eq!(reader.read(u64::MAX).map(|bytes| bytes.len() as u64), Ok(MAX_TRANSFER));
    assert_eq!((reader.read(u64::MAX), reader.read(1)), (Ok(vec![0]), Ok(vec![])));
    assert!(matches!(reader.read(0), Err(Error::InvalidArgument(_))));
}

#[test]
fn small_parts_are_written_together() {
    let disk = Disk::default();
    let store = open(&disk, WRITE);
    let parts: Vec<Vec<u8>> = (0..200_000_u32)
        .map(|number| vec![number.to_le_bytes()[0]; (number % 3) as usize])
        .collect();
    disk.plan(u64::MAX, Fault::CrashBefore);
    store.set("k", &parts).expect("a write");
    assert!(disk.steps() < 20, "{} steps", disk.steps());
    let large = [vec![1], vec![2; 100_000], vec![], vec![3; 65_536], vec![4]];
    store.set("l", &large).expect("a write");
    assert_eq!(
        (store.get("k"), store.get("l")),
        (Ok(Some(parts.concat())), Ok(Some(large.concat())))
    );
}

#[test]
fn the_memory_of_foreign_names_is_counted() {
    let disk = Disk::default();
    for number in 0..10_000 {
        disk.put(&format!("x#{}{number}", "x".repeat(240)), b"");
    }
    assert!(open(&disk, READ).memory() > Some(2 << 20));
}

#[test]
fn opening_lists_the_directory_once() {
    let steps = |count: u32| {
        let disk = Disk::default();
        (0..count).for_each(|number| disk.put(&format!("k{number}#{number}"), b""));
        disk.plan(u64::MAX, Fault::CrashBefore);
        let store = open(&disk, WRITE);
        let opened = disk.steps();
        store.set("k1", &[b"v"]).expect("a write");
        assert_eq!(store.remove("k0"), Ok(true));
        (opened, disk.steps())
    };
    let few = steps(10);
    assert_eq!(few, steps(5000));
    assert!(few.0 < 10, "{few:?}");
}
