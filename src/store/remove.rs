//! Removing keys.

use alloc::string::String;
use alloc::vec::Vec;

use super::open::sync_names;
use super::{Durability, Handle, Live, Store, rules};
use crate::error::{Error, Result};
use crate::fs::{Directory, IoError, explain_change};

/// The number of keys that `clear` looks up at a time.
const KEYS_AT_A_TIME: u32 = 1000;

impl<D: Directory> Store<D> {
    /// Removes `key` and returns whether it existed.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] if the store is read-only or the key has a file without a number,
    /// and those of the file system.
    pub fn remove(&self, key: &str) -> Result<bool> {
        let live = self.0.writeable()?;
        let is_removed = self.0.with_key_locked(&live, key, || self.0.remove(&live, key))?;
        if is_removed {
            self.0.sync_removed(&live, key)?;
        }
        Ok(is_removed)
    }

    /// Removes `key` and returns its value.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`] and [`Store::remove`]. A value that cannot be read is not removed.
    pub fn pop(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let live = self.0.writeable()?;
        let value = self.0.with_key_locked(&live, key, || {
            let Some(value) = self.0.get(&live, key)? else { return Ok(None) };
            self.0.remove(&live, key)?;
            Ok(Some(value))
        })?;
        if value.is_some() {
            self.0.sync_removed(&live, key)?;
        }
        Ok(value)
    }

    /// Removes the first key, and returns it with its value.
    ///
    /// # Errors
    ///
    /// Those of [`Store::pop`].
    pub fn pop_item(&self) -> Result<Option<(String, Vec<u8>)>> {
        loop {
            let live = self.0.writeable()?;
            let Some(key) = live.shared.with_index(|index| index.first_removable().cloned()) else {
                return Ok(None);
            };
            // Another thread may have removed the key since.
            if let Some(value) = self.pop(&key)? {
                return Ok(Some((key, value)));
            }
        }
    }

    /// Removes all keys, except those that have a file without a number. Does not remove files that
    /// are not values.
    ///
    /// # Errors
    ///
    /// Those of [`Store::remove`]. Some keys may have been removed, each of them completely.
    pub fn clear(&self) -> Result<()> {
        let live = self.0.writeable()?;
        let mut after: Option<String> = None;
        loop {
            let keys = live.keys_after(after.as_deref(), KEYS_AT_A_TIME);
            let Some(last) = keys.last() else { break };
            after = Some(last.clone());
            for key in &keys {
                self.0.with_key_locked(&live, key, || {
                    if live.shared.with_index(|index| index.is_removable(key)) {
                        self.0.remove(&live, key)?;
                    }
                    Ok(())
                })?;
            }
        }
        match after {
            Some(last) => self.0.sync_removed(&live, &last),
            None => Ok(()),
        }
    }
}

impl<D: Directory> Handle<D> {
    /// Calls `act`, which removes a key, while no other thread can change it.
    fn with_key_locked<R>(
        &self,
        live: &Live<D>,
        key: &str,
        act: impl FnOnce() -> Result<R>,
    ) -> Result<R> {
        live.shared
            .stripes
            .with_key_locked(key, &|| live.directory.checkpoint(), act)
            .map_err(|error| self.remove_failed(live, key, error))?
    }

    /// Removes a key that is locked.
    fn remove(&self, live: &Live<D>, key: &str) -> Result<bool> {
        let generation = live.shared.with_index(|index| index.generation_to_remove(key));
        let Some(generation) = generation? else { return Ok(false) };
        // Older values go first: without the newest value, the next opening would take one of them
        // for it.
        live.remove_outdated(key).map_err(|error| self.remove_failed(live, key, error))?;
        // The index goes before the directory: a reader that found the key in the index finds the
        // file too, or looks again.
        live.shared.with_index(|index| index.remove(key));
        live.remove_value_file(key, generation).map_err(|error| {
            live.shared.with_index(|index| index.insert(key, generation));
            self.remove_failed(live, key, error)
        })?;
        live.directory.remove_keys(|| 1);
        Ok(true)
    }

    /// Waits until the removal of a key is on the disk, if the durability requires it.
    fn sync_removed(&self, live: &Live<D>, key: &str) -> Result<()> {
        if self.options.durability < Durability::Full {
            return Ok(());
        }
        sync_names(&*live.directory).map_err(|error| self.remove_failed(live, key, error))
    }

    fn remove_failed(&self, live: &Live<D>, key: &str, error: IoError) -> Error {
        let error = explain_change(&*live.directory, "", error);
        Error::io(&rules::removing(key), &self.name, &error)
    }
}
