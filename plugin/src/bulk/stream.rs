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
    fn write(&self, data: &[u8]) -> Result<Speed>;
}

/// How a stream has taken the bytes that were written to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speed {
    /// The stream is a file's of WASI, and each piece was written when the call returned: under the
    /// portable provider, on a host that writes on the plugin's thread.
    Fast,
    /// Another thread has written the pieces, or the provider is the native one, for which a list
    /// needs fewer calls.
    Slow,
}

/// The most that a stream of WASI's files takes at once, in bytes. The native provider takes more.
const MAX_WASI_WRITE: usize = 64 << 10;

impl Input for InputStream {
    fn read(&self, target: &mut Target<'_>, max: u64) -> Result<()> {
        target.read_stream(self, max)
    }
}

impl Output for OutputStream {
    fn write(&self, mut data: &[u8]) -> Result<Speed> {
        let mut speed = Speed::Fast;
        loop {
            let permit = self.check_write().map_err(to_error)?;
            let permit = usize::try_from(permit).unwrap_or(usize::MAX);
            if !(1..=MAX_WASI_WRITE).contains(&permit) {
                speed = Speed::Slow;
            }
            if data.is_empty() {
                break;
            }
            let (piece, rest) = data.split_at(permit.min(data.len()));
            data = rest;
            if piece.is_empty() {
                // The flush waits until the stream takes more.
                self.blocking_flush().map_err(to_error)?;
            } else {
                OutputStream::write(self, piece).map_err(to_error)?;
            }
        }
        self.blocking_flush().map_err(to_error)?;
        Ok(speed)
    }
}
