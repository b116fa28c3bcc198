//! Staged values: whole under a temporary name, until all of them get their names together.

use alloc::vec::Vec;

use super::index::Index;
use super::key::{self, Generation};
use super::{Durability, Handle, Live};
use crate::error::{Error, Result};
use crate::fs::{Directory, File, IoErrorKind, IoResult, Lock, Open};

/// How many temporary names are tried that turn out to be in use by somebody else.
const TEMPORARY_TRIES: u32 = 16;

/// How many bytes of small parts are staged at a time.
const MAX_GATHERED: usize = 64 << 10;

/// A value that is whole under its temporary name.
pub(super) struct StagedValue<'a> {
    pub(super) key: &'a str,
    pub(super) temporary: Generation,
}

impl<D: Directory> Handle<D> {
    /// Makes a temporary file for a key that may get a new value.
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
                Err(error) => return Err(Error::io("make a file in", &self.name, &error)),
            }
        }
    }

    /// Writes a value to a temporary file.
    pub(super) fn stage<'a>(
        &self,
        live: &Live<D>,
        key: &'a str,
        parts: &[impl AsRef<[u8]>],
    ) -> Result<StagedValue<'a>> {
        let (file, temporary) = self.create_temporary(live, key)?;
        let staged = write_parts(&file, parts).and_then(|()| self.sync(&file));
        match staged {
            Ok(()) => Ok(StagedValue { key, temporary }),
            Err(error) => {
                drop(file);
                _ = live.abort(temporary);
                Err(self.write_failed(key, &error))
            }
        }
    }

    /// Waits for the bytes of a value, as far as the durability says.
    pub(super) fn sync(&self, file: &D::File) -> IoResult<()> {
        if self.options.durability >= Durability::Data { file.sync_data() } else { Ok(()) }
    }

    /// Gives values their names, all or none, and removes those before.
    pub(super) fn commit_staged(&self, live: &Live<D>, staged: &[StagedValue<'_>]) -> Result<()> {
        let mut result = Ok(());
        live.shared.with_keys_locked(staged.iter().map(|value| value.key), &mut || {
            result = self.commit_staged_locked(live, staged);
        });
        result
    }

    /// The same for keys that nobody else changes meanwhile.
    pub(super) fn commit_staged_locked(
        &self,
        live: &Live<D>,
        staged: &[StagedValue<'_>],
    ) -> Result<()> {
        let Some(StagedValue { key: first, .. }) = staged.first() else { return Ok(()) };
        let mut committed = Vec::new();
        let named = staged.iter().try_for_each(|value| {
            let (name, generation) =
                live.shared.with_index(|index| index.allocate(value.key, &self.name))?;
            // Also where this fails: it may have been done all the same.
            committed.push((value.key, generation));
            let renamed = live.directory.rename(&key::temporary_name(value.temporary), &name);
            renamed.map_err(|error| self.write_failed(value.key, &error))
        });
        let synced = named.and_then(|()| {
            let is_full = self.options.durability == Durability::Full;
            if is_full {
                live.directory.sync().map_err(|error| self.write_failed(first, &error))
            } else {
                Ok(())
            }
        });
        if synced.is_err() {
            for (value, (key, generation)) in staged.iter().zip(committed) {
                // Where it is still there it has not got its name, and a file of that name would be
                // somebody else's. Whatever else is said of it, the name may have been given.
                if live.abort(value.temporary).is_err()
                    && live.remove_value_file(key, generation).is_err()
                {
                    live.remove_later(key, generation);
                }
            }
            live.abort_all(staged);
            return synced;
        }
        for (key, generation) in committed {
            live.shared.with_index(|index| index.insert(key, generation));
            // The new value stands, whether the old one can be removed now or only later.
            _ = live.remove_outdated(key);
        }
        for value in staged.iter().rev() {
            live.forget_temporary(value.temporary);
        }
        Ok(())
    }
}

/// Writes parts one behind the other, small ones together: there may be millions, and each write is
/// a call of the system.
fn write_parts(file: &impl File, parts: &[impl AsRef<[u8]>]) -> IoResult<()> {
    let mut gathered = Vec::new();
    let mut offset = 0;
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
    write_at(file, &gathered, offset).map(drop)
}

/// Writes bytes, and says where those behind them go.
fn write_at(file: &impl File, bytes: &[u8], offset: u64) -> IoResult<u64> {
    file.write_all(bytes, offset)?;
    Ok(offset + bytes.len() as u64)
}

impl<D: Directory> Live<D> {
    /// Removes the temporary file of a value that is not to be.
    pub(super) fn abort(&self, temporary: Generation) -> IoResult<()> {
        let removed = self.directory.remove_file(&key::temporary_name(temporary));
        // What cannot be removed now is tried once more when the store is closed.
        if removed.as_ref().map_or_else(|error| error.kind == IoErrorKind::NotFound, |()| true) {
            self.forget_temporary(temporary);
        }
        removed
    }

    pub(super) fn abort_all(&self, staged: &[StagedValue<'_>]) {
        for value in staged {
            _ = self.abort(value.temporary);
        }
    }

    /// Takes note that a temporary file is no more.
    fn forget_temporary(&self, temporary: Generation) {
        self.unfinished.with(|unfinished| {
            // The last ones are mostly the first to be done.
            if let Some(at) = unfinished.iter().rposition(|number| *number == temporary) {
                unfinished.swap_remove(at);
            }
        });
    }
}
