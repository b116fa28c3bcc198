//! Setting and removing values.

use std::sync::atomic::Ordering;

use super::{Store, Writer};
use crate::bulk::{self, Speed};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

/// The minimum length of a value that is written through a stream, in bytes. A stream takes six
/// calls more than a list, but under the portable provider, a list is copied byte by byte: 64 KiB
/// take 89 us by a list and 53 us by a stream, and 8 KiB take 27 us by both.
const MIN_STREAM: usize = 16 << 10;

/// The same where streams are slow. The default of wasmtime-wasi hands each 64 KiB of a stream to
/// another thread: 64 KiB take 130 us by a stream, and from 256 KiB on it is as fast as a list.
const MIN_SLOW_STREAM: usize = 256 << 10;

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
        // The first stream shows whether the next ones are fast.
        let is_slow = self.has_slow_streams.load(Ordering::Relaxed);
        if value.len() < if is_slow { MIN_SLOW_STREAM } else { MIN_STREAM } {
            return Ok(self.raw.set(key, value)?);
        }
        let writer = self.raw.writer(key)?;
        let speed = bulk::append_by_stream(&writer, value)?;
        self.has_slow_streams.store(speed == Speed::Slow, Ordering::Relaxed);
        Ok(writer.commit()?)
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
        if parts.iter().map(Vec::len).sum::<usize>() < MIN_SLOW_STREAM {
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
    /// error nothing has changed, except that after [`Error::Interrupted`] or
    /// [`Error::Unavailable`] everything may have changed, or change soon: before any later call
    /// that changes one of the keys. Calls that only read may find the state before until then.
    /// After a crash each key has its old value or its new one. One call takes at most 10,000
    /// items. Similar to `z.update(items)`.
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
