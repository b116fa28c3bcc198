//! Writing values: one, several at once, or in pieces by a writer.

use alloc::borrow::ToOwned;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Store;
use super::rules::check_value;
use super::writer::ValueWriter;
use crate::error::Result;
use crate::fs::Directory;

impl<D: Directory> Store<D> {
    /// Sets `key` to the concatenation of `parts`. After an error the key has its old value.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`] if the key is too long for a file name, [`AccessDenied`] if the store is
    /// read-only, [`LimitExceeded`], [`NoSpace`], and those of the file system.
    ///
    /// [`InvalidArgument`]: crate::error::Error::InvalidArgument
    /// [`AccessDenied`]: crate::error::Error::AccessDenied
    /// [`LimitExceeded`]: crate::error::Error::LimitExceeded
    /// [`NoSpace`]: crate::error::Error::NoSpace
    pub fn set(&self, key: &str, parts: &[impl AsRef<[u8]>]) -> Result<()> {
        let live = self.0.writeable()?;
        let size = parts.iter().map(|part| part.as_ref().len() as u64).sum();
        check_value(size)?;
        let staged = self.0.stage(&live, key, parts)?;
        self.0.commit_staged(&live, &[staged], &|| live.directory.checkpoint())
    }

    /// Sets several keys. If a key occurs twice, the last value wins. After an error all keys have
    /// their old values.
    ///
    /// # Errors
    ///
    /// Those of [`Store::set`].
    pub fn update(&self, items: &[(impl AsRef<str>, impl AsRef<[u8]>)]) -> Result<()> {
        let mut completion = self.prepare_update(items)?;
        let directory = Arc::clone(completion.directory());
        completion.run(&|| directory.checkpoint())
    }

    /// Returns the value of `key`; sets it to `value` first if there is no such key.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`] and [`Store::set`].
    pub fn set_default(&self, key: &str, value: &[u8]) -> Result<Vec<u8>> {
        let live = self.0.writeable()?;
        if let Some(found) = self.0.get(&live, key)? {
            return Ok(found);
        }
        check_value(value.len() as u64)?;
        let staged = self.0.stage(&live, key, &[value])?;
        let temporary = staged.temporary;
        let checkpoint = || live.directory.checkpoint();
        let result = live.shared.stripes.with_key_locked(key, &checkpoint, || {
            // Another thread may have set the key since.
            let found = self.0.get(&live, key);
            if !matches!(found, Ok(None)) {
                _ = live.abort(staged.temporary);
                return found.map(Option::unwrap_or_default);
            }
            self.0.commit_staged_locked(&live, &[staged])?;
            Ok(value.to_owned())
        });
        result.unwrap_or_else(|error| {
            _ = live.abort(temporary);
            Err(self.0.write_failed(key, &error))
        })
    }

    /// Returns a writer for a value of `key`, which the key gets when the writer is committed.
    ///
    /// # Errors
    ///
    /// Those of [`Store::set`].
    pub fn writer(&self, key: &str) -> Result<ValueWriter<D>> {
        let live = self.0.writeable()?;
        let (file, temporary) = self.0.create_temporary(&live, key)?;
        Ok(ValueWriter::new(Arc::clone(&self.0), key, file, temporary))
    }
}
