//! WASI streams over a part of an array or a value. A stream ends at the end of the part.
//!
//! In the synchronous form a stream is always ready, and its calls wait for the disk. In the
//! asynchronous form they do not: the work is done on another thread, as that of WASI's own streams
//! over files, and the stream is ready when the work is complete.
//!
//! The implementations of [`Source`] and [`Sink`] are in [`endpoints`](super::endpoints), which
//! imports this file.

use std::io;

use bytes::Bytes;
use filemap::error::{Error, Result};
use filemap::message;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult};

use super::worker::Worker;
use crate::interface::blocking::Blocking;
use crate::limits::Reservation;

/// The maximum number of bytes that one read returns: large enough that the cost of the call does
/// not matter, and small enough for a processor's cache. The host keeps them until the plugin has
/// them.
const MAX_READ: usize = 1 << 20;

/// The number of bytes that are read for a plugin that waits for a stream before it says how many
/// it wants.
const READ_AHEAD: usize = 1 << 16;

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
    worker: Worker<S, Result<Vec<u8>>>,
    /// Bytes that were read, and that the plugin has not taken yet.
    available: Bytes,
    /// The error that ends the stream. The plugin gets it at its next read.
    error: Option<StreamError>,
    remaining: u64,
}

/// An output stream that accepts `remaining` more bytes.
pub(super) struct BoundedOutput<S> {
    worker: Worker<S, Result<()>>,
    remaining: u64,
    /// The error that ended the stream, until the plugin gets it.
    error: Option<StreamError>,
    has_failed: bool,
}

impl<S: Source> BoundedInput<S> {
    pub(super) const fn new(
        source: S,
        length: u64,
        reservations: [Reservation; 2],
        blocking: Blocking,
    ) -> Self {
        Self {
            worker: Worker::new(source, reservations, blocking),
            available: Bytes::new(),
            error: None,
            remaining: length,
        }
    }

    /// Starts to read at most `size` bytes, unless bytes or an error are there already.
    fn start(&mut self, size: usize) {
        let left = self.remaining.try_into().unwrap_or(usize::MAX);
        let length = size.min(MAX_READ).min(left);
        let is_idle = self.available.is_empty() && self.error.is_none() && !self.worker.is_busy();
        if is_idle && length > 0 {
            let result = self.worker.start(move |source| source.read(length));
            self.settle(result);
        }
    }

    /// Waits until the bytes are there that another thread reads.
    async fn finish(&mut self) {
        let result = self.worker.finish().await;
        self.settle(result);
    }

    fn settle(&mut self, result: Option<Result<Vec<u8>>>) {
        match result {
            // Wasmtime takes the vector out of the `Bytes` again, and copies nothing.
            Some(Ok(bytes)) => self.available = bytes.into(),
            Some(Err(error)) => self.error = Some(to_stream_error(&error)),
            None => {}
        }
    }
}

impl<S: Sink> BoundedOutput<S> {
    pub(super) const fn new(
        sink: S,
        length: u64,
        reservations: [Reservation; 2],
        blocking: Blocking,
    ) -> Self {
        Self {
            worker: Worker::new(sink, reservations, blocking),
            remaining: length,
            error: None,
            has_failed: false,
        }
    }

    fn settle(&mut self, result: Option<Result<()>>) {
        if let Some(Err(error)) = result {
            self.fail(&error);
        }
    }

    fn fail(&mut self, error: &Error) {
        self.has_failed = true;
        self.error = Some(to_stream_error(error));
    }
}

#[async_trait]
impl<S: Source> Pollable for BoundedInput<S> {
    async fn ready(&mut self) {
        self.start(READ_AHEAD);
        self.finish().await;
    }
}

#[async_trait]
impl<S: Source> InputStream for BoundedInput<S> {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.remaining == 0 {
            return Err(StreamError::Closed);
        }
        self.start(size);
        if let Some(error) = self.error.take() {
            self.remaining = 0;
            return Err(error);
        }
        // Empty while another thread reads.
        let bytes = self.available.split_to(size.min(self.available.len()));
        self.remaining -= bytes.len() as u64;
        Ok(bytes)
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        self.finish().await;
        self.start(size);
        self.finish().await;
        self.read(size)
    }

    async fn cancel(&mut self) {
        self.finish().await;
    }
}

#[async_trait]
impl<S: Sink> Pollable for BoundedOutput<S> {
    async fn ready(&mut self) {
        let result = self.worker.finish().await;
        self.settle(result);
    }
}

#[async_trait]
impl<S: Sink> OutputStream for BoundedOutput<S> {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.flush()?;
        if self.worker.is_busy() || bytes.len() > MAX_WRITE {
            return Err(StreamError::trap("more bytes were written than `check-write` permits"));
        }
        let length = bytes.len() as u64;
        if let Some(remaining) = self.remaining.checked_sub(length) {
            self.remaining = remaining;
            let result = self.worker.start(move |sink| sink.write(&bytes));
            self.settle(result);
        } else {
            let remaining = self.remaining;
            self.fail(&Error::OutOfBounds(message!(
                "{length} bytes were written to a stream that accepts at most {remaining} more"
            )));
        }
        self.flush()
    }

    /// Returns the error of an earlier write, once.
    fn flush(&mut self) -> StreamResult<()> {
        match self.error.take() {
            Some(error) => Err(error),
            None if self.has_failed => Err(StreamError::Closed),
            None => Ok(()),
        }
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.flush()?;
        // Permit a write even at the end of the range, because WASI's `blocking-flush` waits until
        // a write is permitted.
        Ok(if self.worker.is_busy() { 0 } else { MAX_WRITE })
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.ready().await;
        self.write(bytes)?;
        self.ready().await;
        self.flush()
    }

    async fn cancel(&mut self) {
        self.ready().await;
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
