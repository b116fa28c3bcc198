//! The limits of one call, each with its reason.
//!
//! A number from a plugin is hostile until it is compared with one of these limits, or with the
//! length of something that exists.

use alloc::vec::Vec;

use crate::error::{Error, Result};
use crate::message;

/// The maximum number of bytes that one call moves: 128 MiB.
///
/// A provider holds these bytes in its own memory, so this limits what a plugin can make its host
/// allocate. Wasmtime's default limit on data that a plugin passes to its host in one call is the
/// same.
pub const MAX_TRANSFER: u64 = 128 << 20;

/// The maximum number of axes of an array: numpy's `NPY_MAXDIMS`.
pub const MAX_AXES: usize = 64;

/// The maximum length of a file that an array or a value makes longer, in bytes: 2^53 - 1. A host
/// in JavaScript cannot take larger numbers: it would trap instead of returning an error. No disk
/// holds such a file.
pub const MAX_FILE: u64 = (1 << 53) - 1;

/// The maximum length of a file name in bytes: `NAME_MAX` of Linux, which every file system in wide
/// use allows.
pub const MAX_FILE_NAME: usize = 255;

/// The maximum length of a new key's quoted form in bytes. It leaves room in the file name for `#`
/// and the longest generation, which has 19 digits.
pub const MAX_QUOTED_KEY: usize = MAX_FILE_NAME - 20;

/// The maximum length of a path in bytes: `PATH_MAX` of Linux. An array or store keeps the path
/// that it was opened by, and a path such as `./././x` can grow without limit and still name the
/// same file.
pub const MAX_PATH: usize = 4096;

/// The maximum memory that the index of one store takes, in bytes: 256 MiB, enough for a million
/// keys and more.
pub const MAX_INDEX: u64 = 256 << 20;

/// The maximum number of keys in one call that reads or writes values. `update` commits all of its
/// keys in one step, which nothing interrupts: renames and removals of this many files take some
/// tenths of a second. In memory, a short key or value takes many times its bytes.
pub const MAX_KEYS: u32 = 10_000;

/// The maximum number of elements that the index arrays and masks of one index select, after
/// broadcasting. The list of their offsets takes several times the memory of the index arrays.
pub const MAX_FANCY_ELEMENTS: u64 = 4 << 20;

/// The default limit on the header of a `.npy` file, in characters: numpy's `max_header_size`.
pub const DEFAULT_NPY_HEADER: u64 = 10_000;

/// The highest limit on the header of a `.npy` file that a caller can set, in characters: 4 MiB,
/// enough for every dtype whose text is at most [`MAX_DTYPE`] long.
pub const MAX_NPY_HEADER: u64 = 4 << 20;

/// The maximum length of the text of a dtype, in bytes: 256 KiB, enough for thousands of fields.
pub const MAX_DTYPE: usize = 256 << 10;

/// Fails if one call would move more than [`MAX_TRANSFER`] bytes. The message names the data by
/// `what` and the alternative by `instead`.
pub(crate) fn check_transfer(bytes: u64, what: &str, instead: &str) -> Result<()> {
    if bytes <= MAX_TRANSFER {
        return Ok(());
    }
    Err(Error::LimitExceeded(message!(
        "{what} is {bytes} bytes, and one call moves at most {MAX_TRANSFER} (fixed): {instead}"
    )))
}

/// Fails if one call names more than [`MAX_KEYS`] keys.
///
/// # Errors
///
/// [`Error::LimitExceeded`].
pub fn check_keys(count: usize) -> Result<()> {
    if count <= MAX_KEYS as usize {
        return Ok(());
    }
    Err(Error::LimitExceeded(message!(
        "{count} keys are too many for one call, which takes at most {MAX_KEYS} (fixed): use \
         several calls"
    )))
}

/// Allocates `length` zero bytes.
///
/// # Errors
///
/// [`Error::LimitExceeded`] if there is not enough memory.
pub(crate) fn zeroed(length: u64) -> Result<Vec<u8>> {
    let refused = || {
        Error::LimitExceeded(message!(
            "there is no memory for {length} bytes: request less at a time"
        ))
    };
    let mut buffer = Vec::new();
    let length = reserve(&mut buffer, length).ok_or_else(refused)?;
    buffer.resize(length, 0);
    Ok(buffer)
}

/// Reserves memory for `length` more bytes, and returns `length` as a number of the memory, or
/// `None` if there is not enough.
pub(crate) fn reserve(bytes: &mut Vec<u8>, length: u64) -> Option<usize> {
    let length = usize::try_from(length).ok()?;
    bytes.try_reserve_exact(length).ok()?;
    Some(length)
}
