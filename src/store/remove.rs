//! Removing keys.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::index::{ValueFile, refuse_unnumbered};
use super::{Durability, Handle, Live, Store};
use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::fs::{Directory, IoError};

/// How many keys `clear` looks up at a time.
const KEYS_AT_A_TIME: u32 = 1000;

impl<D: Directory> Store<D> {
    /// Removes `key` and says whether it was there.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] in a read-only store, or for a file without a number, and those of
    /// the file system.
    pub fn remove(&self, key: &str) -> Result<bool> {
        let live = self.0.writeable()?;
        let is_removed = live.shared.with_key_locked(key, || self.0.remove(&live, key))?;
        if is_removed {
            self.0.sync_removed(&live, key)?;
        }
        Ok(is_removed)
    }

    /// Removes `key` and returns its value.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`] and [`Store::remove`]. What cannot be read stays.
    pub fn pop(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let live = self.0.writeable()?;
        let value = live.shared.with_key_locked(key, || {
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
            let Some(key) = live.shared.with_index(|index| index.first_numbered().cloned()) else {
                return Ok(None);
            };
            // Somebody else may have removed it meanwhile.
            if let Some(value) = self.pop(&key)? {
                return Ok(Some((key, value)));
            }
        }
    }

    /// Removes all keys but those of files without a number; files that are not keys stay.
    ///
    /// # Errors
    ///
    /// Those of [`Store::remove`]; some keys may be removed then.
    pub fn clear(&self) -> Result<()> {
        let live = self.0.writeable()?;
        let mut after: Option<String> = None;
        loop {
            let keys = live.keys_after(after.as_deref(), KEYS_AT_A_TIME);
            let Some(last) = keys.last() else { break };
            after = Some(last.clone());
            for key in &keys {
                live.shared.with_key_locked(key, || match live.shared.value_file(key) {
                    Some(ValueFile::Numbered(_)) => self.0.remove(&live, key).map(drop),
                    _ => Ok(()),
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
    /// Removes a key that nobody else changes meanwhile.
    fn remove(&self, live: &Live<D>, key: &str) -> Result<bool> {
        let generation = match live.shared.value_file(key) {
            None => return Ok(false),
            Some(ValueFile::Unnumbered(file)) => return Err(refuse_unnumbered(key, &file)),
            Some(ValueFile::Numbered(generation)) => generation,
        };
        // The older values first: with the newest gone, the next opening would take one of them for
        // it.
        live.remove_outdated(key).map_err(|error| self.remove_failed(key, &error))?;
        // Out of the index before it is out of the directory: who has found it there finds its file
        // as well, or looks again.
        live.shared.with_index(|index| index.remove(key));
        live.remove_value_file(key, generation).map_err(|error| {
            live.shared.with_index(|index| index.insert(key, generation));
            self.remove_failed(key, &error)
        })?;
        Ok(true)
    }

    /// Waits until the removal of a key is on the disk, if the durability says so.
    fn sync_removed(&self, live: &Live<D>, key: &str) -> Result<()> {
        if self.options.durability < Durability::Full {
            return Ok(());
        }
        live.directory.sync().map_err(|error| self.remove_failed(key, &error))
    }

    fn remove_failed(&self, key: &str, error: &IoError) -> Error {
        Error::io(&format!("remove the value of `{}` from", excerpt(key)), &self.name, error)
    }
}
