//! WASI's streams over arrays and values. They end where their range ends, and they never wait for
//! anything but the disk.

use std::io;

use bytes::Bytes;
use filemap::array::Memmap;
use filemap::error::{Error, Result};
use filemap::fs::File as _;
use filemap::store::ValueReader;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult};

use crate::context::ReadBuffer;
use crate::files::{NativeDirectory, NativeFile};
use crate::limits::Lease;
use crate::pages::MmapRegion;

/// The most bytes that one read returns: enough to make the call cheap, and few enough for a
/// processor's cache.
const MAX_READ: usize = 256 << 10;

/// The most bytes that one write takes.
const MAX_WRITE: usize = 1 << 20;

/// The most characters of a message that the error of a stream keeps.
const MAX_TEXT: usize = 200;

/// Where the bytes of an input stream come from, one after the other.
pub(super) trait Source: Send + 'static {
    /// Fills the buffer with the next bytes.
    fn read(&mut self, buffer: &mut [u8]) -> Result<()>;
}

/// Where the bytes of an output stream go, one after the other.
pub(super) trait Sink: Send + 'static {
    /// Writes the next bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<()>;
}

/// A range of an array's bytes.
pub(super) struct ArrayBytes {
    /// The range, as an array of one axis of `uint8`.
    view: Memmap<MmapRegion>,
    position: u64,
}

/// A part of the file of a value that is being written.
pub(super) struct ValueFile {
    file: NativeFile,
    position: u64,
}

/// A stream that reads `remaining` more bytes.
pub(super) struct Input<S> {
    source: S,
    remaining: u64,
    buffer: ReadBuffer,
    _leases: [Lease; 2],
}

/// A stream that takes `remaining` more bytes.
pub(super) struct Output<S> {
    sink: S,
    remaining: u64,
    has_failed: bool,
    _leases: [Lease; 2],
}

impl ArrayBytes {
    pub(super) const fn new(view: Memmap<MmapRegion>) -> Self {
        Self { view, position: 0 }
    }
}

impl ValueFile {
    pub(super) const fn new(file: NativeFile, position: u64) -> Self {
        Self { file, position }
    }
}

impl<S> Input<S> {
    pub(super) const fn new(
        source: S,
        length: u64,
        buffer: ReadBuffer,
        leases: [Lease; 2],
    ) -> Self {
        Self { source, remaining: length, buffer, _leases: leases }
    }
}

impl<S> Output<S> {
    pub(super) const fn new(sink: S, length: u64, leases: [Lease; 2]) -> Self {
        Self { sink, remaining: length, has_failed: false, _leases: leases }
    }
}

impl Source for ArrayBytes {
    fn read(&mut self, buffer: &mut [u8]) -> Result<()> {
        self.view.read_bytes_into(self.position, buffer)?;
        self.position += buffer.len() as u64;
        Ok(())
    }
}

impl Sink for ArrayBytes {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.view.write_bytes(self.position, bytes)?;
        self.position += bytes.len() as u64;
        Ok(())
    }
}

impl Source for ValueReader<NativeDirectory> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<()> {
        // The stream asks for no more than there is.
        self.read_into(buffer).map(drop)
    }
}

impl Sink for ValueFile {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let failed = |error| Error::io("write", "the value", &error);
        self.file.write_all(bytes, self.position).map_err(failed)?;
        self.position += bytes.len() as u64;
        Ok(())
    }
}

#[async_trait]
impl<S: Source> Pollable for Input<S> {
    async fn ready(&mut self) {}
}

#[async_trait]
impl<S: Source> InputStream for Input<S> {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.remaining == 0 {
            return Err(StreamError::Closed);
        }
        let length = size.min(MAX_READ).min(usize::try_from(self.remaining).unwrap_or(usize::MAX));
        match self.buffer.read(length, |buffer| self.source.read(buffer)) {
            Ok(bytes) => {
                self.remaining -= length as u64;
                Ok(bytes)
            }
            Err(error) => {
                self.remaining = 0;
                Err(failed(&error))
            }
        }
    }
}

#[async_trait]
impl<S: Sink> Pollable for Output<S> {
    async fn ready(&mut self) {}
}

#[async_trait]
impl<S: Sink> OutputStream for Output<S> {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.flush()?;
        if bytes.len() > MAX_WRITE {
            return Err(StreamError::trap("more bytes were written than `check-write` permits"));
        }
        let length = bytes.len() as u64;
        let written = if length > self.remaining {
            let remaining = self.remaining;
            Err(Error::OutOfBounds(format!(
                "{length} bytes are more than the {remaining} that the stream takes"
            )))
        } else {
            self.sink.write(&bytes)
        };
        if let Err(error) = written {
            self.has_failed = true;
            return Err(failed(&error));
        }
        self.remaining -= length;
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        if self.has_failed { Err(StreamError::Closed) } else { Ok(()) }
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        // Also at the end of the range: a flush waits for a stream that can be written to.
        self.flush().map(|()| MAX_WRITE)
    }
}

/// The error of a stream. A truncated file ends the stream early, which is how the interface
/// reports it. A full disk keeps its code, which the plugin gets by `filesystem-error-code`; any
/// other error has a text alone, which it gets by `to-debug-string`.
fn failed(error: &Error) -> StreamError {
    match error {
        Error::Truncated(_) => StreamError::Closed,
        Error::NoSpace(_) => {
            StreamError::LastOperationFailed(io::Error::from_raw_os_error(libc::ENOSPC).into())
        }
        // A plugin may keep many of these, and paths are long.
        _ => StreamError::LastOperationFailed(wasmtime::Error::msg(
            error.message().chars().take(MAX_TEXT).collect::<String>(),
        )),
    }
}

#[cfg(test)]
mod tests;
