//! Streams over the keys and items of a store, which may change while they are read.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::index::key_memory;
use super::rules::{check_max, check_values};
use super::{Handle, Live};
use crate::checkpoint::ELEMENTS;
use crate::error::{Error, Result};
use crate::fs::Directory;
use crate::limits::{MAX_KEYS, MAX_TRANSFER};

/// The number of keys that an item stream looks up at a time.
const KEYS_AT_A_TIME: u32 = 100;

/// The keys and values of a store that streams read.
pub trait StreamSource {
    /// What one call works with.
    type Session;

    /// Begins a call.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] if the store is closed, and [`Error::Interrupted`].
    fn begin(&self) -> Result<Self::Session>;

    /// Returns the next keys after `after`, at most `max`, in the order of their bytes; no keys at
    /// the end.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`], and those of the storage.
    fn keys_after(
        &self,
        session: &Self::Session,
        after: Option<&str>,
        max: u32,
    ) -> Result<Vec<String>>;

    /// Returns the value of a key, or `None` if there is no such key any more. A value that one
    /// call may move alone, but not together with the `moved` bytes, fails by
    /// [`check_values`].
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`](super::Store::get).
    fn value(&self, session: &Self::Session, key: &str, moved: u64) -> Result<Option<Vec<u8>>>;
}

/// A stream of the keys in the order of their bytes. It only remembers the last key that it
/// returned.
pub struct KeyStream<D: Directory> {
    handle: Arc<Handle<D>>,
    after: Option<String>,
}

/// A stream of the keys with their values, in the order of the keys' bytes.
pub struct ItemStream<D: Directory> {
    handle: Arc<Handle<D>>,
    after: Option<String>,
}

impl<D: Directory> KeyStream<D> {
    pub(super) const fn new(handle: Arc<Handle<D>>) -> Self {
        Self { handle, after: None }
    }

    /// Returns the next keys by [`next_keys`].
    ///
    /// # Errors
    ///
    /// Those of [`next_keys`].
    pub fn next(&mut self, max: u32) -> Result<Vec<String>> {
        next_keys(&*self.handle, &mut self.after, max)
    }
}

impl<D: Directory> ItemStream<D> {
    pub(super) const fn new(handle: Arc<Handle<D>>) -> Self {
        Self { handle, after: None }
    }

    /// Returns the next keys with their values by [`next_items`].
    ///
    /// # Errors
    ///
    /// Those of [`next_items`].
    pub fn next(&mut self, max: u32) -> Result<Vec<(String, Vec<u8>)>> {
        next_items(&*self.handle, &mut self.after, max)
    }
}

/// Returns the next keys after `after`, at most `max`; no keys at the end. After an interruption,
/// or another error, returns the keys so far, if there are any. Sets `after` to the last key.
///
/// # Errors
///
/// [`Error::Closed`] if the store is closed, [`Error::InvalidArgument`] if `max` is 0, and those of
/// the source.
pub fn next_keys(
    source: &impl StreamSource,
    after: &mut Option<String>,
    max: u32,
) -> Result<Vec<String>> {
    let session = source.begin()?;
    check_max(u64::from(max), "keys")?;
    let (mut keys, mut moved) = (Vec::<String>::new(), 0);
    let max = max as usize;
    'more: while keys.len() < max {
        let last = keys.last().or(after.as_ref());
        let left = u32::try_from((max - keys.len()).min(ELEMENTS)).unwrap_or(1);
        let found = source.keys_after(&session, last.map(|key| &**key), left);
        let found = match found {
            Err(_) if !keys.is_empty() => break,
            found => found?,
        };
        if found.is_empty() {
            break;
        }
        for key in found {
            // The keys of one call must not exceed what a call moves; the next call continues.
            moved += key_memory(&key);
            if moved > MAX_TRANSFER {
                break 'more;
            }
            keys.push(key);
        }
    }
    if let Some(last) = keys.last() {
        *after = Some(last.clone());
    }
    Ok(keys)
}

/// Returns the next keys after `after` with their values: at most `max`, and no more than one call
/// may move. Returns no items at the end. After an interruption, returns the items so far, if there
/// are any. Sets `after` to the last key.
///
/// # Errors
///
/// [`Error::Closed`] if the store is closed, [`Error::InvalidArgument`] if `max` is 0, and those of
/// the source. If a value cannot be read, the stream continues after the failed key, or with it
/// after an interruption.
pub fn next_items(
    source: &impl StreamSource,
    after: &mut Option<String>,
    max: u32,
) -> Result<Vec<(String, Vec<u8>)>> {
    let session = source.begin()?;
    check_max(u64::from(max), "items")?;
    let (mut items, mut moved) = (Vec::new(), 0);
    let mut left = max.min(MAX_KEYS);
    while left > 0 {
        let keys = match source.keys_after(&session, after.as_deref(), left.min(KEYS_AT_A_TIME)) {
            Err(_) if !items.is_empty() => break,
            keys => keys?,
        };
        if keys.is_empty() {
            break;
        }
        for key in keys {
            let value = source.value(&session, &key, moved);
            // The next call starts with this key.
            match &value {
                Err(_) if !items.is_empty() => return Ok(items),
                Err(Error::Interrupted(text)) => return Err(Error::Interrupted(text.clone())),
                _ => {}
            }
            *after = Some(key.clone());
            // The key may have been removed since.
            let Some(value) = value? else { continue };
            moved += value.len() as u64 + key_memory(&key);
            items.push((key, value));
            left -= 1;
        }
    }
    Ok(items)
}

impl<D: Directory> StreamSource for Handle<D> {
    type Session = Arc<Live<D>>;

    fn begin(&self) -> Result<Arc<Live<D>>> {
        self.live()
    }

    fn keys_after(
        &self,
        live: &Arc<Live<D>>,
        after: Option<&str>,
        max: u32,
    ) -> Result<Vec<String>> {
        live.directory
            .checkpoint()
            .map_err(|error| Error::io("list the keys of", &self.name, &error))?;
        Ok(live.keys_after(after, max))
    }

    fn value(&self, live: &Arc<Live<D>>, key: &str, moved: u64) -> Result<Option<Vec<u8>>> {
        let Some((file, size)) = self.open_value(live, key)? else { return Ok(None) };
        if size <= MAX_TRANSFER {
            check_values(size.saturating_add(moved))?;
        }
        self.read_file(key, &file, 0, size).map(Some)
    }
}
