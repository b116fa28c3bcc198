//! Limits of the plugin's memory.

use std::hint::black_box;

use crate::error::{Error, Result};

/// Grows the plugin's memory for data that is being collected, in steps that double. The system
/// has large pages only for memory that grows by more than one at a time, and small pages that are
/// fresh cost more than to read the data: with them, 100 values of 1 MiB take 0.75 ms each instead
/// of 0.45.
#[derive(Debug, Default)]
pub(crate) struct DoublingGrowth {
    /// The number of bytes that were collected.
    collected: usize,
    /// The number of bytes for which memory has grown.
    grown: usize,
}

impl DoublingGrowth {
    /// Counts bytes that were collected, and makes room for as many as there are if it is used up.
    pub(crate) fn collect(&mut self, bytes: usize) {
        self.collected = self.collected.saturating_add(bytes);
        if self.collected > self.grown {
            // The allocator keeps memory that is freed. If there is none, the next read says so.
            let mut room = Vec::<u8>::new();
            _ = room.try_reserve_exact(self.collected);
            black_box(room);
            self.grown = self.collected.saturating_mul(2);
        }
    }
}

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
