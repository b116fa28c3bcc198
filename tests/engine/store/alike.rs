//! A host or a file system that cannot tell directories apart: the identities of all are equal, as
//! in trees that a FUSE file system shows, or under a host of WASI that knows no identities.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use filemap::fs::{Directory, DirectoryEntry, IoResult, Open, Preopens};
use filemap::store::{OpenOptions, Registry, Store};

use super::forwarding::forward_to_inner;
use super::{READ, WRITE};
use crate::memory::{Disk, MemoryDirectory, MemoryFile};

/// A directory on a disk.
#[derive(Clone)]
struct Alike {
    inner: MemoryDirectory,
    /// Whether it also looks like all others.
    resembles: bool,
    hooks: Hooks,
}

/// What the next checkpoints call, one each.
type Hooks = Rc<RefCell<VecDeque<Box<dyn FnOnce()>>>>;

impl Directory for Alike {
    type File = MemoryFile;
    type Lock<T> = RefCell<T>;
    type Identity = ();
    type DirectoryLock = <MemoryDirectory as Directory>::DirectoryLock;

    fn identity(&self) -> IoResult<()> {
        Ok(())
    }

    fn looks_like(&self, _other: &Self) -> bool {
        self.resembles
    }

    fn try_lock(&self) -> IoResult<Option<Self::DirectoryLock>> {
        // As under WASI.
        Ok(None)
    }

    fn checkpoint(&self) -> IoResult<()> {
        let hook = self.hooks.borrow_mut().pop_front();
        if let Some(hook) = hook {
            hook();
        }
        Ok(())
    }

    forward_to_inner!(
        open_file has_file read_link open_directory create_directory remove_directory
        for_each_entry rename remove_file sync
    );
}

/// A program on a disk with the directories `a` and `b`.
struct Program {
    disk: Disk,
    registry: Registry<Alike>,
    looks_alike: bool,
    hooks: Hooks,
}

impl Program {
    fn new(looks_alike: bool) -> Self {
        let disk = Disk::default();
        disk.put_directory("a");
        disk.put_directory("b");
        Self { disk, registry: Registry::new(), looks_alike, hooks: Hooks::default() }
    }

    #[track_caller]
    fn open(&self, path: &str, options: OpenOptions) -> Store<Alike> {
        self.open_granted(true, path, options)
    }

    #[track_caller]
    fn open_granted(&self, writeable: bool, path: &str, options: OpenOptions) -> Store<Alike> {
        let (inner, hooks) = (self.disk.root(writeable), Rc::clone(&self.hooks));
        let root = Alike { inner, resembles: self.looks_alike, hooks };
        let preopens = Preopens::new(vec![(".".into(), root)]);
        Store::open(&self.registry, &preopens, path, options).expect("a store")
    }
}

#[test]
fn directories_of_equal_identity_are_two_stores() {
    for looks_alike in [false, true] {
        for options in [READ, WRITE] {
            let program = Program::new(looks_alike);
            program.disk.put("b/x#0", b"of b");
            let a = program.open("a", WRITE);
            let b = program.open("b", options);
            assert_eq!((a.get("x"), b.get("x")), (Ok(None), Ok(Some(b"of b".to_vec()))));
            a.set("k", &[b"of a"]).expect("a write");
            assert_eq!((b.contains("k"), b.len()), (Ok(false), Ok(1)));
            a.clear().expect("a clear");
            assert_eq!(b.len(), Ok(1));
            assert_eq!(program.disk.names(), ["a/", "b/", "b/x#0"]);
        }
    }
}

#[test]
fn a_writer_beside_a_reader_of_another_directory_of_equal_identity_is_another_store() {
    let program = Program::new(true);
    program.disk.put("b/x#0", b"of b");
    let b = program.open("b", READ);
    let a = program.open("a", WRITE);
    a.set("k", &[b"of a"]).expect("a write");
    assert_eq!((b.len(), b.contains("x"), a.len()), (Ok(1), Ok(true), Ok(1)));
    // The third store finds the one with its directory, whatever the order.
    assert_eq!(program.open("a", READ).contains("k"), Ok(true));
    assert_eq!(program.open("b", WRITE).contains("x"), Ok(true));
    assert_eq!(program.disk.names(), ["a/", "a/k#0", "b/", "b/x#0"]);
}

#[test]
fn readers_of_directories_of_equal_identity_share_only_what_looks_like_one_directory() {
    let program = Program::new(false);
    program.disk.put("b/x#0", b"of b");
    let (a, b) = (program.open("a", READ), program.open("b", READ));
    assert_eq!((a.len(), b.len()), (Ok(0), Ok(1)));
}

#[test]
fn stores_of_one_directory_share_it_although_no_identity_tells() {
    for looks_alike in [false, true] {
        let program = Program::new(looks_alike);
        let reader = program.open_granted(false, "a", READ);
        let one = program.open("a", WRITE);
        let mut unfinished = one.writer("big").expect("a writer");
        unfinished.write(b"half").expect("a write");
        let other = program.open("./b/../a", WRITE);
        let later = program.open_granted(false, "a", READ);
        unfinished.write(b" and half").expect("a write");
        unfinished.commit().expect("the value is there");
        other.set("k", &[b"v"]).expect("a write");
        for store in [&reader, &one, &other, &later] {
            assert_eq!(store.get("big"), Ok(Some(b"half and half".to_vec())), "{looks_alike}");
            assert_eq!(store.get("k"), Ok(Some(b"v".to_vec())), "{looks_alike}");
        }
        assert_eq!(program.disk.names(), ["a/", "a/big#0", "a/k#1", "b/"]);
    }
}

#[test]
fn directories_are_told_apart_by_a_store_that_is_left() {
    for closes_writer in [false, true] {
        let program = Program::new(true);
        program.disk.put("b/x#0", b"of b");
        let (writer, reader) = (program.open("a", WRITE), program.open("a", READ));
        let (closed, kept) = if closes_writer { (writer, reader) } else { (reader, writer) };
        drop(closed);
        let b = program.open("b", WRITE);
        assert_eq!((b.len(), kept.len()), (Ok(1), Ok(0)), "b is another directory");
        program.open("a", WRITE).set("k", &[b"of a"]).expect("a write");
        assert_eq!((b.len(), kept.contains("k")), (Ok(1), Ok(true)), "a is the same directory");
    }
}

#[test]
fn directories_are_told_apart_by_a_store_that_is_being_opened() {
    // The second store of `a` finds the first one, which closes before the second has looked at it,
    // or before it has read the directory. Another thread opens `b` meanwhile.
    for closes_before_the_look in [true, false] {
        let program = Rc::new(Program::new(true));
        program.disk.put("b/x#0", b"of b");
        let mut writer = Some(program.open("a", WRITE));
        let b = Rc::new(RefCell::new(None));
        let (opened, again) = (Rc::clone(&b), Rc::clone(&program));
        let look = if closes_before_the_look { writer.take() } else { None };
        // One checkpoint is at the beginning of the opening, one before it looks at the first
        // store, and one before it reads the directory.
        program.hooks.borrow_mut().extend([
            Box::new(|| ()) as Box<dyn FnOnce()>,
            Box::new(move || drop(look)),
            Box::new(move || {
                drop(writer);
                *opened.borrow_mut() = Some(again.open("b", WRITE));
            }),
        ]);
        let a = program.open("a", WRITE);
        let b = b.take().expect("the hook has opened it");
        assert_eq!((a.len(), b.len()), (Ok(0), Ok(1)), "b is another directory");
        a.set("k", &[b"of a"]).expect("a write");
        assert_eq!(b.contains("k"), Ok(false));
    }
}

#[test]
fn a_temporary_file_of_another_directory_is_no_proof_and_is_not_removed() {
    let program = Program::new(true);
    for number in 0..5 {
        program.disk.put(&format!("a/%temporary-filemap#{number}"), b"of another process");
    }
    let b = program.open("b", WRITE);
    let a = program.open("a", READ);
    b.set("k", &[b"v"]).expect("a write");
    assert_eq!((a.contains("k"), program.disk.names().len()), (Ok(false), 8));
}
