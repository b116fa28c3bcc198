//! The buffer that all input streams of a plugin read into.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

/// The bytes that the last read of any input stream of the plugin has returned. The next read
/// reuses their memory, so a plugin has one such buffer, however many streams it has. A clone is
/// the same buffer.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadBuffer(Arc<Mutex<Bytes>>);

impl ReadBuffer {
    /// Calls `fill` with a buffer of `length` bytes, and returns the buffer. Its memory is that of
    /// the last read if nobody holds those bytes any more.
    pub(crate) fn read<E>(
        &self,
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Bytes, E> {
        // Nothing that runs under the lock leaves the buffer half changed.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = std::mem::take(&mut *last).try_into_mut().unwrap_or_default();
        buffer.resize(length, 0);
        fill(&mut buffer)?;
        *last = BytesMut::freeze(buffer);
        Ok(last.clone())
    }
}
