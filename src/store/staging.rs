//! Staging: writes values under temporary names, and commits them together by renaming.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::index::Index;
use super::key::{self, Generation};
use super::open::sync_names;
use super::{Durability, Handle, Live};
use crate::checkpoint::{Checkpoint, ELEMENTS, pass};
use crate::error::{Error, Result};
use crate::fs::{
    Directory, File, IoError, IoErrorKind, IoResult, Lock, Open, explain_change, explain_sync,
};

/// The number of attempts to find a temporary name that is not in use.
const TEMPORARY_TRIES: u32 = 16;

/// The maximum number of bytes of small parts to gather into one write.
const MAX_GATHERED: usize = 64 << 10;

/// A value that is complete under its temporary name.
pub(super) struct StagedValue {
    pub(super) key: String,
    pub(super) temporary: Generation,
}

impl<D: Directory> Handle<D> {
    /// Creates a temporary file, if the key may get a new value.
    pub(super) fn create_temporary(
        &self,
        live: &Live<D>,
        key: &str,
    ) -> Result<(D::File, Generation)> {
        live.shared.with_index(|index| index.check_settable(key, &self.name))?;
        let mut tries = 0;
        loop {
            let number = live.shared.with_index(Index::allocate_temporary);
            match live.directory.open_file(&key::temporary_name(number), Open::CreateNew) {
                Ok(file) => {
                    live.unfinished.with(|unfinished| unfinished.push(number));
                    return Ok((file, number));
                }
                Err(error)
                    if error.kind == IoErrorKind::AlreadyExists && tries < TEMPORARY_TRIES =>
                {
                    tries += 1;
                }
                Err(error) => {
                    let error = explain_change(&*live.directory, "", error);
                    return Err(Error::io("create a file in", &self.name, &error));
                }
            }
        }
    }

    /// Writes a value to a temporary file.
    pub(super) fn stage(
        &self,
        live: &Live<D>,
        key: &str,
        parts: &[impl AsRef<[u8]>],
    ) -> Result<StagedValue> {
        live.directory.checkpoint().map_err(|error| self.write_failed(key, &error))?;
        let (file, temporary) = self.create_temporary(live, key)?;
        let staged = write_parts(&file, parts).and_then(|()| self.sync(&file));
        match staged {
            Ok(()) => Ok(StagedValue { key: key.to_owned(), temporary }),
            Err(error) => {
                drop(file);
                _ = live.abort(temporary);
                Err(self.write_failed(key, &error))
            }
        }
    }

    /// Syncs the bytes of a value, if the durability requires it. Nothing interrupts the sync
    /// itself.
    pub(super) fn sync(&self, file: &D::File) -> IoResult<()> {
        if self.options.durability == Durability::None {
            return Ok(());
        }
        file.checkpoint()?;
        explain_sync(file.sync_data(), "no sync of files: use the durability `none`")
    }

    /// Commits staged values, all or none: gives them their final names and removes the previous
    /// values. If `checkpoint` fails before the first of them gets its name, all are aborted.
    /// Nothing asks it later: to undo the commit would take as long as to complete it.
    pub(super) fn commit_staged(
        &self,
        live: &Live<D>,
        staged: &[StagedValue],
        checkpoint: Checkpoint<'_, IoError>,
    ) -> Result<()> {
        let Some(StagedValue { key: first, .. }) = staged.first() else { return Ok(()) };
        let mut result = Ok(Ok(()));
        let keys = staged.iter().map(|value| &*value.key);
        let locked = live.shared.stripes.with_keys_locked(keys, checkpoint, &mut || {
            // A caller that has left may make a call on one of the keys, which must then be the
            // last. From here on it waits for the keys.
            result = pass(checkpoint).map(|()| self.commit_staged_locked(live, staged));
        });
        locked.and(result).unwrap_or_else(|error| {
            live.abort_all(staged);
            Err(self.write_failed(first, &error))
        })
    }

    /// Commits staged values whose keys are locked.
    pub(super) fn commit_staged_locked(
        &self,
        live: &Live<D>,
        staged: &[StagedValue],
    ) -> Result<()> {
        let Some(StagedValue { key: first, .. }) = staged.first() else { return Ok(()) };
        // The keys are locked, so none of them comes or goes meanwhile.
        let new_keys = || {
            let is_new = |value: &&StagedValue| live.shared.value_file(&value.key).is_none();
            staged.iter().filter(is_new).count() as u64
        };
        if let Err(error) = live.directory.add_keys(new_keys) {
            live.abort_all(staged);
            return Err(self.write_failed(first, &error));
        }
        let mut committed = Vec::new();
        let named = staged.iter().try_for_each(|value| {
            let (name, generation) =
                live.shared.with_index(|index| index.allocate(&value.key, &self.name))?;
            // Record the generation before the rename: a failed rename may have taken effect.
            committed.push((&value.key, generation));
            let renamed = live.directory.rename(&key::temporary_name(value.temporary), &name);
            renamed.map_err(|error| self.write_failed(&value.key, &error))
        });
        let synced = named.and_then(|()| {
            if self.options.durability == Durability::Full {
                sync_names(&*live.directory).map_err(|error| self.write_failed(first, &error))
            } else {
                Ok(())
            }
        });
        if synced.is_err() {
            for (value, (key, generation)) in staged.iter().zip(committed) {
                // If the temporary file still exists, it was not renamed, and a file of the final
                // name belongs to another program. If not, the rename may have taken effect, even
                // if it reported an error.
                if live.abort(value.temporary).is_err()
                    && live.remove_value_file(key, generation).is_err()
                {
                    live.remove_later(key, generation);
                }
            }
            live.abort_all(staged);
            live.directory.remove_keys(new_keys);
            return synced;
        }
        for (key, generation) in committed {
            let old = live.shared.with_index(|index| index.replace(key, generation));
            // The new value is valid, whether or not the old ones can be removed now.
            if let Some(old) = old.filter(|&old| live.remove_value_file(key, old).is_err()) {
                live.remove_later(key, old);
            }
            _ = live.remove_outdated(key);
        }
        for value in staged.iter().rev() {
            live.forget_temporary(value.temporary);
        }
        Ok(())
    }
}

/// Writes parts one after another. Gathers small parts, because there may be millions, and each
/// write is a system call.
fn write_parts(file: &impl File, parts: &[impl AsRef<[u8]>]) -> IoResult<()> {
    let mut gathered = Vec::new();
    let mut offset = 0;
    for parts in parts.chunks(ELEMENTS) {
        file.checkpoint()?;
        for part in parts.iter().map(AsRef::as_ref) {
            if gathered.len() + part.len() > MAX_GATHERED {
                offset = write_at(file, &gathered, offset)?;
                gathered.clear();
            }
            if part.len() > MAX_GATHERED {
                offset = write_at(file, part, offset)?;
            } else {
                gathered.extend_from_slice(part);
            }
        }
    }
    write_at(file, &gathered, offset).map(drop)
}

/// Writes bytes at `offset` and returns the offset after them.
fn write_at(file: &impl File, bytes: &[u8], offset: u64) -> IoResult<u64> {
    file.write_in_pieces(bytes, offset)?;
    Ok(offset + bytes.len() as u64)
}

impl<D: Directory> Live<D> {
    /// Removes the temporary file of a value that will not be committed, also after an
    /// interruption.
    pub(super) fn abort(&self, temporary: Generation) -> IoResult<()> {
        let removed = self.directory.remove_file(&key::temporary_name(temporary));
        // Closing the store tries once more to remove the file.
        if removed.as_ref().map_or_else(|error| error.kind == IoErrorKind::NotFound, |()| true) {
            self.forget_temporary(temporary);
        }
        removed
    }

    pub(super) fn abort_all(&self, staged: &[StagedValue]) {
        // The last file is found first when it is forgotten.
        for value in staged.iter().rev() {
            _ = self.abort(value.temporary);
        }
    }

    /// Forgets a temporary file that no longer exists.
    fn forget_temporary(&self, temporary: Generation) {
        self.unfinished.with(|unfinished| {
            // The most recent files mostly finish first.
            if let Some(at) = unfinished.iter().rposition(|number| *number == temporary) {
                unfinished.swap_remove(at);
            }
        });
    }
}
