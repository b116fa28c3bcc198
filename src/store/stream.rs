//! Streams over the keys and items of a store, which may change while they are read.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::index::key_memory;
use super::{Handle, Live};
use crate::checkpoint::ELEMENTS;
use crate::error::{Error, Result};
use crate::fs::Directory;
use crate::limits::{MAX_KEYS, MAX_TRANSFER, check_transfer};

/// The number of keys that an item stream looks up at a time.
const KEYS_AT_A_TIME: u32 = 100;

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

    /// Returns the next keys, at most `max`; no keys at the end. After an interruption, returns the
    /// keys so far, if there are any.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] if the store is closed, and [`Error::InvalidArgument`] if `max` is 0.
    pub fn next(&mut self, max: u32) -> Result<Vec<String>> {
        let live = self.handle.live()?;
        check_max(u64::from(max), "keys")?;
        let (mut keys, mut moved) = (Vec::<String>::new(), 0);
        let max = max as usize;
        'more: while keys.len() < max {
            if let Err(error) = live.directory.checkpoint() {
                if keys.is_empty() {
                    return Err(Error::io("list the keys of", &self.handle.name, &error));
                }
                break;
            }
            let after = keys.last().or(self.after.as_ref());
            let left = (max - keys.len()).min(ELEMENTS);
            let found = live.keys_after(after.map(|key| &**key), u32::try_from(left).unwrap_or(1));
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
            self.after = Some(last.clone());
        }
        Ok(keys)
    }
}

impl<D: Directory> ItemStream<D> {
    pub(super) const fn new(handle: Arc<Handle<D>>) -> Self {
        Self { handle, after: None }
    }

    /// Returns the next keys with their values: at most `max`, and no more than one call may move.
    /// Returns no items at the end. After an interruption, returns the items so far, if there are
    /// any.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] if the store is closed, [`Error::InvalidArgument`] if `max` is 0, and
    /// those of [`Store::get`](super::Store::get), after which the stream continues after the
    /// failed key, or with it after an interruption.
    pub fn next(&mut self, max: u32) -> Result<Vec<(String, Vec<u8>)>> {
        let live = self.handle.live()?;
        check_max(u64::from(max), "items")?;
        let (mut items, mut moved) = (Vec::new(), 0);
        let mut left = max.min(MAX_KEYS);
        while left > 0 {
            let keys = live.keys_after(self.after.as_deref(), left.min(KEYS_AT_A_TIME));
            if keys.is_empty() {
                break;
            }
            for key in keys {
                let value = self.value(&live, &key, moved);
                // The next call starts with this key.
                match &value {
                    Err(_) if !items.is_empty() => return Ok(items),
                    Err(Error::Interrupted(text)) => return Err(Error::Interrupted(text.clone())),
                    _ => {}
                }
                self.after = Some(key.clone());
                // The key may have been removed since.
                let Some(value) = value? else { continue };
                moved += value.len() as u64 + key_memory(&key);
                items.push((key, value));
                left -= 1;
            }
        }
        Ok(items)
    }

    /// Returns the value of a key. Fails if it exceeds the limit of a call together with the
    /// `moved` bytes.
    fn value(&self, live: &Live<D>, key: &str, moved: u64) -> Result<Option<Vec<u8>>> {
        let Some((file, size)) = self.handle.open_value(live, key)? else { return Ok(None) };
        if size <= MAX_TRANSFER {
            check_transfer(
                size.saturating_add(moved),
                "the total size of these values",
                "request fewer values",
            )?;
        }
        self.handle.read_file(key, &file, 0, size).map(Some)
    }
}

/// Fails if `max` is 0: an empty result would look like the end.
pub(super) fn check_max(max: u64, what: &str) -> Result<()> {
    if max > 0 {
        return Ok(());
    }
    Err(Error::InvalidArgument(format!("at most 0 {what} were requested: request 1 or more")))
}
