//! Much data at once: bytes of arrays and values of stores through WASI's streams.
//!
//! With the portable provider, a stream is faster than a call with a list, except for little data:
//! a runtime that composes two components copies a list between them byte by byte. The loops are
//! those that the interface `filemap:data/bulk` describes. Where a stream ends early or fails, the
//! list call for the same bytes says why: a stream's own error has no code of the interface.

use crate::bindings::filemap::data::{array, bulk, store};
use crate::bindings::wasi::filesystem::types::{ErrorCode, filesystem_error_code};
use crate::bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::error::{Error, Result};

/// The number of bytes from which on a stream is used for reading. Under the portable provider, a
/// read of 16 KiB takes 15 us by a list and 6 us by a stream; under the native one, 3 us and 5 us.
pub(crate) const STREAMED: u64 = 16 << 10;

/// The number of bytes from which on a stream is used for writing, which needs more calls. Under
/// the portable provider, a write of 64 KiB takes 73 us by a list and 42 us by a stream; under the
/// native one, 6 us and 8 us.
pub(crate) const STREAMED_WRITES: u64 = 64 << 10;

/// The number of bytes that one read of a stream asks for: what the native provider gives at most,
/// and still in the processor's cache when it is copied from. WASI's files give 64 KiB.
const CHUNK: u64 = 256 << 10;

/// The number of bytes that a list call moves where no stream does: few beside what a plugin's
/// memory holds, and many beside the cost of a call.
const PIECE: usize = 1 << 20;

/// An array that is read.
pub(crate) trait Readable {
    type Stream: Input;

    /// The length of the first part of a range, and the stream that has its bytes.
    fn input(&self, offset: u64, length: u64) -> Result<(u64, Option<Self::Stream>)>;
    /// The bytes of a range.
    fn read_list(&self, offset: u64, length: u64) -> Result<Vec<u8>>;
}

/// An array that is written to.
pub(crate) trait Writable {
    type Stream: Output;

    /// The length of the first part of a range, and the stream that takes its bytes.
    fn output(&self, offset: u64, length: u64) -> Result<(u64, Option<Self::Stream>)>;
    /// Writes the bytes of a range.
    fn write_list(&self, offset: u64, data: &[u8]) -> Result<()>;
}

/// A stream that is read.
pub(crate) trait Input {
    /// The next bytes, at most `max`, and none at the end.
    fn read(&self, max: u64) -> Result<Vec<u8>>;
}

/// A stream that is written to.
pub(crate) trait Output {
    /// Writes all of the data, and waits until the file has it.
    fn write(&self, data: &[u8]) -> Result<()>;
}

/// Reads an array. The stream stays open for a read that continues where the last one ended.
#[derive(Debug)]
pub(crate) struct Reading<S> {
    open: Option<Part<S>>,
}

/// What a stream still has of its part.
#[derive(Debug)]
struct Part<S> {
    stream: S,
    offset: u64,
    length: u64,
}

impl<S: Input> Reading<S> {
    pub(crate) const fn new() -> Self {
        Self { open: None }
    }

    /// Passes the bytes `offset` to `offset + length` to `sink`, piece by piece.
    ///
    /// A stream that is opened is opened for the bytes up to `until`, so that it serves the reads
    /// that follow. It shows what the file holds at the moment of each read. Only in the mode
    /// `copy-on-write` it does not, because it knows nothing of later changes: there, `until` has
    /// to be the end of this read.
    pub(crate) fn read(
        &mut self,
        array: &impl Readable<Stream = S>,
        mut offset: u64,
        length: u64,
        until: u64,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<()> {
        let end = offset + length;
        while offset < end {
            let (bytes, part) = self.next(array, offset, end - offset, until.max(end) - offset)?;
            assert!(
                !bytes.is_empty() && bytes.len() as u64 <= end - offset,
                "the provider gave {} bytes of the {} that were asked for",
                bytes.len(),
                end - offset
            );
            sink(&bytes);
            offset += bytes.len() as u64;
            self.open = part;
        }
        Ok(())
    }

    /// The next bytes of a read, at most `max`, and the stream that goes on behind them. A new
    /// stream is opened for `ahead` bytes.
    fn next(
        &mut self,
        array: &impl Readable<Stream = S>,
        offset: u64,
        max: u64,
        ahead: u64,
    ) -> Result<(Vec<u8>, Option<Part<S>>)> {
        let mut list = max.min(PIECE as u64);
        let part = match self.open.take().filter(|part| part.offset == offset) {
            Some(part) => Some(part),
            None if ahead < STREAMED => None,
            None => {
                let (length, stream) = array.input(offset, ahead)?;
                list = list.min(length);
                stream.map(|stream| Part { stream, offset, length })
            }
        };
        if let Some(mut part) = part {
            let max = max.min(part.length).min(CHUNK);
            let bytes = part.stream.read(max).unwrap_or_default();
            if !bytes.is_empty() {
                part.offset += bytes.len() as u64;
                part.length = part.length.saturating_sub(bytes.len() as u64);
                return Ok((bytes, Some(part).filter(|part| part.length > 0)));
            }
        }
        Ok((array.read_list(offset, list)?, None))
    }
}

/// Writes `data` to an array, from byte `offset` on.
pub(crate) fn write(array: &impl Writable, mut offset: u64, mut data: &[u8]) -> Result<()> {
    if (data.len() as u64) < STREAMED_WRITES {
        return array.write_list(offset, data);
    }
    while !data.is_empty() {
        let (length, stream) = array.output(offset, data.len() as u64)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(data.len());
        assert!(length > 0, "the provider gave a part of 0 bytes of the {} to write", data.len());
        let (part, rest) = data.split_at(length);
        // After a failure, a part of these bytes may be written. They are written again.
        if stream.is_none_or(|stream| stream.write(part).is_err()) {
            for (start, piece) in (offset..).step_by(PIECE).zip(part.chunks(PIECE)) {
                array.write_list(start, piece)?;
            }
        }
        offset += length as u64;
        data = rest;
    }
    Ok(())
}

/// A value that is read to its end.
pub(crate) struct Value {
    stream: InputStream,
    /// The number of bytes that are left.
    left: u64,
}

impl Value {
    /// Opens the value of `key` from its first byte, or returns `None` if there is no such key.
    pub(crate) fn open(store: &store::Store, key: &str) -> Result<Option<Self>> {
        let value = bulk::read_value_via_stream(store, key, 0)?;
        Ok(value.map(|value| Self { stream: value.input, left: value.length }))
    }

    /// The next bytes, at most `max`, and none at the end.
    pub(crate) fn read(&mut self, max: u64) -> Result<Vec<u8>> {
        if self.left.min(max) == 0 {
            return Ok(Vec::new());
        }
        let bytes = Input::read(&self.stream, self.left.min(max).min(CHUNK))?;
        if bytes.is_empty() {
            let left = self.left;
            return Err(Error::Truncated(format!(
                "the value ends {left} bytes before the length that it had when it was opened"
            )));
        }
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(bytes)
    }

    /// Appends everything that is left to `data`.
    pub(crate) fn read_to_end(&mut self, data: &mut Vec<u8>) -> Result<()> {
        reserve(data, self.left)?;
        while self.left > 0 {
            data.extend_from_slice(&self.read(CHUNK)?);
        }
        Ok(())
    }
}

/// Appends `data` to a value that is being written.
pub(crate) fn append(writer: &store::ValueWriter, data: &[u8]) -> Result<()> {
    if (data.len() as u64) < STREAMED_WRITES {
        return Ok(writer.write(data)?);
    }
    Output::write(&bulk::write_value_via_stream(writer, data.len() as u64)?, data)
}

/// Makes room for `count` more elements.
pub(crate) fn reserve<T>(data: &mut Vec<T>, count: u64) -> Result<()> {
    let reserved = usize::try_from(count).ok().map(|count| data.try_reserve_exact(count));
    if !matches!(reserved, Some(Ok(()))) {
        return Err(Error::LimitExceeded(format!(
            "the plugin has no memory for {count} times {} bytes; read smaller pieces",
            size_of::<T>()
        )));
    }
    Ok(())
}

impl Readable for array::Memmap {
    type Stream = InputStream;

    fn input(&self, offset: u64, length: u64) -> Result<(u64, Option<InputStream>)> {
        let part = bulk::read_via_stream(self, offset, length)?;
        Ok((part.length, part.input))
    }

    fn read_list(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        Ok(self.read_bytes(offset, length)?)
    }
}

impl Writable for array::Memmap {
    type Stream = OutputStream;

    fn output(&self, offset: u64, length: u64) -> Result<(u64, Option<OutputStream>)> {
        let part = bulk::write_via_stream(self, offset, length)?;
        Ok((part.length, part.output))
    }

    fn write_list(&self, offset: u64, data: &[u8]) -> Result<()> {
        Ok(self.write_bytes(offset, data)?)
    }
}

impl Input for InputStream {
    fn read(&self, max: u64) -> Result<Vec<u8>> {
        match self.blocking_read(max) {
            Ok(bytes) => Ok(bytes),
            Err(StreamError::Closed) => Ok(Vec::new()),
            Err(error) => Err(stream_error(error)),
        }
    }
}

impl Output for OutputStream {
    fn write(&self, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            let permit = usize::try_from(self.check_write().map_err(stream_error)?);
            let (piece, rest) = data.split_at(permit.unwrap_or(usize::MAX).min(data.len()));
            data = rest;
            if piece.is_empty() {
                // It waits until the stream takes more.
                self.blocking_flush().map_err(stream_error)?;
            } else {
                OutputStream::write(self, piece).map_err(stream_error)?;
            }
        }
        self.blocking_flush().map_err(stream_error)
    }
}

/// The error of a stream as one of this crate. A stream tells the reason by a code of WASI, and
/// only if the stream is that of a file.
fn stream_error(error: StreamError) -> Error {
    let StreamError::LastOperationFailed(error) = error else {
        return Error::Closed("the stream was closed".to_owned());
    };
    let message = error.to_debug_string();
    match filesystem_error_code(&error) {
        Some(ErrorCode::InsufficientSpace | ErrorCode::Quota) => Error::NoSpace(message),
        Some(ErrorCode::Access | ErrorCode::NotPermitted | ErrorCode::ReadOnly) => {
            Error::AccessDenied(message)
        }
        Some(ErrorCode::Busy | ErrorCode::TextFileBusy | ErrorCode::WouldBlock) => {
            Error::Busy(message)
        }
        Some(ErrorCode::FileTooLarge | ErrorCode::Invalid) => Error::InvalidArgument(message),
        Some(ErrorCode::InsufficientMemory) => Error::LimitExceeded(message),
        Some(ErrorCode::BadDescriptor) => Error::Closed(message),
        Some(ErrorCode::Unsupported) => Error::Unsupported(message),
        Some(ErrorCode::Interrupted) => Error::Interrupted(message),
        _ => Error::Other(message),
    }
}

#[cfg(test)]
mod tests;
