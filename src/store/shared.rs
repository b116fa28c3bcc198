//! What the stores on one directory have in common.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use super::index::{Index, ValueFile};
use crate::fs::{Directory, Lock};

/// How many changes there can be at once, each of another key.
const STRIPES: usize = 64;

/// The directories that stores of a provider have open.
pub struct Registry<D: Directory>(D::Lock<Vec<Weak<Shared<D>>>>);

/// What is known of a directory by all the stores on it.
///
/// Three kinds of locks keep threads apart. `state` is held for moments, and never while anything
/// waits for a disk. A lane is held by whoever changes a key of it, from the renaming of the new
/// file to the removal of the old one. `opening` is held by whoever joins. A lane or `opening` is
/// taken before `state`, and stripes in their order.
pub(super) struct Shared<D: Directory> {
    identity: D::Identity,
    pub(super) opening: D::Lock<()>,
    pub(super) state: D::Lock<State<D>>,
    stripes: Vec<D::Lock<()>>,
}

/// The keys, and who writes.
pub(super) struct State<D: Directory> {
    pub(super) index: Index,
    /// How many stores are open for writing.
    pub(super) writers: u64,
    /// What keeps other processes from writing meanwhile, where there is such a thing.
    pub(super) lock: Option<D::DirectoryLock>,
}

impl<D: Directory> Registry<D> {
    /// A registry of no directories. A provider has one, for as long as it is.
    #[must_use]
    pub fn new() -> Self {
        Self(Lock::new(Vec::new()))
    }

    /// What the stores on a directory have in common; it is new where there are none.
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

    /// Asks or changes the index.
    pub(super) fn with_index<R>(&self, act: impl FnOnce(&mut Index) -> R) -> R {
        self.state.with(|state| act(&mut state.index))
    }

    /// Where the value of a key is.
    pub(super) fn value_file(&self, key: &str) -> Option<ValueFile> {
        self.with_index(|index| index.files.get(key).cloned())
    }

    /// Has a key that nobody else changes meanwhile.
    pub(super) fn with_key_locked<R>(&self, key: &str, act: impl FnOnce() -> R) -> R {
        self.stripes[stripe_of(key)].with(|()| act())
    }

    /// The same with several keys. `act` is called once.
    pub(super) fn with_keys_locked<'a>(
        &self,
        keys: impl Iterator<Item = &'a str>,
        act: &mut dyn FnMut(),
    ) {
        let mut wanted = [false; STRIPES];
        keys.for_each(|key| wanted[stripe_of(key)] = true);
        self.lock_stripes(&wanted, act);
    }

    /// Takes the stripes that are wanted, the first first, so that no two wait for each other.
    fn lock_stripes(&self, wanted: &[bool], act: &mut dyn FnMut()) {
        let Some(last) = wanted.iter().rposition(|&wanted| wanted) else { return act() };
        self.lock_stripes(&wanted[..last], &mut || self.stripes[last].with(|()| act()));
    }
}

/// The lane of a key: FNV-1a, because keys that are much alike should not meet in one.
fn stripe_of(key: &str) -> usize {
    let hash = key
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % STRIPES
}
