//! Rules that hold for every kind of store, whether its values are files or on a server: the limits
//! of a call, the valid keys, and the errors of calls on stores and writers that have ended.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::argsort::argsort;
use crate::array::Mode;
use crate::display::excerpt;
use crate::error::{Error, Result};
pub use crate::limits::check_keys;
use crate::limits::{MAX_FILE, MAX_TRANSFER, check_transfer};
use crate::message;

pub use super::key::check_new_key;

/// Fails if a value of `size` bytes is more than one call sets.
///
/// # Errors
///
/// [`Error::LimitExceeded`].
pub fn check_value(size: u64) -> Result<()> {
    check_transfer(size, "the value", "write it in pieces by a `writer`")
}

/// Fails if `update` gets too many items, or more bytes than one call moves.
///
/// # Errors
///
/// [`Error::LimitExceeded`].
pub fn check_items(items: &[(impl AsRef<str>, impl AsRef<[u8]>)]) -> Result<()> {
    check_keys(items.len())?;
    let size =
        items.iter().map(|(key, value)| (key.as_ref().len() + value.as_ref().len()) as u64).sum();
    check_transfer(size, "the total size of these items", "update them in several calls")
}

/// Returns the numbers of the items that `update` sets, in the order of their keys: of the items of
/// one key, the last.
#[must_use]
pub fn last_of_each_key(items: &[(impl AsRef<str>, impl AsRef<[u8]>)]) -> Vec<usize> {
    let key = |number: usize| items[number].0.as_ref();
    let order = argsort(items.len(), &|one, other| key(one).cmp(key(other)));
    let same = order.chunk_by(|&one, &other| key(one) == key(other));
    same.filter_map(|same| same.last().copied()).collect()
}

/// Fails if one call would return `length` bytes of the value of `key`, and that is too much.
///
/// # Errors
///
/// [`Error::LimitExceeded`].
pub fn check_read(key: &str, length: u64) -> Result<()> {
    if length <= MAX_TRANSFER {
        return Ok(());
    }
    let what = format!("the value of `{}`", excerpt(key));
    check_transfer(length, &what, "read it in pieces by `get-range` or a `reader`")
}

/// Fails if the values that one call returns have too many bytes together.
///
/// # Errors
///
/// [`Error::LimitExceeded`].
pub fn check_values(size: u64) -> Result<()> {
    check_transfer(size, "the total size of these values", "request fewer values")
}

/// Fails if `max` is 0: an empty result would look like the end.
///
/// # Errors
///
/// [`Error::InvalidArgument`].
pub fn check_max(max: u64, what: &str) -> Result<()> {
    if max > 0 {
        return Ok(());
    }
    Err(Error::InvalidArgument(message!("at most 0 {what} were requested: request 1 or more")))
}

/// Fails if a writer gets more bytes than one call moves.
///
/// # Errors
///
/// [`Error::LimitExceeded`].
pub fn check_appended(size: u64) -> Result<()> {
    check_transfer(size, "the data", "write it in several calls")
}

/// Returns the length of a value after a stream has appended `more` bytes to `length`.
///
/// # Errors
///
/// [`Error::InvalidArgument`] if the value would be too long for a file.
pub fn appended_length(length: u64, more: u64) -> Result<u64> {
    length.checked_add(more).filter(|&end| end <= MAX_FILE).ok_or_else(|| {
        Error::InvalidArgument(message!(
            "{more} bytes after the first {length} of a value exceed the size limit of a file"
        ))
    })
}

/// Returns the error of a writer whose stream has received `taken` of its `wanted` bytes.
#[must_use]
pub fn unfinished_stream(key: &str, taken: u64, wanted: u64) -> Error {
    Error::InvalidArgument(message!(
        "the stream for the value of `{}` has received {taken} of its {wanted} bytes: write the \
         rest and flush it, or drop the writer",
        excerpt(key)
    ))
}

/// Returns the error of a writer after its commit.
#[must_use]
pub fn committed(key: &str) -> Error {
    let key = excerpt(key);
    Error::Closed(message!(
        "the value of `{key}` was committed, and nothing more can be written: create another writer"
    ))
}

/// Returns the error of a call on the store `name` after it was closed.
#[must_use]
pub fn closed(name: &str) -> Error {
    Error::Closed(message!("the store `{name}` was closed; open it again"))
}

/// Returns the error of a change of the store `name`, which was opened for reading only.
#[must_use]
pub fn read_only(name: &str) -> Error {
    Error::AccessDenied(message!(
        "the store `{name}` was opened `read-only`: open it without this option"
    ))
}

/// Fails if a value cannot be opened as an array in this mode.
///
/// # Errors
///
/// [`Error::InvalidArgument`] for the mode `write`.
pub fn check_value_mode(mode: Mode) -> Result<()> {
    if mode != Mode::Write {
        return Ok(());
    }
    Err(Error::InvalidArgument(
        "mode `write` creates a new file, but `open-value` opens an existing value: use \
         `read-write`"
            .into(),
    ))
}

/// What a call does with the value of a key, for messages: "read the value of `key` in".
#[must_use]
pub fn reading(key: &str) -> String {
    format!("read the value of `{}` in", excerpt(key))
}

/// Like [`reading`]: "write the value of `key` in".
#[must_use]
pub fn writing(key: &str) -> String {
    format!("write the value of `{}` in", excerpt(key))
}

/// Like [`reading`]: "remove the value of `key` from".
#[must_use]
pub fn removing(key: &str) -> String {
    format!("remove the value of `{}` from", excerpt(key))
}
