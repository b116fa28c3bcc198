//! The caps on what one call may ask for, each with its reason.
//!
//! A number from a plugin is hostile until it has been compared with one of these, or with the
//! length of something that exists.

use alloc::format;
use alloc::vec::Vec;

use crate::error::{Error, Result};

/// The most data that one call moves, in bytes: 128 MiB.
///
/// A provider holds what it moves in memory of its own, and so this bounds what a plugin can make
/// its host hold. It is as much as Wasmtime lets a plugin hand to its host in one call by default.
pub const MAX_TRANSFER: u64 = 128 << 20;

/// The most axes that an array has: numpy's `NPY_MAXDIMS`.
pub const MAX_AXES: usize = 64;

/// The longest file name in bytes: `NAME_MAX` of Linux, and what every file system in wide use
/// allows.
pub const MAX_FILE_NAME: usize = 255;

/// The longest quoted form of a new key in bytes: what a file name leaves beside `#` and the
/// longest generation, which has 19 digits.
pub const MAX_QUOTED_KEY: usize = MAX_FILE_NAME - 20;

/// The longest path in bytes: `PATH_MAX` of Linux. An array or store keeps the one that it was
/// opened by, and `./././x` is the same file however long it becomes.
pub const MAX_PATH: usize = 4096;

/// How many bytes the keys of one store, and what belongs to each, have in memory at most: 256 MiB,
/// which is a million keys and more.
pub const MAX_INDEX: u64 = 256 << 20;

/// The most keys that one call names, or reads values of: each is at least one file to open,
/// nothing interrupts a host meanwhile, and a disk that is asked to be sure takes milliseconds for
/// each.
pub const MAX_KEYS: u32 = 10_000;

/// The most elements that the index arrays and masks of one index name together, after they are
/// broadcast: a list of them takes several times its own memory.
pub const MAX_FANCY_ELEMENTS: u64 = 4 << 20;

/// The longest header of a `.npy` file in characters, if the caller names no other: numpy's
/// `max_header_size`.
pub const DEFAULT_NPY_HEADER: u64 = 10_000;

/// The longest header of a `.npy` file in characters that a caller can allow: 4 MiB, which holds
/// every dtype whose text is not longer than [`MAX_DTYPE`].
pub const MAX_NPY_HEADER: u64 = 4 << 20;

/// The longest text that is read as a dtype, in bytes: 256 KiB, which is thousands of fields.
pub const MAX_DTYPE: usize = 256 << 10;

/// Refuses to move more than [`MAX_TRANSFER`] in one call; `what` names the data and `instead` what
/// to do.
pub(crate) fn check_transfer(bytes: u64, what: &str, instead: &str) -> Result<()> {
    if bytes <= MAX_TRANSFER {
        return Ok(());
    }
    Err(Error::LimitExceeded(format!(
        "{what} is {bytes} bytes, and one call moves at most {MAX_TRANSFER}: {instead}"
    )))
}

/// Refuses to name more than [`MAX_KEYS`] in one call.
pub(crate) fn check_keys(count: usize) -> Result<()> {
    if count <= MAX_KEYS as usize {
        return Ok(());
    }
    Err(Error::LimitExceeded(format!(
        "{count} keys are too many for one call, which takes at most {MAX_KEYS}: use several calls"
    )))
}

/// A buffer of `length` zeroes, or `limit-exceeded` where the memory does not have that much.
pub(crate) fn zeroed(length: u64) -> Result<Vec<u8>> {
    let refused = || {
        Error::LimitExceeded(format!(
            "there is no memory for {length} bytes: ask for less at a time"
        ))
    };
    let length = usize::try_from(length).map_err(|_| refused())?;
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(length).map_err(|_| refused())?;
    buffer.resize(length, 0);
    Ok(buffer)
}
