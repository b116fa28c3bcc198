//! Reading values: whole, in part, several at once, as a stream, or as an array.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::index::{ValueFile, refuse_unnumbered};
use super::rules::{check_keys, check_max, check_read, check_value_mode, check_values};
use super::{Handle, Live, Store};
use crate::array::{Memmap, Mode};
use crate::error::Result;
use crate::fs::{Directory, File, IoErrorKind, IoResult, Open};
use crate::limits::MAX_TRANSFER;
use crate::region::{MapFile, Region};

/// A stream over a value. It reads the value that the key had when the stream was opened, even if
/// the key is replaced or removed, because an open file survives its removal.
pub struct ValueReader<D: Directory> {
    handle: Arc<Handle<D>>,
    key: String,
    file: D::File,
    size: u64,
    position: u64,
}

impl<D: Directory> Store<D> {
    /// Returns the value of `key`, or `None` if there is no such key.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded`] if the value is larger than one call may move, [`NotFound`] if another
    /// program has removed its file, and those of the file system.
    ///
    /// [`LimitExceeded`]: crate::error::Error::LimitExceeded
    /// [`NotFound`]: crate::error::Error::NotFound
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.0.get(&*self.0.live()?, key)
    }

    /// Returns the bytes `offset` to `offset + length` of the value, as far as it has them.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`].
    pub fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
        let Some((file, size)) = self.0.open_value(&*self.0.live()?, key)? else { return Ok(None) };
        let length = length.min(size.saturating_sub(offset));
        self.0.read_file(key, &file, offset, length).map(Some)
    }

    /// Returns the values of several keys, in the same order.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`]; the limit applies to all values together.
    pub fn get_many(&self, keys: &[impl AsRef<str>]) -> Result<Vec<Option<Vec<u8>>>> {
        let live = self.0.live()?;
        check_keys(keys.len())?;
        let mut moved = 0_u64;
        let value = |key: &str| {
            let Some((file, size)) = self.0.open_value(&live, key)? else { return Ok(None) };
            moved = moved.saturating_add(size);
            check_values(moved)?;
            self.0.read_file(key, &file, 0, size).map(Some)
        };
        keys.iter().map(AsRef::as_ref).map(value).collect()
    }

    /// Returns the length of the value in bytes.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`].
    pub fn size_of(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.0.open_value(&*self.0.live()?, key)?.map(|(_, size)| size))
    }

    /// Returns a stream over the value.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`], except that the size has no limit.
    pub fn reader(&self, key: &str) -> Result<Option<ValueReader<D>>> {
        let value = self.0.open_value(&*self.0.live()?, key)?;
        let reader = |(file, size)| ValueReader {
            handle: Arc::clone(&self.0),
            key: key.to_string(),
            file,
            size,
            position: 0,
        };
        Ok(value.map(reader))
    }

    /// Returns a stream over the value from byte `offset`.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`], except that the size has no limit.
    pub fn reader_from(&self, key: &str, offset: u64) -> Result<Option<ValueReader<D>>> {
        let reader = self.reader(key)?;
        Ok(reader.map(|reader| ValueReader { position: offset.min(reader.size), ..reader }))
    }

    /// Opens the value as a one-dimensional array of `uint8`.
    ///
    /// # Errors
    ///
    /// See `filemap:data/store.store.open-value`.
    pub fn open_value<R: Region>(&self, key: &str, mode: Mode) -> Result<Option<Memmap<R>>>
    where
        D::File: MapFile<Region = R>,
    {
        let how = match mode {
            Mode::ReadOnly | Mode::CopyOnWrite => Open::Read,
            Mode::ReadWrite | Mode::Write => Open::ReadWrite,
        };
        check_value_mode(mode)?;
        let live = if mode.changes_file() { self.0.writeable()? } else { self.0.live()? };
        let open = |name: &str| live.directory.open_file(name, how);
        let Some((file, place)) = self.0.open_with(&live, key, how, open)? else {
            return Ok(None);
        };
        let name = place.file_name(key)?;
        let path = if self.0.has_path { Some(format!("{}/{name}", self.0.name)) } else { None };
        Memmap::open_value(&file, mode, path).map(Some)
    }
}

impl<D: Directory> ValueReader<D> {
    /// Returns the next bytes: at most `max`, and no more than one call may move. Returns no bytes
    /// at the end.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`] if `max` is 0, [`Truncated`] if the file was truncated, and those of the
    /// file system.
    ///
    /// [`InvalidArgument`]: crate::error::Error::InvalidArgument
    /// [`Truncated`]: crate::error::Error::Truncated
    pub fn read(&mut self, max: u64) -> Result<Vec<u8>> {
        check_max(max, "bytes")?;
        let length = max.min(MAX_TRANSFER).min(self.size - self.position);
        let bytes = self.handle.read_file(&self.key, &self.file, self.position, length)?;
        self.position += length;
        Ok(bytes)
    }

    /// Returns the number of bytes up to the end of the value.
    #[must_use]
    pub const fn remaining(&self) -> u64 {
        self.size - self.position
    }

    /// Returns the file of the value, and the offset of the next byte in it.
    #[must_use]
    pub const fn file_position(&self) -> (&D::File, u64) {
        (&self.file, self.position)
    }
}

impl<D: Directory> Handle<D> {
    pub(super) fn get(&self, live: &Live<D>, key: &str) -> Result<Option<Vec<u8>>> {
        let Some((file, size)) = self.open_value(live, key)? else { return Ok(None) };
        self.read_file(key, &file, 0, size).map(Some)
    }

    /// Opens the file of a value and returns it with its size.
    pub(super) fn open_value(&self, live: &Live<D>, key: &str) -> Result<Option<(D::File, u64)>> {
        let open = |name: &str| live.directory.open_with_size(name);
        Ok(self.open_with(live, key, Open::Read, open)?.map(|(opened, _)| opened))
    }

    /// Opens the file of a value by `open`, which is given its name.
    fn open_with<T>(
        &self,
        live: &Live<D>,
        key: &str,
        how: Open,
        open: impl Fn(&str) -> IoResult<T>,
    ) -> Result<Option<(T, ValueFile)>> {
        loop {
            live.directory.checkpoint().map_err(|error| self.read_failed(key, &error))?;
            let Some(place) = live.shared.value_file(key) else { return Ok(None) };
            let name = place.file_name(key)?;
            if how != Open::Read && matches!(place, ValueFile::Unnumbered(_)) {
                return Err(refuse_unnumbered(key, &name));
            }
            match open(&name) {
                Ok(opened) => {
                    drop(name);
                    return Ok(Some((opened, place)));
                }
                // The value was replaced and its file removed after the lookup. Try the new file.
                Err(error)
                    if error.kind == IoErrorKind::NotFound
                        && live.shared.value_file(key).as_ref() != Some(&place) => {}
                Err(error) => return Err(self.read_failed(key, &error)),
            }
        }
    }

    /// Returns whether the file of a key is missing, because another program has removed it.
    pub(super) fn is_missing(&self, live: &Live<D>, key: &str) -> Result<bool> {
        loop {
            live.directory.checkpoint().map_err(|error| self.read_failed(key, &error))?;
            let Some(place) = live.shared.value_file(key) else { return Ok(false) };
            let found = live.directory.has_file(&place.file_name(key)?);
            if found.map_err(|error| self.read_failed(key, &error))? {
                return Ok(false);
            }
            if live.shared.value_file(key).as_ref() == Some(&place) {
                return Ok(true);
            }
        }
    }

    /// Reads a part of a value.
    pub(super) fn read_file(
        &self,
        key: &str,
        file: &D::File,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>> {
        check_read(key, length)?;
        file.read_vec(length, offset).map_err(|error| self.read_failed(key, &error))
    }
}
