//! State that all stores of a process on one directory share: the index and the locks.

use alloc::sync::{Arc, Weak};
use alloc::vec;
use alloc::vec::Vec;

use super::index::{Index, ValueFile};
use super::key;
use super::stripes::Stripes;
use crate::fs::{Directory, IoErrorKind, IoResult, Lock, Open};

/// The number of attempts to find out by a temporary file whether two directories are the same.
const PROOF_TRIES: u32 = 16;

/// The directories that the stores of a provider have open.
pub struct Registry<D: Directory>(D::Lock<Vec<Weak<Shared<D>>>>);

/// The shared state of the stores on a directory.
///
/// There are three kinds of locks. `state` is held briefly and never while waiting for a disk. A
/// stripe is held while one of its keys changes, from the rename of the new file to the removal of
/// the old one. `opening` is held while a store is opened. A stripe or `opening` is taken before
/// `state`, and stripes are taken in ascending order.
pub(super) struct Shared<D: Directory> {
    identity: D::Identity,
    pub(super) opening: D::Lock<()>,
    pub(super) state: D::Lock<State<D>>,
    pub(super) stripes: Stripes<D>,
}

/// The index and the writers.
pub(super) struct State<D: Directory> {
    pub(super) index: Index,
    /// The number of stores that are open for writing.
    pub(super) writers: u64,
    /// The handles of the stores on the directory: those of readers before those of writers.
    handles: Vec<Weak<D>>,
    /// The lock against other processes, if the provider has locks.
    pub(super) lock: Option<D::DirectoryLock>,
}

impl<D: Directory> Registry<D> {
    /// Creates an empty registry. A provider has one for its whole lifetime.
    #[must_use]
    pub fn new() -> Self {
        Self(Lock::new(Vec::new()))
    }

    /// Returns the shared state of a directory that is being opened; creates it if no store has the
    /// directory open. Fails after an interruption while another store is being opened.
    pub(super) fn shared(
        &self,
        identity: &D::Identity,
        directory: &Arc<D>,
        read_only: bool,
    ) -> IoResult<Arc<Shared<D>>> {
        let mut others = Vec::new();
        let checkpoint = || directory.checkpoint();
        loop {
            let (shared, is_new) = self.candidate(identity, directory, &others);
            if is_new {
                return Ok(shared);
            }
            // While no store lists the directory, which would find the temporary file.
            let is_of = shared
                .opening
                .with_unless_interrupted(&checkpoint, |()| shared.is_of(directory, read_only))?;
            if is_of {
                return Ok(shared);
            }
            others.push(shared);
        }
    }

    /// Returns a shared state of the same identity that is not among `others`, or else creates one.
    /// The second value is whether it is new.
    ///
    /// Is called with one more of `others` each time, until a state is the directory's. As the
    /// states are tried in the order of their creation, stores that write to a directory have the
    /// same one.
    fn candidate(
        &self,
        identity: &D::Identity,
        directory: &Arc<D>,
        others: &[Arc<Shared<D>>],
    ) -> (Arc<Shared<D>>, bool) {
        // Drop these outside the lock: the last owner frees an index.
        let mut unequal = Vec::new();
        self.0.with(|all| {
            all.retain(|shared| shared.strong_count() > 0);
            for shared in all.iter().filter_map(Weak::upgrade) {
                if shared.identity == *identity
                    && !others.iter().any(|other| Arc::ptr_eq(other, &shared))
                {
                    return (shared, false);
                }
                unequal.push(shared);
            }
            let shared = Arc::new(Shared::new(identity.clone(), directory));
            all.push(Arc::downgrade(&shared));
            (shared, true)
        })
    }
}

impl<D: Directory> Default for Registry<D> {
    fn default() -> Self {
        Self::new()
    }
}

impl<D: Directory> State<D> {
    /// Adds the handle of a store, or changes its place. If the store is a writer, the handle tells
    /// whether others are of the same directory.
    fn add_handle(&mut self, directory: &Arc<D>, writes: bool) {
        let this = Arc::as_ptr(directory);
        self.handles.retain(|handle| handle.strong_count() > 0 && handle.as_ptr() != this);
        let at = if writes { self.handles.len() } else { 0 };
        self.handles.insert(at, Arc::downgrade(directory));
    }
}

impl<D: Directory> Shared<D> {
    fn new(identity: D::Identity, directory: &Arc<D>) -> Self {
        let handles = vec![Arc::downgrade(directory)];
        let state = State { index: Index::default(), writers: 0, handles, lock: None };
        Self { identity, opening: Lock::new(()), state: Lock::new(state), stripes: Stripes::new() }
    }

    /// Returns whether `directory`, which is being opened and has the same identity, is the
    /// directory of this state.
    fn is_of(&self, directory: &Arc<D>, read_only: bool) -> bool {
        let (witness, has_writers) = self.state.with(|state| {
            let witness = state.handles.iter().rev().find_map(Weak::upgrade);
            if witness.is_none() {
                // The stores of this state have been closed, or could not be opened.
                state.add_handle(directory, false);
            }
            (witness, state.writers > 0)
        });
        let Some(witness) = witness else { return true };
        // Before `opening` is released: the witness may close before this store has joined.
        let is_same = self.is_same(directory, &witness, read_only, has_writers);
        if is_same {
            self.add_handle(directory, false);
        }
        is_same
    }

    /// Returns whether `directory` is that of `witness`, which has the same identity.
    fn is_same(&self, directory: &D, witness: &D, read_only: bool, has_writers: bool) -> bool {
        let proof = if !read_only {
            self.prove(directory, witness)
        } else if has_writers {
            self.prove(witness, directory)
        } else {
            // Opening for reading only changes nothing on disk.
            None
        };
        proof.unwrap_or_else(|| directory.looks_like(witness))
    }

    /// Adds the handle of a store.
    pub(super) fn add_handle(&self, directory: &Arc<D>, writes: bool) {
        self.state.with(|state| state.add_handle(directory, writes));
    }

    /// Finds out whether two handles are of the same directory: creates a temporary file through
    /// one, and looks for it through the other. Returns `None` if it cannot be created.
    fn prove(&self, from: &D, to: &D) -> Option<bool> {
        for _ in 0..PROOF_TRIES {
            let name = key::temporary_name(self.with_index(Index::allocate_temporary));
            if to.has_file(&name).ok()? {
                continue;
            }
            match from.open_file(&name, Open::CreateNew) {
                Ok(file) => drop(file),
                Err(error) if error.kind == IoErrorKind::AlreadyExists => continue,
                Err(_) => return None,
            }
            let found = to.has_file(&name);
            match (found, from.remove_file(&name)) {
                (Ok(true), _) => return Some(true),
                (Ok(false), Ok(())) => return Some(false),
                // Another process has removed it, as the remains of a crash.
                (Ok(false), Err(error)) if error.kind == IoErrorKind::NotFound => {}
                _ => return None,
            }
        }
        None
    }

    /// Calls `act` with the index.
    pub(super) fn with_index<R>(&self, act: impl FnOnce(&mut Index) -> R) -> R {
        self.state.with(|state| act(&mut state.index))
    }

    /// Returns the file that holds the value of a key.
    pub(super) fn value_file(&self, key: &str) -> Option<ValueFile> {
        self.with_index(|index| index.files.get(key).cloned())
    }
}
