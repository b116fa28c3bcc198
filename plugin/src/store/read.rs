//! Reading values.

use super::{Reader, Store};
use crate::array::Memmap;
use crate::bindings::filemap::data::array::Mode;
use crate::bulk::ValueReader;
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

/// # Reading values
impl Store {
    /// Returns the value of `key`, or `None` if there is no such key. Similar to `z.get(key)`.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`] for a value of more than the plugin's memory holds, and
    /// [`Error::Truncated`] if the file is truncated while it is read.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        // Through a stream at every size: the size is not known before, and a stream is hardly
        // slower for a small value.
        let Some(mut value) = ValueReader::open(&self.raw, key)? else { return Ok(None) };
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
    /// [`Error::LimitExceeded`] for more keys, or for more than 128 MiB together.
    pub fn get_many<K: Into<String>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<Option<Vec<u8>>>> {
        Ok(self.raw.get_many(&keys.into_iter().map(Into::into).collect::<Vec<_>>())?)
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
