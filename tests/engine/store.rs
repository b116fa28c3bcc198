//! Stores on a disk in memory: what they make of a directory, and what they leave in it.

use filemap::array::Mode;
use filemap::error::{Error, Result};
use filemap::fs::{Directory as _, IoErrorKind, Preopens};
use filemap::store::key::MAX_GENERATION;
use filemap::store::{Durability, OpenOptions, Registry, Store};

use crate::memory::{Disk, Fault, MemoryDirectory};
use crate::{fixture, json, refused};

mod alike;
mod calls;
mod counters;
mod faults;
mod forwarding;
mod interrupts;
mod large;
mod listing;
mod power;
mod programs;
mod remounted;
mod shared;

/// A writable store without syncs.
const WRITE: OpenOptions =
    OpenOptions { create: false, read_only: false, durability: Durability::None };
const READ: OpenOptions = OpenOptions { read_only: true, ..WRITE };
const CREATE: OpenOptions = OpenOptions { create: true, ..WRITE };

/// Opens a directory as a store of its own program.
fn open_at(
    preopens: &Preopens<MemoryDirectory>,
    path: &str,
    options: OpenOptions,
) -> Result<Store<MemoryDirectory>> {
    Store::open(&Registry::new(), preopens, path, options)
}

/// Opens the root of a disk as a store of its own program.
#[track_caller]
fn open(disk: &Disk, options: OpenOptions) -> Store<MemoryDirectory> {
    open_at(&disk.preopens(), ".", options).expect("a store")
}

/// Returns all keys of a store.
#[track_caller]
fn keys(store: &Store<MemoryDirectory>) -> Vec<String> {
    store.keys().and_then(|mut keys| keys.next(u32::MAX)).expect("the keys")
}

/// Returns all keys with their values.
#[track_caller]
fn contents(store: &Store<MemoryDirectory>) -> Vec<(String, Vec<u8>)> {
    let keys = keys(store);
    assert_eq!(store.len(), Ok(keys.len() as u64));
    let value = |key: String| {
        let value = store.get(&key).expect("a value").expect("a value of a key that is there");
        assert_eq!(
            (store.size_of(&key), store.contains(&key)),
            (Ok(Some(value.len() as u64)), Ok(true))
        );
        (key, value)
    };
    keys.into_iter().map(value).collect()
}

/// Opens a directory of files, and checks the keys and values, the files afterwards, and the
/// description.
#[track_caller]
fn check(files: &[(&str, &str)], wanted: &[(&str, &str)], after: &[&str], described: &str) {
    let pair = |(key, value): &(&str, &str)| (key.to_string(), value.as_bytes().to_vec());
    let files: Vec<_> = files.iter().map(|(name, bytes)| (*name, bytes.as_bytes())).collect();
    for options in [READ, WRITE] {
        let disk = Disk::with(&files);
        let before = disk.image();
        let store = open(&disk, options);
        assert_eq!(contents(&store), wanted.iter().map(pair).collect::<Vec<_>>());
        assert_eq!(store.describe(), described);
        if options.read_only {
            assert_eq!(disk.image(), before);
        } else {
            assert_eq!(disk.names(), after);
        }
    }
}

#[test]
fn reads_a_directory_of_zict_and_continues_its_generations() {
    let entries = json("store.json");
    let entries = entries["entries"].as_array().expect("a list");
    let disk = Disk::default();
    let text =
        |entry: &serde_json::Value, field: &str| entry[field].as_str().expect(field).to_string();
    let mut wanted = Vec::new();
    for entry in entries {
        let bytes = fixture(&format!("store/{}", text(entry, "file")));
        disk.put(&text(entry, "file"), &bytes);
        wanted.push((text(entry, "key"), bytes));
    }
    wanted.sort();
    let before = disk.image();
    let store = open(&disk, WRITE);
    assert_eq!(contents(&store), wanted);
    assert_eq!(store.describe(), format!("<File: ., {} elements>", wanted.len()));
    assert_eq!(disk.image(), before);

    store.set("overwritten", &[b"by filemap"]).expect("a write");
    assert_eq!(disk.bytes("overwritten#24"), b"by filemap");
    assert!(!disk.names().contains(&"overwritten#23".to_string()));
}

#[test]
fn the_newest_generation_is_the_value_and_others_are_removed() {
    check(
        &[("k#2", "old"), ("k#10", "new"), ("k#9", "old")],
        &[("k", "new")],
        &["k#10"],
        "<File: ., 1 elements>",
    );
    check(
        &[("a#1", "x"), ("b#1", "y")],
        &[("a", "x"), ("b", "y")],
        &["a#1", "b#1"],
        "<File: ., 2 elements>",
    );
    check(
        &[("%temporary-filemap#3", "half"), ("k#2", "v")],
        &[("k", "v")],
        &["k#2"],
        "<File: ., 1 elements>",
    );
}

#[test]
fn files_that_are_not_values_are_counted_and_kept() {
    check(&[("a#b", "")], &[], &["a#b"], "<File: ., 0 elements, 1 other file ignored>");
    check(
        &[("a#1#2", ""), ("a#01", ""), ("k#1", "v")],
        &[("k", "v")],
        &["a#01", "a#1#2", "k#1"],
        "<File: ., 1 elements, 2 other files ignored>",
    );
    check(
        &[("%temporary-filemap#9223372036854775808", "")],
        &[],
        &["%temporary-filemap#9223372036854775808"],
        "<File: ., 0 elements, 1 other file ignored>",
    );
}

#[test]
fn a_file_without_a_number_is_a_read_only_value() {
    let files: [(&str, &[u8]); 3] = [("a b", b"mine"), ("k", b"old"), ("k#3", b"v")];
    let disk = Disk::with(&files);
    let store = open(&disk, WRITE);
    let wanted = [("a b".to_string(), b"mine".to_vec()), ("k".to_string(), b"v".to_vec())];
    assert_eq!(contents(&store), wanted);
    assert_eq!(store.describe(), "<File: ., 2 elements, 1 other file ignored>");
    let denied = [
        store.set("a b", &[b"w"]).err(),
        store.set_default("a b", b"w").err(),
        store.update(&[("new", b"w"), ("a b", b"w")]).err(),
        store.writer("a b").err(),
        store.remove("a b").err(),
        store.pop("a b").err(),
        store.open_value("a b", Mode::ReadWrite).err(),
    ];
    for (number, error) in denied.into_iter().enumerate() {
        // A default is only for a missing key.
        assert_eq!(
            matches!(error, Some(Error::AccessDenied(_))),
            number != 1,
            "{number}: {error:?}"
        );
    }
    assert_eq!((store.pop_item(), store.clear()), (Ok(None), Ok(())));
    assert_eq!(contents(&store), wanted);
    assert_eq!(disk.names(), ["a b", "k", "k#3"]);
}

#[test]
fn a_removed_key_does_not_come_back_with_the_value_of_a_file_without_a_number() {
    let files: [(&str, &[u8]); 3] = [("k", b"old"), ("k#3", b"v"), ("l#4", b"w")];
    let disk = Disk::with(&files);
    for value in [b"v", b"x"] {
        let store = open(&disk, WRITE);
        store.set("k", &[value]).expect("a new value");
        for error in [store.remove("k").err(), store.pop("k").err()] {
            let Some(Error::AccessDenied(message)) = error else { panic!("{error:?}") };
            let expected = "`k` is not removed, because the next store would find its value in \
                            the file `k`, which has no number: remove this file first";
            assert_eq!(message, expected);
        }
        store.clear().expect("a clear");
        assert_eq!(store.pop_item(), Ok(None));
        assert_eq!(contents(&store), [("k".to_string(), value.to_vec())]);
        drop(store);
        assert_eq!(contents(&open(&disk, WRITE)), [("k".to_string(), value.to_vec())]);
    }
    disk.root(true).remove_file("k").expect("a removal");
    let store = open(&disk, WRITE);
    assert_eq!((store.remove("k"), contents(&store)), (Ok(true), vec![]));
    assert_eq!(disk.names(), [""; 0]);
}

#[test]
fn clear_removes_only_keys() {
    let disk = Disk::with(&[("a#x", b"mine"), ("a#1", b"x"), ("b#5", b"y")]);
    disk.put_directory("d#3");
    disk.put_pipe("p#4");
    disk.put_unreadable();
    let store = open(&disk, WRITE);
    assert_eq!(store.describe(), "<File: ., 2 elements, 4 other files ignored>");
    store.clear().expect("a clear");
    assert_eq!(disk.names(), ["a#x", "d#3/", "p#4"]);
    assert_eq!(contents(&store), []);
}

#[test]
fn a_directory_with_the_next_file_name_does_not_block_a_write() {
    let disk = Disk::default();
    disk.put_directory("k#0");
    disk.put_directory("%temporary-filemap#1");
    let store = open(&disk, WRITE);
    store.set("k", &[b"v"]).expect("a write");
    assert_eq!(disk.names(), ["%temporary-filemap#1/", "k#0/", "k#1"]);
}

#[test]
fn an_entry_that_is_listed_twice_is_one_value() {
    let disk = Disk::with(&[("k#1", b"old"), ("k#2", b"new")]);
    disk.repeat_entries();
    assert_eq!(contents(&open(&disk, WRITE)), [("k".to_string(), b"new".to_vec())]);
    assert_eq!(disk.names(), ["k#2"]);
}

#[test]
fn the_largest_generation_can_be_read_and_removed_but_not_overwritten() {
    let last = format!("k#{MAX_GENERATION}");
    let disk = Disk::with(&[(&last, b"v")]);
    let store = open(&disk, WRITE);
    assert_eq!(disk.names(), std::slice::from_ref(&last));
    let error = refused(store.set("k", &[b"w"]));
    assert!(matches!(error, Error::LimitExceeded(_)), "{error:?}");
    assert_eq!((disk.names(), store.get("k")), (vec![last], Ok(Some(b"v".to_vec()))));
    assert_eq!(store.remove("k"), Ok(true));
    drop(store);
    let store = open(&disk, WRITE);
    assert_eq!(store.set("k", &[b"w"]), Ok(()));

    let disk = Disk::with(&[(&format!("k#{}", MAX_GENERATION - 1), b"v")]);
    let store = open(&disk, WRITE);
    assert_eq!(store.set("k", &[b"w"]), Ok(()));
    assert!(matches!(store.set("k", &[b"x"]), Err(Error::LimitExceeded(_))));
    assert_eq!(contents(&open(&disk, READ)), [("k".to_string(), b"w".to_vec())]);
}

#[test]
fn a_crash_while_opening_at_the_largest_generation_leaves_no_files() {
    let last = format!("k#{MAX_GENERATION}");
    for (step, fault) in
        (0..6).flat_map(|step| [(step, Fault::CrashBefore), (step, Fault::CrashAfter)])
    {
        let disk = Disk::with(&[(&last, b"v")]);
        disk.plan(step, fault);
        _ = open_at(&disk.preopens(), ".", WRITE);
        disk.restart();
        assert_eq!(contents(&open(&disk, WRITE)), [("k".to_string(), b"v".to_vec())]);
        assert_eq!(disk.names(), std::slice::from_ref(&last), "{fault:?} at step {step}");
    }
}

#[test]
fn a_read_only_store_is_not_created() {
    let disk = Disk::default();
    let opened = open_at(&disk.preopens(), "a/b", OpenOptions { create: true, ..READ });
    assert!(matches!(refused(opened.map(drop)), Error::NotFound(_)));
    assert_eq!(disk.names(), [""; 0]);
}

#[test]
fn a_read_only_grant_does_not_allow_writing() {
    let disk = Disk::with(&[("k#1", b"v")]);
    let preopens = Preopens::new(vec![("data".to_string(), disk.root(false))]);
    let error = refused(open_at(&preopens, "data", WRITE).map(drop));
    assert!(matches!(&error, Error::AccessDenied(text) if text.contains("`data`")), "{error:?}");
    assert_eq!(disk.names(), ["k#1"]);
}

#[test]
fn a_missing_directory_is_created_on_request() {
    let disk = Disk::with(&[("file", b"")]);
    disk.put_directory("is");
    let open = |path, options| open_at(&disk.preopens(), path, options).map(drop);
    assert!(matches!(open("is/not", WRITE), Err(Error::NotFound(_))));
    assert!(matches!(open("file", CREATE), Err(Error::InvalidArgument(_))));
    assert!(matches!(open("file/below", CREATE), Err(Error::InvalidArgument(_))));
    assert!(matches!(open("../out", CREATE), Err(Error::AccessDenied(_))));
    assert_eq!(disk.names(), ["file", "is/"]);

    assert_eq!(open("is/./new//deep/", CREATE), Ok(()));
    assert_eq!(open("/is/new/deep", WRITE), Ok(()));
    assert_eq!(disk.names(), ["file", "is/", "is/new/", "is/new/deep/"]);
}

#[test]
fn a_failed_creation_leaves_no_directories() {
    for durability in [Durability::None, Durability::Full] {
        for step in 0.. {
            let disk = Disk::default();
            disk.plan(step, Fault::Fails(IoErrorKind::NoSpace));
            let opened =
                open_at(&disk.preopens(), "a/b/c", OpenOptions { durability, ..CREATE }).map(drop);
            if opened.is_ok() {
                assert!(step > 4, "{step} steps");
                break;
            }
            assert!(matches!(opened, Err(Error::NoSpace(_))), "{opened:?} at step {step}");
            assert_eq!(disk.names(), [""; 0], "step {step}");
        }
    }
    let disk = Disk::default();
    disk.plan(1, Fault::Fails(IoErrorKind::NoSpace));
    let error = refused(open_at(&disk.preopens(), "new", CREATE).map(drop));
    assert!(error.message().contains("create the directory `new`"), "{error:?}");
}

#[test]
fn with_durability_full_a_new_directory_survives_a_power_cut() {
    for (durability, after) in [(Durability::Data, vec![]), (Durability::Full, vec!["a/", "a/b/"])]
    {
        let disk = Disk::default();
        open_at(&disk.preopens(), "a/b", OpenOptions { durability, ..CREATE }).expect("a store");
        disk.cut_power(disk.unsynced_names());
        assert_eq!(disk.names(), after);
    }
}

#[test]
fn a_read_only_mount_is_denied_at_open_although_the_host_has_no_word_for_it() {
    let disk = Disk::with(&[("a#0", b"value")]);
    disk.mount_read_only();
    for (path, options) in [(".", WRITE), ("new", CREATE), ("new/store", CREATE)] {
        let error = refused(open_at(&disk.preopens(), path, options));
        assert!(matches!(error, Error::AccessDenied(_)), "{path}: {error:?}");
    }
    assert_eq!(open(&disk, READ).get("a"), Ok(Some(b"value".to_vec())));
}

#[test]
fn a_mount_that_becomes_read_only_denies_every_change_of_an_open_store() {
    let disk = Disk::with(&[("a#0", b"value")]);
    let store = open(&disk, WRITE);
    disk.mount_read_only();
    let denied = |result: Result<()>| {
        let error = refused(result);
        assert!(matches!(error, Error::AccessDenied(_)), "{error:?}");
    };
    denied(store.set("a", &[b"new"]));
    denied(store.update(&[("b", b"new")]));
    denied(store.writer("b").map(drop));
    denied(store.remove("a").map(drop));
    denied(store.pop("a").map(drop));
    denied(store.clear());
    assert_eq!(store.get("a"), Ok(Some(b"value".to_vec())));
}

#[test]
fn durability_full_is_unsupported_at_open_where_a_directory_cannot_be_synced() {
    for kind in [IoErrorKind::Invalid, IoErrorKind::Unsupported] {
        for (path, create) in [(".", false), ("new", true), ("new/store", true)] {
            let disk = Disk::with(&[("a#0", b"value")]);
            disk.refuse_directory_sync(kind);
            let options = OpenOptions { create, durability: Durability::Full, ..WRITE };
            let error = refused(open_at(&disk.preopens(), path, options));
            assert!(matches!(error, Error::Unsupported(_)), "{path}: {error:?}");
            assert!(error.message().contains("durability `data`"), "{error:?}");
            assert_eq!(disk.names(), ["a#0"]);
            let options = OpenOptions { durability: Durability::Data, ..options };
            let store = open_at(&disk.preopens(), path, options).expect("a store");
            store.set("b", &[b"value"]).expect("a value");
            let options = OpenOptions { durability: Durability::Full, ..READ };
            assert_eq!(
                open_at(&disk.preopens(), path, options).expect("a store").len(),
                store.len()
            );
        }
    }
}

#[test]
fn durability_full_is_unsupported_for_a_second_store_on_a_directory() {
    let disk = Disk::default();
    disk.refuse_directory_sync(IoErrorKind::Invalid);
    let registry = Registry::new();
    let open = |durability| {
        let options = OpenOptions { durability, ..WRITE };
        Store::open(&registry, &disk.preopens(), ".", options)
    };
    let first = open(Durability::Data).expect("a store");
    assert!(matches!(refused(open(Durability::Full)), Error::Unsupported(_)));
    first.set("a", &[b"value"]).expect("a value");
    drop(first);
    assert!(matches!(refused(open(Durability::Full)), Error::Unsupported(_)));
    open(Durability::None).expect("no lock is left");
}

#[test]
fn a_directory_that_could_be_synced_at_open_fails_with_the_same_words_later() {
    let disk = Disk::default();
    let store = open(&disk, OpenOptions { durability: Durability::Full, ..WRITE });
    store.set("a", &[b"value"]).expect("a value");
    disk.refuse_directory_sync(IoErrorKind::Invalid);
    for result in [store.set("b", &[b"value"]), store.remove("a").map(drop)] {
        let error = refused(result);
        assert!(matches!(error, Error::Unsupported(_)), "{error:?}");
    }
}
