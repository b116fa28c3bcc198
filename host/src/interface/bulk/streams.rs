//! WASI streams over a part of an array or a value. A stream ends at the end of the part. It is
//! always ready: its calls block only for the disk.
//!
//! The implementations of [`Source`] and [`Sink`] are in [`endpoints`](super::endpoints), which
//! imports this file.

use std::io;

use bytes::Bytes;
use filemap::error::{Error, Result};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult};

use crate::limits::Reservation;

/// The maximum number of bytes that one read returns: large enough that the cost of the call does
/// not matter, and small enough for a processor's cache. The host keeps them until the plugin has
/// them.
const MAX_READ: usize = 1 << 20;

/// The maximum number of bytes that one write accepts.
const MAX_WRITE: usize = 1 << 20;

/// The maximum number of characters in the message of a stream's error.
const MAX_MESSAGE: usize = 200;

/// The bytes that an input stream reads, in order.
pub(super) trait Source: Send + 'static {
    /// Returns the next `length` bytes.
    fn read(&mut self, length: usize) -> Result<Vec<u8>>;
}

/// The destination of the bytes that are written to an output stream, in order.
pub(super) trait Sink: Send + 'static {
    /// Writes the next bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<()>;
}

/// An input stream that ends after `remaining` more bytes.
pub(super) struct BoundedInput<S> {
    source: S,
    remaining: u64,
    _reservations: [Reservation; 2],
}

/// An output stream that accepts `remaining` more bytes.
pub(super) struct BoundedOutput<S> {
    sink: S,
    remaining: u64,
    has_failed: bool,
    _reservations: [Reservation; 2],
}

impl<S> BoundedInput<S> {
    pub(super) const fn new(source: S, length: u64, reservations: [Reservation; 2]) -> Self {
        Self { source, remaining: length, _reservations: reservations }
    }
}

impl<S> BoundedOutput<S> {
    pub(super) const fn new(sink: S, length: u64, reservations: [Reservation; 2]) -> Self {
        Self { sink, remaining: length, has_failed: false, _reservations: reservations }
    }
}

#[async_trait]
impl<S: Source> Pollable for BoundedInput<S> {
    async fn ready(&mut self) {}
}

#[async_trait]
impl<S: Source> InputStream for BoundedInput<S> {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.remaining == 0 {
            return Err(StreamError::Closed);
        }
        let length = size.min(MAX_READ).min(usize::try_from(self.remaining).unwrap_or(usize::MAX));
        if length == 0 {
            return Ok(Bytes::new());
        }
        match self.source.read(length) {
            // Wasmtime takes the vector out of the `Bytes` again, and copies nothing.
            Ok(bytes) => {
                self.remaining -= length as u64;
                Ok(bytes.into())
            }
            Err(error) => {
                self.remaining = 0;
                Err(to_stream_error(&error))
            }
        }
    }
}

#[async_trait]
impl<S: Sink> Pollable for BoundedOutput<S> {
    async fn ready(&mut self) {}
}

#[async_trait]
impl<S: Sink> OutputStream for BoundedOutput<S> {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.flush()?;
        if bytes.len() > MAX_WRITE {
            return Err(StreamError::trap("more bytes were written than `check-write` permits"));
        }
        let length = bytes.len() as u64;
        let written = if length > self.remaining {
            let remaining = self.remaining;
            Err(Error::OutOfBounds(format!(
                "{length} bytes were written to a stream that accepts at most {remaining} more"
            )))
        } else {
            self.sink.write(&bytes)
        };
        if let Err(error) = written {
            self.has_failed = true;
            return Err(to_stream_error(&error));
        }
        self.remaining -= length;
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        if self.has_failed { Err(StreamError::Closed) } else { Ok(()) }
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        // Permit a write even at the end of the range, because WASI's `blocking-flush` waits until
        // a write is permitted.
        self.flush().map(|()| MAX_WRITE)
    }
}

/// Converts an error to that of a stream. A truncated file ends the stream early, as the WIT
/// specifies. A full disk keeps its code, which `filesystem-error-code` returns. Any other error
/// has only a message, which `to-debug-string` returns.
fn to_stream_error(error: &Error) -> StreamError {
    match error {
        Error::Truncated(_) => StreamError::Closed,
        Error::NoSpace(_) => {
            StreamError::LastOperationFailed(io::Error::from_raw_os_error(libc::ENOSPC).into())
        }
        // The message is cut off because a plugin can keep many errors, and paths can be long.
        _ => StreamError::LastOperationFailed(wasmtime::Error::msg(
            error.message().chars().take(MAX_MESSAGE).collect::<String>(),
        )),
    }
}

#[cfg(test)]
mod tests;
