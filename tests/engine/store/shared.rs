//! Several stores on one directory, of one program and of several.

use filemap::error::Error;
use filemap::fs::{IoErrorKind, Preopens};
use filemap::store::{OpenOptions, Registry, Store};

use super::{READ, WRITE, contents, keys, open, open_at};
use crate::memory::{Disk, Fault, MemoryDirectory};
use crate::refused;

/// A program, which can have several stores.
struct Program {
    disk: Disk,
    registry: Registry<MemoryDirectory>,
}

impl Program {
    fn new(disk: &Disk) -> Self {
        Self { disk: disk.clone(), registry: Registry::new() }
    }

    #[track_caller]
    fn open(&self, options: OpenOptions) -> Store<MemoryDirectory> {
        self.open_at(".", options)
    }

    #[track_caller]
    fn open_at(&self, path: &str, options: OpenOptions) -> Store<MemoryDirectory> {
        Store::open(&self.registry, &self.disk.preopens(), path, options).expect("a store")
    }
}

#[test]
fn stores_of_one_program_share_changes() {
    let disk = Disk::default();
    disk.put_directory("d");
    let program = Program::new(&disk);
    let (reader, one, other) = (
        program.open_at("d", READ),
        program.open_at("./d", WRITE),
        program.open_at("d/../d/", WRITE),
    );
    one.set("a", &[b"1"]).expect("a write");
    other.set("b", &[b"2"]).expect("a write");
    let both = [("a".to_string(), b"1".to_vec()), ("b".to_string(), b"2".to_vec())];
    for store in [&reader, &one, &other] {
        assert_eq!(contents(store), both);
    }
    let mut stream = reader.keys().expect("the keys");
    assert_eq!(stream.next(1), Ok(vec!["a".to_string()]));
    assert_eq!(one.remove("b"), Ok(true));
    assert_eq!(stream.next(1), Ok(vec![]));
    one.close();
    other.set("a", &[b"3"]).expect("a write");
    assert_eq!(reader.get("a"), Ok(Some(b"3".to_vec())));
    assert_eq!(disk.names(), ["d/", "d/a#2"]);
}

#[test]
fn stores_of_different_directories_are_independent() {
    let disk = Disk::default();
    disk.put_directory("d");
    let program = Program::new(&disk);
    let (root, below) = (program.open(WRITE), program.open_at("d", WRITE));
    root.set("k", &[b"v"]).expect("a write");
    assert_eq!((keys(&below).len(), disk.names()), (0, vec!["d/".to_string(), "k#0".to_string()]));
}

#[test]
fn opening_lists_the_directory_again_if_there_is_no_writer() {
    let disk = Disk::with(&[("a#0", b"1")]);
    let program = Program::new(&disk);
    let reader = program.open(READ);
    disk.put("b#1", b"2");
    assert_eq!(keys(&reader), ["a"]);
    let another = program.open(READ);
    assert_eq!(
        (keys(&reader), keys(&another)),
        (vec!["a".into(), "b".into()], vec!["a".into(), "b".into()])
    );

    let writer = program.open(WRITE);
    disk.put("c#2", b"3");
    assert_eq!(keys(&program.open(READ)), ["a", "b"]);
    drop(writer);
    assert_eq!(keys(&program.open(READ)), ["a", "b", "c"]);
}

#[test]
fn one_program_writes_to_a_directory_and_others_can_read() {
    let disk = Disk::default();
    let (first, second) = (Program::new(&disk), Program::new(&disk));
    let stores = [first.open(WRITE), first.open(WRITE)];
    stores[0].set("k", &[b"v"]).expect("a write");
    let refuse = || {
        let error = refused(Store::open(&second.registry, &disk.preopens(), ".", WRITE));
        assert!(
            matches!(&error, Error::Busy(text) if text.contains("lock the directory `.`")),
            "{error}"
        );
        assert!(error.message().contains("another process has it open for writing"), "{error}");
    };
    refuse();
    assert_eq!(contents(&second.open(READ)), [("k".to_string(), b"v".to_vec())]);
    stores[0].close();
    refuse();
    let [_, last] = stores;
    drop(last);
    second.open(WRITE).set("k", &[b"w"]).expect("a write");
    assert_eq!(disk.names(), ["k#1"]);
}

#[test]
fn a_value_replaced_by_another_program_is_not_found_by_an_earlier_reader() {
    let disk = Disk::with(&[("k#0", b"v")]);
    let reader = open(&disk, READ);
    open(&disk, WRITE).set("k", &[b"w"]).expect("a write");
    assert!(matches!(reader.get("k"), Err(Error::NotFound(_))));
    assert_eq!(open(&disk, READ).get("k"), Ok(Some(b"w".to_vec())));
}

#[test]
fn a_store_that_fails_to_open_keeps_no_lock() {
    for step in 0..10 {
        let disk = Disk::with(&[("k#0", b"v"), ("k#1", b"w"), ("%temporary-filemap#3", b"half")]);
        disk.plan(step, Fault::Fails(IoErrorKind::Other));
        let opened = open_at(&disk.preopens(), ".", WRITE).is_ok();
        let failed = disk.has_failed();
        disk.clear_fault();
        assert_eq!(
            contents(&open(&disk, WRITE)),
            [("k".to_string(), b"w".to_vec())],
            "step {step}"
        );
        assert!(failed || opened, "step {step}");
    }
}

#[test]
fn a_read_only_grant_does_not_gain_writing_from_another_store() {
    let disk = Disk::with(&[("k#0", b"v")]);
    let program = Program::new(&disk);
    let writer = program.open(WRITE);
    let reading = Preopens::new(vec![("data".to_string(), disk.root(false))]);
    let error = refused(Store::open(&program.registry, &reading, "data", WRITE));
    assert!(
        matches!(&error, Error::AccessDenied(text) if text.contains("is not writable")),
        "{error}"
    );
    drop(writer);
    // A store that failed to open does not count: the lock is free.
    open(&disk, WRITE).set("k", &[b"w"]).expect("a write");
}

#[test]
fn closing_a_store_discards_uncommitted_values() {
    let disk = Disk::default();
    let program = Program::new(&disk);
    let (store, other) = (program.open(WRITE), program.open(WRITE));
    let mut writers = [store.writer("a").expect("a writer"), store.writer("b").expect("a writer")];
    let mut kept = other.writer("c").expect("a writer");
    writers[0].write(b"half").expect("a write");
    kept.write(b"whole").expect("a write");
    assert_eq!(disk.names().len(), 3);
    store.close();
    assert_eq!(disk.names().len(), 1);
    for writer in &mut writers {
        assert!(matches!(writer.write(b"more"), Err(Error::Closed(_))));
        assert!(matches!(writer.commit(), Err(Error::Closed(_))));
    }
    drop(writers);
    assert_eq!(kept.commit(), Ok(()));
    assert_eq!(contents(&other), [("c".to_string(), b"whole".to_vec())]);
    assert_eq!(disk.names(), ["c#0"]);
}

#[test]
fn readers_and_arrays_of_a_value_outlive_it_and_the_store() {
    let disk = Disk::with(&[("k#0", b"value")]);
    let store = open(&disk, WRITE);
    let mut reader = store.reader("k").expect("a value").expect("a key");
    let array =
        store.open_value("k", filemap::array::Mode::ReadOnly).expect("a value").expect("a key");
    assert_eq!(reader.read(2), Ok(b"va".to_vec()));
    store.set("k", &[b"another"]).expect("a write");
    assert_eq!(store.remove("k"), Ok(true));
    drop(store);
    assert_eq!((reader.read(u64::MAX), reader.read(1)), (Ok(b"lue".to_vec()), Ok(vec![])));
    assert_eq!(array.read(&[]), Ok(b"value".to_vec()));
}
