//! An interruption at each checkpoint of a call: an atomic call has happened completely or not at
//! all, nothing is left over, and the store is usable afterwards.

use std::collections::BTreeMap;

use filemap::error::Result;
use filemap::fs::IoErrorKind;
use filemap::store::{Durability, OpenOptions, Store};

use super::{CREATE, READ, WRITE, contents, keys, open, open_at};
use crate::interrupts::interrupted;
use crate::memory::{Disk, Fault, MemoryDirectory};

type Mapping = BTreeMap<String, Vec<u8>>;

/// A call on a store.
type Call = fn(&Store<MemoryDirectory>) -> Result<()>;

/// Two pieces of a file, and a part of one.
const LONG: usize = 5 << 19;

fn mapping(items: &[(&str, &[u8])]) -> Mapping {
    items.iter().map(|(key, value)| (key.to_string(), value.to_vec())).collect()
}

/// What is in the directory before each call.
fn before() -> Mapping {
    mapping(&[("a", b"old a"), ("b", b"old b"), ("c", b"old c")])
}

fn disk() -> Disk {
    Disk::with(&[("a#7", b"old a"), ("b#2", b"old b"), ("c#0", b"old c"), ("a#x", b"foreign")])
}

/// Checks that the store and its directory have these values, and that there are no other files.
#[track_caller]
fn check(disk: &Disk, store: &Store<MemoryDirectory>, expected: &Mapping) {
    assert_eq!(contents(store).into_iter().collect::<Mapping>(), *expected);
    let names = disk.names();
    assert_eq!(names.len(), expected.len() + 1, "{names:?}");
}

/// Makes a call again and again, and ends it at each of its checkpoints in turn. `is_allowed` tells
/// whether the values after an interrupted call are as promised. Returns the starts of the messages
/// in their order, without repetitions.
#[track_caller]
fn sweep(call: Call, after: &Mapping, is_allowed: impl Fn(&Mapping) -> bool) -> Vec<String> {
    let mut messages = Vec::new();
    for durability in [Durability::None, Durability::Data, Durability::Full] {
        let options = OpenOptions { durability, ..WRITE };
        for checkpoint in 1.. {
            let disk = disk();
            let store = open(&disk, options);
            disk.interrupt_at(checkpoint);
            let result = call(&store);
            if !disk.is_interrupted() {
                disk.end_interruption();
                assert_eq!(result, Ok(()));
                check(&disk, &store, after);
                assert!(checkpoint > 1, "a call has a checkpoint");
                break;
            }
            let has_failed = result.is_err();
            if has_failed {
                messages.push(interrupted(result));
            }
            // Until the host lets the plugin go on, every call fails.
            assert_eq!(interrupted(store.get("a")), "cannot use the store `.`");
            assert_eq!(interrupted(store.set("a", &[b"x"])), "cannot use the store `.`");
            disk.end_interruption();
            let found: Mapping = contents(&store).into_iter().collect();
            if has_failed {
                assert!(is_allowed(&found), "at {checkpoint}: {found:?}");
            } else {
                assert_eq!(found, *after, "at {checkpoint}");
            }
            check(&disk, &store, &found);
            drop(store);
            let store = open(&disk, options);
            check(&disk, &store, &found);
            call(&store).expect("a call that is repeated");
            check(&disk, &store, after);
        }
    }
    messages.dedup();
    let mut unique: Vec<String> = Vec::new();
    for message in messages {
        if !unique.contains(&message) {
            unique.push(message);
        }
    }
    unique
}

/// Like [`sweep`], for a call that happens or does not.
#[track_caller]
fn sweep_atomic(call: Call, after: &[(&str, &[u8])]) -> Vec<String> {
    sweep(call, &mapping(after), |found| *found == before())
}

#[test]
fn an_interrupted_set_has_happened_or_not() {
    let messages = sweep_atomic(
        |store| store.set("a", &[&b"new"[..], b" a"]),
        &[("a", b"new a"), ("b", b"old b"), ("c", b"old c")],
    );
    assert_eq!(messages, ["cannot use the store `.`", "cannot write the value of `a` in `.`"]);
    sweep_atomic(
        |store| store.set("d", &[vec![1; LONG], vec![2; LONG]]),
        &[
            ("a", b"old a"),
            ("b", b"old b"),
            ("c", b"old c"),
            ("d", &[vec![1; LONG], vec![2; LONG]].concat()),
        ],
    );
    sweep_atomic(
        |store| store.set_default("d", b"new").map(drop),
        &[("a", b"old a"), ("b", b"old b"), ("c", b"old c"), ("d", b"new")],
    );
}

#[test]
fn an_interrupted_update_has_happened_or_not() {
    let messages = sweep_atomic(
        |store| store.update(&[("a", b"new a"), ("d", b"new d"), ("b", b"new b")]),
        &[("a", b"new a"), ("b", b"new b"), ("c", b"old c"), ("d", b"new d")],
    );
    assert_eq!(
        messages,
        [
            "cannot use the store `.`",
            "cannot write the value of `a` in `.`",
            "cannot write the value of `b` in `.`",
            "cannot write the value of `d` in `.`",
        ]
    );
}

#[test]
fn an_interrupted_writer_has_committed_or_not() {
    sweep_atomic(
        |store| {
            let mut writer = store.writer("a")?;
            writer.write(b"new")?;
            writer.write(&vec![3; LONG])?;
            writer.commit()
        },
        &[("a", &[b"new", &*vec![3; LONG]].concat()), ("b", b"old b"), ("c", b"old c")],
    );
}

#[test]
fn a_writer_can_go_on_after_an_interruption() {
    let disk = disk();
    let store = open(&disk, WRITE);
    let mut writer = store.writer("a").expect("a writer");
    writer.write(b"new").expect("a write");
    disk.interrupt_at(1);
    assert_eq!(interrupted(writer.write(b"x")), "cannot use the store `.`");
    assert_eq!(interrupted(writer.commit()), "cannot use the store `.`");
    disk.end_interruption();
    // A write that is interrupted in the middle has appended nothing.
    disk.interrupt_at(3);
    assert_eq!(interrupted(writer.write(&vec![1; LONG])), "cannot write the value of `a` in `.`");
    disk.end_interruption();
    writer.write(b" a").expect("a write");
    writer.commit().expect("a commit");
    assert_eq!(store.get("a"), Ok(Some(b"new a".to_vec())));
}

#[test]
fn an_interrupted_removal_has_happened_or_not() {
    let rest: [(&str, &[u8]); 2] = [("b", b"old b"), ("c", b"old c")];
    let remove: Call = |store| store.remove("a").map(drop);
    let messages = sweep(remove, &mapping(&rest), |found| *found == before());
    assert_eq!(messages, ["cannot use the store `.`", "cannot remove the value of `a` from `.`"]);
    sweep(|store| store.pop("a").map(drop), &mapping(&rest), |found| *found == before());
    // A repetition removes the next key.
    for checkpoint in 1.. {
        let disk = disk();
        let store = open(&disk, WRITE);
        disk.interrupt_at(checkpoint);
        let result = store.pop_item();
        let is_interrupted = disk.is_interrupted();
        disk.end_interruption();
        if !is_interrupted {
            assert_eq!(result, Ok(Some(("a".into(), b"old a".to_vec()))));
            break;
        }
        interrupted(result);
        check(&disk, &store, &before());
    }
}

#[test]
fn an_interrupted_clear_has_removed_whole_keys() {
    let messages = sweep(Store::clear, &Mapping::new(), |found| {
        found.iter().all(|(key, value)| before()[key] == *value)
    });
    assert_eq!(
        messages,
        [
            "cannot use the store `.`",
            "cannot remove the value of `a` from `.`",
            "cannot remove the value of `b` from `.`",
            "cannot remove the value of `c` from `.`",
        ]
    );
}

/// Returns a store with a key whose old value could not be removed when it was replaced.
fn with_outdated() -> (Disk, Store<MemoryDirectory>) {
    for checkpoint in 1.. {
        let disk = Disk::default();
        let store = open(&disk, WRITE);
        store.set("a", &[b"1"]).expect("a write");
        disk.plan(u64::MAX, Fault::Fails(IoErrorKind::Busy));
        store.set("a", &[b"2"]).expect("a write");
        // The last step of a write is the removal. It fails, and the call is interrupted before it
        // tries again.
        disk.plan(disk.steps() - 1, Fault::Fails(IoErrorKind::Busy));
        disk.interrupt_at(checkpoint);
        let result = store.set("a", &[b"3"]);
        disk.end_interruption();
        disk.clear_fault();
        if result.is_ok() {
            assert_eq!(disk.names(), ["a#1", "a#2"]);
            return (disk, store);
        }
        assert_eq!(disk.names(), ["a#1"]);
    }
    unreachable!("a write ends")
}

#[test]
fn a_key_keeps_its_newest_value_while_older_ones_are_removed() {
    for checkpoint in 1.. {
        let (disk, store) = with_outdated();
        disk.interrupt_at(checkpoint);
        let result = store.remove("a");
        let is_interrupted = disk.is_interrupted();
        disk.end_interruption();
        if !is_interrupted {
            assert_eq!((result, disk.names().len()), (Ok(true), 0));
            assert!(checkpoint > 3, "the removal of the old value has a checkpoint");
            break;
        }
        interrupted(result);
        assert_eq!(store.get("a"), Ok(Some(b"3".to_vec())));
        drop(store);
        assert_eq!(contents(&open(&disk, READ)), [("a".into(), b"3".to_vec())]);
        assert_eq!(disk.names(), ["a#2"], "closing the store removes the old value");
    }
}

#[test]
fn an_interrupted_close_leaves_old_values_to_the_next_opening() {
    let (disk, store) = with_outdated();
    let writer = store.writer("b").expect("a writer");
    assert_eq!(disk.names().len(), 3);
    disk.interrupt_at(1);
    drop((writer, store));
    assert_eq!(disk.names(), ["a#1", "a#2"], "the temporary file is removed");
    disk.end_interruption();
    let store = open(&disk, WRITE);
    check_names(&disk, &["a#2"]);
    assert_eq!(contents(&store), [("a".into(), b"3".to_vec())]);
}

#[track_caller]
fn check_names(disk: &Disk, names: &[&str]) {
    assert_eq!(disk.names(), names);
}

#[test]
fn an_interrupted_opening_releases_the_lock_and_loses_nothing() {
    let files: [(&str, &[u8]); 6] = [
        ("a#1", b"older"),
        ("a#2", b"old"),
        ("a#3", b"new"),
        ("b#1", b"b"),
        ("%temporary-filemap#4", b"x"),
        ("%temporary-filemap#5", b"y"),
    ];
    let mut messages = Vec::new();
    for checkpoint in 1.. {
        let disk = Disk::with(&files);
        disk.interrupt_at(checkpoint);
        let opened = open_at(&disk.preopens(), ".", WRITE);
        let is_interrupted = disk.is_interrupted();
        disk.end_interruption();
        if !is_interrupted {
            assert!(opened.is_ok());
            break;
        }
        messages.push(interrupted(opened.map(drop)));
        let store = open(&disk, WRITE);
        check_names(&disk, &["a#3", "b#1"]);
        assert_eq!(contents(&store), [("a".into(), b"new".to_vec()), ("b".into(), b"b".to_vec())]);
    }
    messages.dedup();
    assert_eq!(
        messages,
        [
            "cannot open the directory `.`",
            "cannot list the directory `.`",
            "cannot clean up the directory `.`",
        ]
    );
}

#[test]
fn an_interrupted_opening_creates_no_directory() {
    for checkpoint in 1.. {
        let disk = Disk::default();
        disk.interrupt_at(checkpoint);
        let options = OpenOptions { durability: Durability::Full, ..CREATE };
        let opened = open_at(&disk.preopens(), "x/y/z", options);
        if !disk.is_interrupted() {
            assert!(opened.is_ok());
            assert_eq!(disk.names(), ["x/", "x/y/", "x/y/z/"]);
            break;
        }
        let message = interrupted(opened.map(drop));
        assert!(message.ends_with("the directory `x/y/z`"), "{message}");
        assert!(disk.names().is_empty());
    }
}

/// Makes a call that changes nothing, and ends it at each of its checkpoints in turn. Returns the
/// start of the last message.
#[track_caller]
fn sweep_reading<T: PartialEq + std::fmt::Debug>(
    call: impl Fn(&Store<MemoryDirectory>) -> Result<T>,
) -> String {
    let disk = disk();
    let store = open(&disk, READ);
    let expected = call(&store).expect("a result");
    let image = disk.image();
    let mut message = String::new();
    for checkpoint in 1.. {
        disk.interrupt_at(checkpoint);
        let result = call(&store);
        let is_interrupted = disk.is_interrupted();
        disk.end_interruption();
        if !is_interrupted {
            assert_eq!(result.as_ref(), Ok(&expected));
            break;
        }
        message = interrupted(result);
        assert_eq!(call(&store).as_ref(), Ok(&expected), "the same call again");
    }
    assert_eq!(disk.image(), image);
    message
}

#[test]
fn every_call_that_reads_can_be_interrupted() {
    let read = |key: &str| format!("cannot read the value of `{key}` in `.`");
    assert_eq!(sweep_reading(|store| store.get("a")), read("a"));
    assert_eq!(sweep_reading(|store| store.get_range("a", 1, 2)), read("a"));
    assert_eq!(sweep_reading(|store| store.size_of("a")), read("a"));
    assert_eq!(sweep_reading(|store| store.get_many(&["a", "b", "none", "c"])), read("c"));
    assert_eq!(sweep_reading(Store::verify), read("c"));
    assert_eq!(sweep_reading(|store| store.reader("a")?.expect("a value").read(9)), read("a"));
    assert_eq!(sweep_reading(|store| store.keys()?.next(3)), "cannot list the keys of `.`");
    assert_eq!(sweep_reading(Store::len), "cannot use the store `.`");
    assert_eq!(sweep_reading(|store| store.contains("a")), "cannot use the store `.`");
}

#[test]
fn an_interrupted_stream_returns_what_it_has_and_goes_on() {
    let disk = disk();
    let store = open(&disk, READ);
    let expected = contents(&store);
    for checkpoint in 1.. {
        let mut stream = store.items().expect("a stream");
        disk.interrupt_at(checkpoint);
        let mut found = stream.next(9).unwrap_or_default();
        let is_interrupted = disk.is_interrupted();
        if is_interrupted {
            assert_eq!(interrupted(stream.next(9)), "cannot use the store `.`");
        }
        disk.end_interruption();
        found.extend(stream.next(9).expect("the rest"));
        assert_eq!(found, expected);
        if !is_interrupted {
            break;
        }
    }
}

#[test]
fn a_stream_of_many_keys_returns_those_that_it_has() {
    const KEYS: usize = 40_000;
    let disk = Disk::default();
    for number in 0..KEYS {
        disk.put(&format!("{number:05}#0"), b"");
    }
    let store = open(&disk, READ);
    let mut stream = store.keys().expect("a stream");
    // The first checkpoint is that of the call, and the second that of the first keys.
    disk.interrupt_at(3);
    let first = stream.next(u32::MAX).expect("some keys");
    assert!(!first.is_empty() && first.len() < KEYS, "{}", first.len());
    disk.end_interruption();
    let rest = stream.next(u32::MAX).expect("the rest");
    assert_eq!([first, rest].concat(), keys(&store));
}
