//! A directory as a mutable mapping from strings to bytes: what `zict.File` is to Python.

mod options;
mod stream;

use std::fmt;

use crate::array::Memmap;
use crate::bindings::filemap::data::array::Mode;
use crate::bindings::filemap::data::store::{self as wit, Findings};
use crate::bulk::{MIN_STREAM_WRITE, ValueReader};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

pub use options::StoreOptions;
pub use stream::{Items, Keys, Reader, Writer};

/// A mapping from strings to bytes that lives in a directory: one file for each value. `zict.File`
/// reads what a store writes, and the reverse.
///
/// **Keys.** Any string is a key if its quoted form has at most 235 bytes. Keys are ordered by
/// their UTF-8 bytes.
///
/// **Atomicity.** A value is replaced atomically: after any failure or crash a reader finds the old
/// value or the new one, whole. [`StoreOptions::durability`] sets what survives a power cut.
///
/// **Large values.** [`get`](Self::get) and [`insert`](Self::insert) have no limit but the plugin's
/// memory. For values that do not fit in memory use [`reader`](Self::reader),
/// [`writer`](Self::writer) and [`value`](Self::value). Any other call moves at most 128 MiB, and
/// fails with [`Error::LimitExceeded`] for more.
///
/// **Errors of every function.** A change in a read-only store fails with [`Error::AccessDenied`],
/// and so does a change of a key whose file has no number, which only other programs write. A key
/// whose file another program has removed is [`Error::NotFound`] when its value is read. Any call
/// that uses the disk can fail with [`Error::Unavailable`], [`Error::Interrupted`] or
/// [`Error::Other`]. After [`close`](Self::close), iterators and writers of the store fail with
/// [`Error::Closed`].
///
/// `Display` and `Debug` write the directory and the number of keys, as Python's `repr` does:
/// `<File: results, 3 elements>`.
///
/// ```no_run
/// use filemap_plugin::Store;
///
/// let results = Store::open("data/results")?;
/// // zict: results["answer"] = b"42"
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

/// # Opening
impl Store {
    /// Opens the directory at `path` for reading and writing, and creates it if it does not exist.
    /// For anything else use [`StoreOptions`]. Similar to `zict.File(path)`.
    ///
    /// # Errors
    ///
    /// Those of [`StoreOptions::open`].
    pub fn open(path: &str) -> Result<Self> {
        StoreOptions::new().open(path)
    }

    /// Closes the directory. Iterators over the store are closed too, and values that were not
    /// committed are discarded. A drop does the same. Similar to `z.close()`.
    pub fn close(self) {
        self.raw.close();
    }
}

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
    /// key. The range ends at the end of the value, and is empty from there on. Similar to
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

/// # Changing values
impl Store {
    /// Sets the value of `key`, atomically. Unlike `HashMap::insert` it does not read the old
    /// value, and so does not return it. Similar to `z[key] = value`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpace`] if the disk is full, and [`Error::InvalidArgument`] for a key that is too
    /// long. After an error the key has its old value.
    pub fn insert(&self, key: &str, value: impl AsRef<[u8]>) -> Result<()> {
        let value = value.as_ref();
        if (value.len() as u64) < MIN_STREAM_WRITE {
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
        if parts.iter().map(|part| part.len() as u64).sum::<u64>() < MIN_STREAM_WRITE {
            return Ok(self.raw.set_parts(key, &parts)?);
        }
        let mut writer = self.writer(key)?;
        for part in &parts {
            writer.append(part)?;
        }
        writer.commit()
    }

    /// Returns the value of `key`. If there is no such key, sets it to `value` first. No other
    /// caller can set the key in between. Similar to `z.setdefault(key, value)`.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert), and [`Error::LimitExceeded`] for more than 128 MiB.
    pub fn get_or_insert(&self, key: &str, value: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        Ok(self.raw.set_default(key, value.as_ref())?)
    }

    /// Sets the values of several keys. If a key is listed twice, its last value counts. After an
    /// error nothing has changed. After a crash each key has its old value or its new one. One call
    /// takes at most 10,000 items. Similar to `z.update(items)`.
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

    /// Returns a writer for a value of any length, which is written in pieces. The key keeps its
    /// old value until [`Writer::commit`]. zict has no such function.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert).
    pub fn writer(&self, key: &str) -> Result<Writer> {
        Ok(Writer::new(self.raw.writer(key)?))
    }

    /// Removes `key`. Returns whether it existed. Similar to `z.discard(key)`.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] for a key whose file has no number.
    pub fn remove(&self, key: &str) -> Result<bool> {
        Ok(self.raw.remove(key)?)
    }

    /// Removes `key`. Returns its value, or `None` if there is no such key. No other caller gets
    /// the same value. Similar to `z.pop(key, None)`.
    ///
    /// # Errors
    ///
    /// Those of [`remove`](Self::remove), and [`Error::LimitExceeded`] for a value of more than
    /// 128 MiB, which is not removed.
    pub fn pop(&self, key: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.raw.pop(key)?)
    }

    /// Removes the first key. Returns the key and its value, or `None` if there is no key to
    /// remove. Similar to `z.popitem()`.
    ///
    /// # Errors
    ///
    /// Those of [`pop`](Self::pop).
    pub fn pop_first(&self) -> Result<Option<(String, Vec<u8>)>> {
        Ok(self.raw.pop_item()?)
    }

    /// Removes all keys, except those whose file has no number. After an error some keys may be
    /// removed. Similar to `z.clear()`.
    ///
    /// # Errors
    ///
    /// [`Error::Other`] if a file cannot be removed.
    pub fn clear(&self) -> Result<()> {
        Ok(self.raw.clear()?)
    }
}

/// # Keys
impl Store {
    /// Returns whether the key exists. Similar to `key in z`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn contains_key(&self, key: &str) -> Result<bool> {
        Ok(self.raw.contains(key)?)
    }

    /// Returns the number of keys. Similar to `len(z)`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn len(&self) -> Result<u64> {
        Ok(self.raw.len()?)
    }

    /// Returns whether there are no keys. Similar to `not z`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Returns an iterator over the keys, in the order of their UTF-8 bytes. The store may change
    /// meanwhile: a key that exists all the time is listed exactly once. Similar to `iter(z)`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn keys(&self) -> Result<Keys> {
        Ok(Keys::new(self.raw.keys()?))
    }

    /// Returns an iterator over the keys and their values, in the order of [`keys`](Self::keys).
    /// Similar to `z.items()`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn items(&self) -> Result<Items> {
        Ok(Items::new(self.raw.items()?))
    }

    /// Returns what was found in the directory when its keys were read, and the keys whose files
    /// are missing now. Reads no file. zict has no such function.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn verify(&self) -> Result<Findings> {
        Ok(self.raw.verify()?)
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
