//! A file system that becomes read-only during a call, so that the call cannot undo anything, and
//! is repaired later.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use filemap::fs::{Directory, DirectoryEntry, IoErrorKind, IoResult, Open, Preopens};
use filemap::store::{Registry, Store};

use super::forwarding::forward_to_inner;
use super::{READ, WRITE, open};
use crate::memory::{Disk, MemoryDirectory, MemoryFile};

/// A directory on a disk that becomes read-only after some number of renames, like with
/// `errors=remount-ro`, until it is repaired.
#[derive(Clone)]
struct Failing {
    inner: MemoryDirectory,
    renames_left: Rc<Cell<u32>>,
    is_broken: Rc<Cell<bool>>,
}

impl Failing {
    fn new(disk: &Disk) -> Self {
        Self {
            inner: disk.root(true),
            renames_left: Rc::new(Cell::new(u32::MAX)),
            is_broken: Rc::default(),
        }
    }

    fn check(&self) -> IoResult<()> {
        if self.is_broken.get() { Err(IoErrorKind::NotPermitted.into()) } else { Ok(()) }
    }

    fn break_after(&self, renames: u32) {
        self.renames_left.set(renames);
    }

    fn mend(&self) {
        self.renames_left.set(u32::MAX);
        self.is_broken.set(false);
    }
}

impl Directory for Failing {
    type File = MemoryFile;
    type Lock<T> = RefCell<T>;
    type DirectoryLock = <MemoryDirectory as Directory>::DirectoryLock;

    fn try_lock(&self) -> IoResult<Option<Self::DirectoryLock>> {
        self.inner.try_lock()
    }

    fn open_file(&self, path: &str, how: Open) -> IoResult<MemoryFile> {
        if how != Open::Read {
            self.check()?;
        }
        self.inner.open_file(path, how)
    }

    fn rename(&self, from: &str, to: &str) -> IoResult<()> {
        match self.renames_left.get() {
            0 => self.is_broken.set(true),
            left => self.renames_left.set(left - 1),
        }
        self.check()?;
        self.inner.rename(from, to)
    }

    fn remove_file(&self, path: &str) -> IoResult<()> {
        // A read-only file system reports this before it looks up the name.
        self.check()?;
        self.inner.remove_file(path)
    }

    forward_to_inner!(
        identity has_file read_link open_directory create_directory remove_directory
        for_each_entry sync
    );
}

fn open_failing(directory: &Failing) -> Store<Failing> {
    Store::open(&Registry::new(), &Preopens::new(vec![(".".into(), directory.clone())]), ".", WRITE)
        .expect("a store")
}

#[test]
fn a_removed_key_does_not_return_with_a_rejected_value() {
    let disk = Disk::with(&[("a#0", b"old"), ("b#1", b"old")]);
    let directory = Failing::new(&disk);
    let store = open_failing(&directory);
    directory.break_after(1);
    assert!(store.update(&[("a", b"new"), ("b", b"new")]).is_err());
    directory.mend();
    assert_eq!(store.get("a"), Ok(Some(b"old".to_vec())));
    assert_eq!(store.remove("a"), Ok(true));
    drop(store);
    assert_eq!(open(&disk, READ).get("a"), Ok(None), "{:?}", disk.names());
}

#[test]
fn a_failed_update_does_not_take_effect_at_the_next_opening() {
    let disk = Disk::with(&[("a#0", b"old"), ("b#1", b"old")]);
    let directory = Failing::new(&disk);
    let store = open_failing(&directory);
    directory.break_after(1);
    assert!(store.update(&[("a", b"new"), ("b", b"new")]).is_err());
    directory.mend();
    drop(store);
    assert_eq!(open(&disk, READ).get("a"), Ok(Some(b"old".to_vec())), "{:?}", disk.names());
}

#[test]
fn files_that_could_not_be_removed_are_removed_on_close() {
    let disk = Disk::with(&[("a#0", b"old")]);
    let directory = Failing::new(&disk);
    let store = open_failing(&directory);
    directory.break_after(0);
    assert!(store.set("a", &[b"new"]).is_err());
    directory.mend();
    store.set("a", &[b"newer"]).expect("a write");
    drop(store);
    assert_eq!(disk.names(), ["a#2"]);
}
