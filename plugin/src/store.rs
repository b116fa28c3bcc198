//! A directory used as a mutable mapping from strings to bytes: what `zict.File` is to Python.

mod findings;
mod options;
mod stream;

use std::fmt;

use crate::array::{Memmap, Mode};
use crate::bindings::filemap::data::store as wit;
use crate::bulk::{STREAMED, Value};
use crate::error::Result;

pub use findings::Findings;
pub use options::{Durability, StoreOptions};
pub use stream::{Items, Keys, Reader, Writer};

/// A mapping from strings to bytes that lives in a directory: one file a value, readable by `zict.File` and the reverse.
///
/// Any string is a key whose file name is at most 255 bytes long. A value is replaced atomically: whatever happens, a reader
/// finds the old one or the new one, whole. [`get`](Self::get) and [`insert`](Self::insert) have no limit but the plugin's
/// memory; [`reader`](Self::reader), [`writer`](Self::writer) and [`value`](Self::value) are for larger values. Other
/// calls move at most 128 MiB ([`Error::LimitExceeded`](crate::Error::LimitExceeded)). Every function fails with
/// [`Error::Closed`](crate::Error::Closed) after the store was closed, and every change with
/// [`Error::AccessDenied`](crate::Error::AccessDenied) in a store that is read-only.
///
/// `Display` and `Debug` give the directory and the number of keys, as Python's `repr` does:
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
    /// Opens the directory at `path`, and makes it where there is none. For anything else there is [`StoreOptions`].
    /// Similar to `zict.File(path)`.
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
    /// [`Error::LimitExceeded`](crate::Error::LimitExceeded) for a value of more than the plugin's
    /// memory holds.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match self.raw.size_of(key)? {
            None => Ok(None),
            Some(length) if length < STREAMED => Ok(self.raw.get(key)?),
            Some(_) => {
                let Some(mut value) = Value::open(&self.raw, key)? else { return Ok(None) };
                let mut data = Vec::new();
                value.read_to_end(&mut data)?;
                Ok(Some(data))
            }
        }
    }

    /// The bytes `offset` to `offset + length` of the value, cut off where it ends, or `None` where there is no such
    /// key. The rest is not read. Similar to `z[key][offset : offset + length]`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.raw.get_range(key, offset, length)?)
    }

    /// The values of these keys, in their order, each `None` where there is no such key. At most 10,000 keys.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`](crate::Error::LimitExceeded) for more keys, or for more than 128 MiB together.
    pub fn get_many<K: Into<String>>(&self, keys: impl IntoIterator<Item = K>) -> Result<Vec<Option<Vec<u8>>>> {
        Ok(self.raw.get_many(&keys.into_iter().map(Into::into).collect::<Vec<_>>())?)
    }

    /// The length of the value in bytes, or `None` where there is no such key. Similar to `len(z[key])`, without reading it.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed).
    pub fn size_of(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.raw.size_of(key)?)
    }

    /// A stream over the value, from its beginning, or `None` where there is no such key. It reads the value that the
    /// key has now, whatever becomes of the key.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed).
    pub fn reader(&self, key: &str) -> Result<Option<Reader>> {
        Ok(Value::open(&self.raw, key)?.map(Reader::new))
    }

    /// The value as an array of one axis of `uint8`, or `None` where there is no such key. It keeps its bytes when the
    /// key is replaced or removed. In [`Mode::ReadWrite`] what is written to it is written to the value in place, which
    /// is not atomic. Similar to `zict.File(path, memmap=True)[key]`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for [`Mode::Write`].
    pub fn value(&self, key: &str, mode: Mode) -> Result<Option<Memmap>> {
        self.raw.open_value(key, mode.into())?.map(Memmap::first).transpose()
    }

    /// Makes `value` the value of `key`, atomically. Unlike a map of Rust's it does not return the old one, which nobody has
    /// read. Similar to `z[key] = value`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpace`](crate::Error::NoSpace) where the disk is full, and
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a key that is too long.
    pub fn insert(&self, key: &str, value: impl AsRef<[u8]>) -> Result<()> {
        let value = value.as_ref();
        if (value.len() as u64) < STREAMED {
            return Ok(self.raw.set(key, value)?);
        }
        let mut writer = self.writer(key)?;
        writer.append(value)?;
        writer.commit()
    }

    /// Makes the concatenation of `parts` the value of `key`, atomically. Similar to `z[key] = [part, part]`.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert).
    pub fn insert_parts<P: Into<Vec<u8>>>(&self, key: &str, parts: impl IntoIterator<Item = P>) -> Result<()> {
        let parts: Vec<Vec<u8>> = parts.into_iter().map(Into::into).collect();
        if parts.iter().map(|part| part.len() as u64).sum::<u64>() < STREAMED {
            return Ok(self.raw.set_parts(key, &parts)?);
        }
        let mut writer = self.writer(key)?;
        for part in &parts {
            writer.append(part)?;
        }
        writer.commit()
    }

    /// The value of `key`; where there is no such key, makes `value` its value first. Nobody else can set the key
    /// between the two. Similar to `z.setdefault(key, value)`.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert) and [`get`](Self::get).
    pub fn get_or_insert(&self, key: &str, value: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        Ok(self.raw.set_default(key, value.as_ref())?)
    }

    /// Makes each value that of its key; where a key is there twice, the last. After an error nothing has been changed;
    /// after a crash each key has its old value or its new one. At most 10,000 items. Similar to `z.update(items)`.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert), and [`Error::LimitExceeded`](crate::Error::LimitExceeded) for more items, or for
    /// more than 128 MiB together.
    pub fn extend<K: Into<String>, V: Into<Vec<u8>>>(&self, items: impl IntoIterator<Item = (K, V)>) -> Result<()> {
        let items: Vec<_> = items.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Ok(self.raw.update(&items)?)
    }

    /// A stream for a value of any length. The key has it from [`Writer::commit`] on, and until then the value that it had.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert).
    pub fn writer(&self, key: &str) -> Result<Writer> {
        Ok(Writer::new(self.raw.writer(key)?))
    }

    /// Removes `key`, and says whether it was there. Similar to `z.discard(key)`.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`](crate::Error::AccessDenied) for the key of a file without a number, which only others wrote.
    pub fn remove(&self, key: &str) -> Result<bool> {
        Ok(self.raw.remove(key)?)
    }

    /// Removes `key` and returns its value, or `None` where there is no such key. Nobody else gets the same value.
    /// Similar to `z.pop(key, None)`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get), where the key stays, and of [`remove`](Self::remove).
    pub fn pop(&self, key: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.raw.pop(key)?)
    }

    /// Removes the first key in the order of the UTF-8 bytes, and returns it with its value, or `None` where there is
    /// none left to remove. Similar to `z.popitem()`.
    ///
    /// # Errors
    ///
    /// Those of [`pop`](Self::pop).
    pub fn pop_first(&self) -> Result<Option<(String, Vec<u8>)>> {
        Ok(self.raw.pop_item()?)
    }

    /// Removes all keys, but for those of files without a number. After an error some may be removed. Similar to
    /// `z.clear()`.
    ///
    /// # Errors
    ///
    /// [`Error::Other`](crate::Error::Other) where a file cannot be removed.
    pub fn clear(&self) -> Result<()> {
        Ok(self.raw.clear()?)
    }

    /// Whether there is such a key. Similar to `key in z`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed).
    pub fn contains_key(&self, key: &str) -> Result<bool> {
        Ok(self.raw.contains(key)?)
    }

    /// The number of keys. Similar to `len(z)`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed).
    pub fn len(&self) -> Result<u64> {
        Ok(self.raw.len()?)
    }

    /// Whether there are no keys.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed).
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// The keys, in the order of their UTF-8 bytes. The store may be changed meanwhile: a key that is there all the time is
    /// seen exactly once. Similar to `iter(z)`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed).
    pub fn keys(&self) -> Result<Keys> {
        Ok(Keys::new(self.raw.keys()?))
    }

    /// The keys with their values, in the same order and in the same way. Similar to `z.items()`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed).
    pub fn items(&self) -> Result<Items> {
        Ok(Items::new(self.raw.items()?))
    }

    /// Lets go of the directory: streams of keys and items, and values that were not committed, are gone too. A drop
    /// does the same. Similar to `z.close()`.
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
