//! Limits of the plugin's memory.

use crate::error::{Error, Result};

/// Converts a number of elements or bytes that must fit in memory.
pub(crate) fn to_usize(number: u64) -> Result<usize> {
    usize::try_from(number).map_err(|_| too_large(number))
}

/// The error for `number` elements that are more than memory holds.
pub(crate) fn too_large(number: u64) -> Error {
    Error::LimitExceeded(format!(
        "{number} elements do not fit in the plugin's memory; map a range, or use `windows`"
    ))
}

/// Reserves memory for `count` more elements of `data`.
pub(crate) fn reserve<T>(data: &mut Vec<T>, count: u64) -> Result<()> {
    let reserved = usize::try_from(count).ok().map(|count| data.try_reserve_exact(count));
    if !matches!(reserved, Some(Ok(()))) {
        return Err(Error::LimitExceeded(format!(
            "the plugin has no memory for {count} elements of {} bytes; read smaller pieces",
            size_of::<T>()
        )));
    }
    Ok(())
}
