//! A directory as a mutable mapping from strings to bytes: what `zict.File` is to Python.

mod findings;
mod options;
mod stream;

use std::fmt;

use crate::array::{Memmap, Mode};
use crate::bindings::filemap::data::store as wit;
use crate::bulk::{STREAMED_WRITES, Value};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

pub use findings::Findings;
pub use options::{Durability, StoreOptions};
pub use stream::{Items, Keys, Reader, Writer};

/// A mapping from strings to bytes that lives in a directory: one file for each value, readable by
/// `zict.File` and the reverse.
///
/// Every string is a key whose quoted form has at most 235 bytes. A value is replaced atomically:
/// whatever happens, a reader finds the old one or the new one, whole. [`get`](Self::get) and
/// [`insert`](Self::insert) have no limit but the plugin's memory; [`reader`](Self::reader),
/// [`writer`](Self::writer) and [`value`](Self::value) are for larger values. Other calls move at
/// most 128 MiB ([`Error::LimitExceeded`]). Every function fails with [`Error::Closed`] after the
/// store was closed, and every change with [`Error::AccessDenied`] in a store that is read-only.
///
/// `Display` and `Debug` show the directory and the number of keys, as Python's `repr` does:
/// `<File: results, 3 elements>`.
///
/// ```no_run
/// use filemap_plugin::Store;
///
/// let results = Store::open("data/results")?;
/// results.insert("answer", "42")?;
/// assert_eq!(results.get("answer")?.as_deref(), Some(&b"42"[..]));
/// for key in results.keys()? {
///     println!("{}", key?);
/// }
/// # Ok::<(), filemap_plugin::Error>(())
/// ```
pub struct Store {
    raw: wit::Store,
}

impl Store {
    /// Opens the directory at `path`, and creates it if it does not exist. [`StoreOptions`] have
    /// everything else. Similar to `zict.File(path)`.
    ///
    /// # Errors
    ///
    /// Those of [`StoreOptions::open`].
    pub fn open(path: &str) -> Result<Self> {
        StoreOptions::new().open(path)
    }

    /// Returns the value of `key`, or `None` if there is no such key. Similar to `z.get(key)`.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`] for a value of more than the plugin's memory holds, and
    /// [`Error::Truncated`] for one whose file is truncated while it is read.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        // At every size: nothing tells the size before, and a stream is hardly slower for little.
        let Some(mut value) = Value::open(&self.raw, key)? else { return Ok(None) };
        let mut data = Vec::new();
        value.read_to_end(&mut data)?;
        Ok(Some(data))
    }

    /// Returns the bytes `offset` to `offset + length` of the value, or `None` if there is no such
    /// key. The range ends at the end of the value. Reads nothing else. Similar to
    /// `z[key][offset : offset + length]`.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`] for more than 128 MiB.
    pub fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.raw.get_range(key, offset, length)?)
    }

    /// Returns the values of these keys, in their order, with `None` for each missing key. At most
    /// 10,000 keys. Similar to `[z.get(key) for key in keys]`.
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
    /// [`Error::Closed`].
    pub fn size_of(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.raw.size_of(key)?)
    }

    /// Returns a reader from the start of the value, or `None` if there is no such key. It reads
    /// the value that the key has now, also if the key is replaced or removed meanwhile, or the
    /// store is closed.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn reader(&self, key: &str) -> Result<Option<Reader>> {
        Ok(Value::open(&self.raw, key)?.map(Reader::new))
    }

    /// Maps the value as an array of one axis of `uint8`, or returns `None` if there is no such
    /// key. The array keeps its bytes when the key is replaced or removed. In [`Mode::ReadWrite`],
    /// writes to the array change the value in place, which is not atomic. Similar to
    /// `zict.File(path, memmap=True)[key]`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for [`Mode::Write`].
    pub fn value(&self, key: &str, mode: Mode) -> Result<Option<Memmap>> {
        self.raw.open_value(key, mode.into())?.map(Memmap::first).transpose()
    }

    /// Sets the value of `key`, atomically. Unlike a map of the standard library it does not return
    /// the old value, which it does not read. Similar to `z[key] = value`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpace`] if the disk is full, and [`Error::InvalidArgument`] for a key that is too
    /// long. After an error the key has the value that it had.
    pub fn insert(&self, key: &str, value: impl AsRef<[u8]>) -> Result<()> {
        let value = value.as_ref();
        if (value.len() as u64) < STREAMED_WRITES {
            return Ok(self.raw.set(key, value)?);
        }
        let mut writer = self.writer(key)?;
        writer.append(value)?;
        writer.commit()
    }

    /// Sets the value of `key` to the concatenation of `parts`, atomically, without joining them in
    /// memory. Similar to `z[key] = [part, part]`.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert).
    pub fn insert_parts<P: Into<Vec<u8>>>(
        &self,
        key: &str,
        parts: impl IntoIterator<Item = P>,
    ) -> Result<()> {
        let parts: Vec<Vec<u8>> = parts.into_iter().map(Into::into).collect();
        if parts.iter().map(|part| part.len() as u64).sum::<u64>() < STREAMED_WRITES {
            return Ok(self.raw.set_parts(key, &parts)?);
        }
        let mut writer = self.writer(key)?;
        for part in &parts {
            writer.append(part)?;
        }
        writer.commit()
    }

    /// Returns the value of `key`. If there is no such key, sets `value` first. No other caller can
    /// set the key in between. Similar to `z.setdefault(key, value)`.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert), and [`Error::LimitExceeded`] for more than 128 MiB.
    pub fn get_or_insert(&self, key: &str, value: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        Ok(self.raw.set_default(key, value.as_ref())?)
    }

    /// Sets the value of every key; of a key that is listed twice, the last. After an error nothing
    /// has changed. After a crash each key has its old value or its new one. At most 10,000 items.
    /// Similar to `z.update(items)`.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert), and [`Error::LimitExceeded`] for more items, or for more
    /// than 128 MiB together.
    pub fn extend<K: Into<String>, V: Into<Vec<u8>>>(
        &self,
        items: impl IntoIterator<Item = (K, V)>,
    ) -> Result<()> {
        let items: Vec<_> =
            items.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Ok(self.raw.update(&items)?)
    }

    /// Returns a writer for a value of any length, which may come in pieces. The key keeps its
    /// present value until [`Writer::commit`].
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert).
    pub fn writer(&self, key: &str) -> Result<Writer> {
        Ok(Writer::new(self.raw.writer(key)?))
    }

    /// Removes `key` and returns whether it existed. Similar to `z.discard(key)`.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] for the key of a file without a number, which only others write.
    pub fn remove(&self, key: &str) -> Result<bool> {
        Ok(self.raw.remove(key)?)
    }

    /// Removes `key` and returns its value, or `None` if there is no such key. No other caller gets
    /// the same value. Similar to `z.pop(key, None)`.
    ///
    /// # Errors
    ///
    /// Those of [`remove`](Self::remove), and [`Error::LimitExceeded`] for a value of more than 128
    /// MiB, which is not removed.
    pub fn pop(&self, key: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.raw.pop(key)?)
    }

    /// Removes the first key in the order of the UTF-8 bytes, and returns it with its value, or
    /// `None` if there is no key left to remove. Similar to `z.popitem()`.
    ///
    /// # Errors
    ///
    /// Those of [`pop`](Self::pop).
    pub fn pop_first(&self) -> Result<Option<(String, Vec<u8>)>> {
        Ok(self.raw.pop_item()?)
    }

    /// Removes all keys, except those of files without a number. After an error some keys may be
    /// removed. Similar to `z.clear()`.
    ///
    /// # Errors
    ///
    /// [`Error::Other`] if a file cannot be removed.
    pub fn clear(&self) -> Result<()> {
        Ok(self.raw.clear()?)
    }

    /// Returns whether the key exists. Similar to `key in z`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn contains_key(&self, key: &str) -> Result<bool> {
        Ok(self.raw.contains(key)?)
    }

    /// Returns the number of keys. Similar to `len(z)`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn len(&self) -> Result<u64> {
        Ok(self.raw.len()?)
    }

    /// Returns whether there are no keys.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Returns the keys in the order of their UTF-8 bytes. The store may change while they are
    /// read: a key that exists all the time is listed exactly once. Similar to `iter(z)`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn keys(&self) -> Result<Keys> {
        Ok(Keys::new(self.raw.keys()?))
    }

    /// Returns the keys with their values, in the same order and under the same conditions. Similar
    /// to `z.items()`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn items(&self) -> Result<Items> {
        Ok(Items::new(self.raw.items()?))
    }

    /// Closes the directory. Key and item streams of the store are closed too, and values that were
    /// not committed are discarded. A drop does the same. Similar to `z.close()`.
    pub fn close(self) {
        self.raw.close();
    }
}

impl fmt::Display for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.raw.describe())
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
