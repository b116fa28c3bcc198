//! Lock stripes: one thread at a time changes a key. Two keys of one stripe wait for each other.
//!
//! Stripes are taken in ascending order. A provider without threads makes one call at a time, and
//! has no stripes.

use alloc::vec::Vec;
use core::slice;

use crate::checkpoint::{Checkpoint, pass};
use crate::fs::{Directory, IoError, IoResult, Lock};

/// The number of lock stripes: changes of keys in different stripes can run in parallel.
const STRIPES: usize = 64;

/// The locks of the keys of a directory.
pub(super) struct Stripes<D: Directory>(Vec<D::Lock<()>>);

impl<D: Directory> Stripes<D> {
    const HAS_THREADS: bool = <D::Lock<()> as Lock<()>>::HAS_THREADS;

    pub(super) fn new() -> Self {
        let count = if Self::HAS_THREADS { STRIPES } else { 0 };
        Self((0..count).map(|_| Lock::new(())).collect())
    }

    /// Calls `act` while no other thread can change the key. Fails after an interruption before.
    pub(super) fn with_key_locked<R>(
        &self,
        key: &str,
        checkpoint: Checkpoint<'_, IoError>,
        act: impl FnOnce() -> R,
    ) -> IoResult<R> {
        if !Self::HAS_THREADS {
            pass(checkpoint)?;
            return Ok(act());
        }
        self.0[stripe_of(key)].with_unless_interrupted(checkpoint, |()| act())
    }

    /// Waits until no thread changes the key, or, for all keys, until every change is complete that
    /// was under way. Fails after an interruption before.
    pub(super) fn wait_for_changes(
        &self,
        key: Option<&str>,
        checkpoint: Checkpoint<'_, IoError>,
    ) -> IoResult<()> {
        let stripes = match key {
            Some(key) if Self::HAS_THREADS => slice::from_ref(&self.0[stripe_of(key)]),
            _ => &self.0,
        };
        stripes.iter().try_for_each(|stripe| stripe.with_unless_interrupted(checkpoint, |()| ()))
    }

    /// Calls `act` once while no other thread can change any of the keys. Fails after an
    /// interruption before.
    pub(super) fn with_keys_locked<'a>(
        &self,
        keys: impl Iterator<Item = &'a str>,
        checkpoint: Checkpoint<'_, IoError>,
        act: &mut dyn FnMut(),
    ) -> IoResult<()> {
        if !Self::HAS_THREADS {
            pass(checkpoint)?;
            act();
            return Ok(());
        }
        let mut wanted = [false; STRIPES];
        keys.for_each(|key| wanted[stripe_of(key)] = true);
        let mut result = Ok(());
        self.lock_stripes(&wanted, checkpoint, &mut result, act);
        result
    }

    /// Locks the wanted stripes in ascending order, so that no two threads wait for each other.
    fn lock_stripes(
        &self,
        wanted: &[bool],
        checkpoint: Checkpoint<'_, IoError>,
        result: &mut IoResult<()>,
        act: &mut dyn FnMut(),
    ) {
        let Some(last) = wanted.iter().rposition(|&wanted| wanted) else { return act() };
        // `result` is that of the first lock that is not taken.
        let mut inner = Ok(());
        self.lock_stripes(&wanted[..last], checkpoint, result, &mut || {
            inner = self.0[last].with_unless_interrupted(checkpoint, |()| act());
        });
        if result.is_ok() {
            *result = inner;
        }
    }
}

/// Returns the stripe of a key: its FNV-1a hash, which distributes similar keys.
fn stripe_of(key: &str) -> usize {
    let hash = key
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % STRIPES
}
