//! Streams of bytes.

use crate::bindings::wasi::io::streams::{InputStream, OutputStream};
use crate::error::{Result, to_error};
use crate::target::Target;

/// A stream that can be read.
pub(crate) trait Input {
    /// Reads the next bytes, at most `max`, and none at the end.
    fn read(&self, target: &mut Target<'_>, max: u64) -> Result<()>;
}

/// A stream that can be written to.
pub(crate) trait Output {
    /// Writes all of the data, and waits until the file has it.
    fn write(&self, data: &[u8]) -> Result<()>;
}

impl Input for InputStream {
    fn read(&self, target: &mut Target<'_>, max: u64) -> Result<()> {
        target.read_stream(self, max)
    }
}

impl Output for OutputStream {
    fn write(&self, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            let permit = usize::try_from(self.check_write().map_err(to_error)?);
            let (piece, rest) = data.split_at(permit.unwrap_or(usize::MAX).min(data.len()));
            data = rest;
            if piece.is_empty() {
                // The flush waits until the stream takes more.
                self.blocking_flush().map_err(to_error)?;
            } else {
                OutputStream::write(self, piece).map_err(to_error)?;
            }
        }
        self.blocking_flush().map_err(to_error)
    }
}
