//! Reading values.

use std::iter;
use std::sync::atomic::Ordering;

use super::{Reader, Store};
use crate::array::Memmap;
use crate::bindings::filemap::data::array::Mode;
use crate::bulk::ValueReader;
use crate::error::{Error, Result};
use crate::memory::DoublingGrowth;

/// The maximum length of a value that one call returns as a list. A stream takes two calls more,
/// but under the portable provider a list is copied byte by byte.
const MAX_LIST: u64 = 4 << 10;

/// The maximum number of keys that one call takes.
const MAX_KEYS: usize = 10_000;

/// # Reading values
impl Store {
    /// Returns the value of `key`, or `None` if there is no such key. Similar to `z.get(key)`.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`] for a value of more than the plugin's memory holds, and
    /// [`Error::Truncated`] if the file is truncated while it is read.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        // The values of a store mostly are of similar lengths: try a list first if the last value
        // that was read would have fitted.
        if !self.has_long_values() {
            let Some(data) = self.raw.get_range(key, 0, MAX_LIST + 1)? else { return Ok(None) };
            if data.len() as u64 <= MAX_LIST {
                return Ok(Some(data));
            }
        }
        let Some(mut value) = ValueReader::open(&self.raw, key)? else { return Ok(None) };
        self.has_long_values.store(value.left() > MAX_LIST, Ordering::Relaxed);
        let mut data = Vec::new();
        value.read_to_end(&mut data)?;
        Ok(Some(data))
    }

    /// Returns the bytes `offset` to `offset + length` of the value, or `None` if there is no such
    /// key. The range is cut off at the end of the value, and empty after it. Similar to
    /// `z[key][offset : offset + length]`, without reading the rest.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`] for more than 128 MiB.
    pub fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.raw.get_range(key, offset, length)?)
    }

    /// Returns the values of these keys, in their order, with `None` for each missing key. One call
    /// takes at most 10,000 keys. Similar to `[z.get(key) for key in keys]`.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`] for more keys, or for more values than the plugin's memory holds.
    pub fn get_many<K: Into<String>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<Option<Vec<u8>>>> {
        let keys: Vec<String> = keys.into_iter().map(Into::into).collect();
        if keys.is_empty() || keys.len() > MAX_KEYS {
            return Ok(self.raw.get_many(&keys)?);
        }
        // The first value tells how long the others may be. One call for many long values is slower
        // than many calls, because their lists are fresh memory.
        let first = self.get(&keys[0])?;
        if !self.has_long_values() {
            match self.raw.get_many(&keys[1..]).map_err(Error::from) {
                Ok(others) => return Ok(iter::once(first).chain(others).collect()),
                // They are more than one call moves.
                Err(Error::LimitExceeded(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let (mut growth, mut next) = (DoublingGrowth::default(), Some(first));
        let values = keys.iter().map(|key| {
            let value = next.take().map_or_else(|| self.get(key), Ok)?;
            growth.collect(value.as_ref().map_or(0, Vec::len));
            Ok(value)
        });
        values.collect()
    }

    /// Whether the last value that [`get`](Self::get) returned was too long for a list.
    fn has_long_values(&self) -> bool {
        self.has_long_values.load(Ordering::Relaxed)
    }

    /// Returns the length of the value in bytes, or `None` if there is no such key. Similar to
    /// `len(z[key])`, without reading the value.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn size_of(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.raw.size_of(key)?)
    }

    /// Returns a reader from the start of the value, or `None` if there is no such key. It reads
    /// the value that the key has now, even if the key is replaced or removed meanwhile, or the
    /// store is closed. zict has no such function.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn reader(&self, key: &str) -> Result<Option<Reader>> {
        Ok(ValueReader::open(&self.raw, key)?.map(Reader::new))
    }

    /// Maps the value as an array of one axis of `uint8`, or returns `None` if there is no such
    /// key. The array keeps its bytes when the key is replaced or removed, or the store is closed.
    /// In [`Mode::ReadWrite`], writes to the array change the value in place, which is not atomic.
    /// Similar to `zict.File(path, memmap=True)[key]`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for [`Mode::Write`].
    pub fn value(&self, key: &str, mode: Mode) -> Result<Option<Memmap>> {
        self.raw.open_value(key, mode)?.map(Memmap::with_new_mapping).transpose()
    }
}
