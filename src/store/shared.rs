//! State that all stores of a process on one directory share: the index and the locks.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use super::index::{Index, ValueFile};
use crate::fs::{Directory, Lock};

/// The number of lock stripes: changes of keys in different stripes can run in parallel.
const STRIPES: usize = 64;

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
    stripes: Vec<D::Lock<()>>,
}

/// The index and the writers.
pub(super) struct State<D: Directory> {
    pub(super) index: Index,
    /// The number of stores that are open for writing.
    pub(super) writers: u64,
    /// The lock against other processes, if the provider has locks.
    pub(super) lock: Option<D::DirectoryLock>,
}

impl<D: Directory> Registry<D> {
    /// Creates an empty registry. A provider has one for its whole lifetime.
    #[must_use]
    pub fn new() -> Self {
        Self(Lock::new(Vec::new()))
    }

    /// Returns the shared state of a directory; creates it if no store has the directory open.
    pub(super) fn shared(&self, identity: D::Identity) -> Arc<Shared<D>> {
        self.0.with(|all| {
            all.retain(|shared| shared.strong_count() > 0);
            let known =
                all.iter().filter_map(Weak::upgrade).find(|shared| shared.identity == identity);
            known.unwrap_or_else(|| {
                let shared = Arc::new(Shared::new(identity));
                all.push(Arc::downgrade(&shared));
                shared
            })
        })
    }
}

impl<D: Directory> Default for Registry<D> {
    fn default() -> Self {
        Self::new()
    }
}

impl<D: Directory> Shared<D> {
    fn new(identity: D::Identity) -> Self {
        let state = State { index: Index::default(), writers: 0, lock: None };
        let stripes = (0..STRIPES).map(|_| Lock::new(())).collect();
        Self { identity, opening: Lock::new(()), state: Lock::new(state), stripes }
    }

    /// Calls `act` with the index.
    pub(super) fn with_index<R>(&self, act: impl FnOnce(&mut Index) -> R) -> R {
        self.state.with(|state| act(&mut state.index))
    }

    /// Returns the file that holds the value of a key.
    pub(super) fn value_file(&self, key: &str) -> Option<ValueFile> {
        self.with_index(|index| index.files.get(key).cloned())
    }

    /// Calls `act` while no other thread can change the key.
    pub(super) fn with_key_locked<R>(&self, key: &str, act: impl FnOnce() -> R) -> R {
        self.stripes[stripe_of(key)].with(|()| act())
    }

    /// Calls `act` once while no other thread can change any of the keys.
    pub(super) fn with_keys_locked<'a>(
        &self,
        keys: impl Iterator<Item = &'a str>,
        act: &mut dyn FnMut(),
    ) {
        let mut wanted = [false; STRIPES];
        keys.for_each(|key| wanted[stripe_of(key)] = true);
        self.lock_stripes(&wanted, act);
    }

    /// Locks the wanted stripes in ascending order, so that no two threads wait for each other.
    fn lock_stripes(&self, wanted: &[bool], act: &mut dyn FnMut()) {
        let Some(last) = wanted.iter().rposition(|&wanted| wanted) else { return act() };
        self.lock_stripes(&wanted[..last], &mut || self.stripes[last].with(|()| act()));
    }
}

/// Returns the stripe of a key: its FNV-1a hash, which distributes similar keys.
fn stripe_of(key: &str) -> usize {
    let hash = key
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % STRIPES
}
