//! ParseMode values: whole, in part, many, as a stream, and as an array.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::index::{ValueFile, refuse_unnumbered};
use super::stream::check_max;
use super::{Handle, Live, Store};
use crate::array::{Memmap, Mode};
use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::fs::{Directory, File, IoErrorKind, Open};
use crate::limits::{MAX_TRANSFER, check_keys, check_transfer, zeroed};
use crate::region::{MapFile, Region};

/// A value that is read from its beginning to its end. It reads the value that there was when it
/// was made, also when the key is replaced or removed meanwhile: its file lives on without a name.
pub struct ValueReader<D: Directory> {
    handle: Arc<Handle<D>>,
    key: String,
    file: D::File,
    size: u64,
    position: u64,
}

impl<D: Directory> Store<D> {
    /// The value of `key`, or `None` where there is no such key.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`] for a value larger than one call may move, [`Error::NotFound`]
    /// where somebody else has removed its file, and those of the file system.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.0.get(&*self.0.live()?, key)
    }

    /// The bytes `offset` to `offset + length` of the value, cut off where it ends.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`].
    pub fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
        let Some((file, size)) = self.0.open_value(&*self.0.live()?, key)? else { return Ok(None) };
        let length = length.min(size.saturating_sub(offset));
        self.0.read_file(key, &file, offset, length).map(Some)
    }

    /// The values of these keys, in their order.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`]; what one call may move is for all of them together.
    pub fn get_many(&self, keys: &[impl AsRef<str>]) -> Result<Vec<Option<Vec<u8>>>> {
        let live = self.0.live()?;
        check_keys(keys.len())?;
        let mut moved = 0_u64;
        let value = |key: &str| {
            let Some((file, size)) = self.0.open_value(&live, key)? else { return Ok(None) };
            moved = moved.saturating_add(size);
            check_transfer(moved, "what these values have together", "ask for fewer of them")?;
            self.0.read_file(key, &file, 0, size).map(Some)
        };
        keys.iter().map(AsRef::as_ref).map(value).collect()
    }

    /// The length of the value in bytes.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`].
    pub fn size_of(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.0.open_value(&*self.0.live()?, key)?.map(|(_, size)| size))
    }

    /// A stream over the value.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`], whatever the size.
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

    /// A reader of the value from byte `offset` on, for a stream: the value that the key has now.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`], whatever the size.
    pub fn reader_from(&self, key: &str, offset: u64) -> Result<Option<ValueReader<D>>> {
        let reader = self.reader(key)?;
        Ok(reader.map(|reader| ValueReader { position: offset.min(reader.size), ..reader }))
    }

    /// The value as an array of one axis of `uint8`.
    ///
    /// # Errors
    ///
    /// As `filemap:data/store.store.open-value` says.
    pub fn open_value<R: Region>(&self, key: &str, mode: Mode) -> Result<Option<Memmap<R>>>
    where
        D::File: MapFile<Region = R>,
    {
        let how = match mode {
            Mode::ReadOnly | Mode::CopyOnWrite => Open::Read,
            Mode::ReadWrite => Open::ReadWrite,
            Mode::Write => {
                return Err(Error::InvalidArgument(
                    "mode `write` makes a new file, and `open-value` opens a value that is there: \
                     use `read-write`"
                        .into(),
                ));
            }
        };
        let live = if mode.changes_file() { self.0.writeable()? } else { self.0.live()? };
        let Some((file, place)) = self.0.open_file(&live, key, how)? else { return Ok(None) };
        let name = place.file_name(key)?;
        let path = if self.0.has_path { Some(format!("{}/{name}", self.0.name)) } else { None };
        Memmap::open_value(&file, mode, path).map(Some)
    }
}

impl<D: Directory> ValueReader<D> {
    /// The next bytes, at max `max` and no more than one call may move; none at the end.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where `max` is 0, [`Error::Truncated`] where somebody has cut
    /// the file off, and those of the file system.
    pub fn read(&mut self, max: u64) -> Result<Vec<u8>> {
        check_max(max, "bytes")?;
        let length = max.min(MAX_TRANSFER).min(self.size - self.position);
        let bytes = self.handle.read_file(&self.key, &self.file, self.position, length)?;
        self.position += length;
        Ok(bytes)
    }

    /// Fills `buffer` with the next bytes, as far as there are any, and returns how many it read.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] if something has truncated the file, and those of the file system.
    pub fn read_into(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let length = buffer.len().min(usize::try_from(self.remaining()).unwrap_or(usize::MAX));
        self.file
            .read_exact(&mut buffer[..length], self.position)
            .map_err(|error| self.handle.read_failed(&self.key, &error))?;
        self.position += length as u64;
        Ok(length)
    }

    /// The number of bytes up to the end of the value.
    #[must_use]
    pub const fn remaining(&self) -> u64 {
        self.size - self.position
    }

    /// The file of the value, and the place in it of the next byte.
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

    /// The file of a value, and its size.
    pub(super) fn open_value(&self, live: &Live<D>, key: &str) -> Result<Option<(D::File, u64)>> {
        let Some((file, _)) = self.open_file(live, key, Open::Read)? else { return Ok(None) };
        let size = file.size().map_err(|error| self.read_failed(key, &error))?;
        Ok(Some((file, size)))
    }

    fn open_file(
        &self,
        live: &Live<D>,
        key: &str,
        how: Open,
    ) -> Result<Option<(D::File, ValueFile)>> {
        loop {
            let Some(place) = live.shared.value_file(key) else { return Ok(None) };
            let name = place.file_name(key)?;
            if how != Open::Read && matches!(place, ValueFile::Unnumbered(_)) {
                return Err(refuse_unnumbered(key, &name));
            }
            match live.directory.open_file(&name, how) {
                Ok(file) => {
                    drop(name);
                    return Ok(Some((file, place)));
                }
                // Between the two, somebody has replaced the value and removed the file: the next
                // one will do.
                Err(error)
                    if error.kind == IoErrorKind::NotFound
                        && live.shared.value_file(key).as_ref() != Some(&place) => {}
                Err(error) => return Err(self.read_failed(key, &error)),
            }
        }
    }

    /// Whether a key has no file, which only somebody else can have brought about.
    pub(super) fn is_missing(&self, live: &Live<D>, key: &str) -> Result<bool> {
        loop {
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
        if length > MAX_TRANSFER {
            let what = format!("the value of `{}`", excerpt(key));
            check_transfer(length, &what, "read it in pieces by `get-range` or a `reader`")?;
        }
        let mut buffer = zeroed(length)?;
        file.read_exact(&mut buffer, offset).map_err(|error| self.read_failed(key, &error))?;
        Ok(buffer)
    }
}
