//! Counters: values that are decimal numbers, such as `42`, as Redis and other hosts of
//! `wasi:keyvalue` write them.

use alloc::string::ToString as _;

use super::Store;
use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::fs::Directory;
use crate::message;

/// The maximum length of a counter, in bytes: that of the largest number, 2^64 - 1. A caller of
/// [`incremented`] reads one byte more at most.
pub const MAX_COUNTER: u64 = 20;

/// Returns the sum of a counter and `delta`. `value` is that of `key` in the store `name`; a
/// missing one counts as 0.
///
/// # Errors
///
/// [`Error::InvalidArgument`] if the value is not a decimal number of at most [`MAX_COUNTER`]
/// bytes, or if the sum is 2^64 or more.
pub fn incremented(name: &str, key: &str, value: Option<&[u8]>, delta: u64) -> Result<u64> {
    let number = value.map_or(Some(0), parse).ok_or_else(|| {
        Error::InvalidArgument(message!(
            "cannot increment the value of `{}` in `{name}`: it is not a decimal number from 0 to \
             {}; set it to one",
            excerpt(key),
            u64::MAX
        ))
    })?;
    number.checked_add(delta).ok_or_else(|| {
        Error::InvalidArgument(message!(
            "cannot increment the value of `{}` in `{name}`, which is {number}, by {delta}: the \
             sum is larger than {}; set it to a smaller number",
            excerpt(key),
            u64::MAX
        ))
    })
}

/// Parses a counter.
fn parse(value: &[u8]) -> Option<u64> {
    if value.len() as u64 > MAX_COUNTER {
        return None;
    }
    core::str::from_utf8(value).ok()?.parse().ok()
}

impl<D: Directory> Store<D> {
    /// Adds `delta` to the counter `key`, which is 0 if it does not exist, and returns the sum. No
    /// other thread changes the key in between.
    ///
    /// The lock of the key is held while the new value is written, which has 20 bytes at most.
    ///
    /// # Errors
    ///
    /// Those of [`incremented`], [`Store::get`] and [`Store::set`]. The key then has its old value.
    pub fn increment(&self, key: &str, delta: u64) -> Result<u64> {
        let live = self.0.writeable()?;
        let checkpoint = || live.directory.checkpoint();
        let result = live.shared.stripes.with_key_locked(key, &checkpoint, || {
            let value = match self.0.open_value(&live, key)? {
                None => None,
                Some((file, size)) => {
                    Some(self.0.read_file(key, &file, 0, size.min(MAX_COUNTER + 1))?)
                }
            };
            let sum = incremented(&self.0.name, key, value.as_deref(), delta)?;
            let staged = self.0.stage(&live, key, &[sum.to_string()])?;
            self.0.commit_staged_locked(&live, &[staged])?;
            Ok(sum)
        });
        result.unwrap_or_else(|error| Err(self.0.write_failed(key, &error)))
    }
}
