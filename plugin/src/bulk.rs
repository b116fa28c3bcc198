//! Bulk data: bytes of arrays and values of stores through WASI's streams.
//!
//! Under the portable provider, a stream is faster than a call with a list, except for little data:
//! a runtime that composes two components copies a list between them byte by byte. The loops are
//! those that the interface `filemap:data/bulk` describes. If a stream ends early or fails, the
//! list call for the same bytes returns the reason: the error of a stream has no code of the
//! interface.

mod stream;
mod value;

use crate::bindings::filemap::data::{array, bulk};
use crate::bindings::wasi::io::streams::{InputStream, OutputStream};
use crate::error::Result;
use crate::target::Target;

use stream::{Input, Output};

pub(crate) use stream::Speed;
pub(crate) use value::{ValueReader, append, append_by_stream};

/// The minimum length of a read through a stream, in bytes. Under the portable provider, a read of
/// 16 KiB takes 15 us by a list and 6 us by a stream; under the native one, 3 us and 5 us.
pub(crate) const MIN_STREAM_READ: u64 = 16 << 10;

/// The minimum length of a write through a stream, in bytes. A write needs more calls than a read:
/// under the portable provider, a write of 64 KiB takes 73 us by a list and 42 us by a stream;
/// under the native one, 6 us and 8 us.
pub(crate) const MIN_STREAM_WRITE: u64 = 64 << 10;

/// The maximum length of one read of a stream, in bytes: the most that the native provider returns.
/// WASI's files return 64 KiB.
const MAX_STREAM_READ: u64 = 1 << 20;

/// The maximum length of a list call where no stream has the bytes: little beside the plugin's
/// memory, and much beside the cost of a call.
const MAX_LIST: usize = 1 << 20;

/// An array that can be read.
pub(crate) trait ReadRange {
    type Stream: Input;

    /// Opens a stream over the first part of a range. Returns the length of the part, and the
    /// stream unless no stream has its bytes.
    fn open_input(&self, offset: u64, length: u64) -> Result<(u64, Option<Self::Stream>)>;
    /// Returns the bytes of a range by one call.
    fn read_list(&self, offset: u64, length: u64) -> Result<Vec<u8>>;
}

/// An array that can be written to.
pub(crate) trait WriteRange {
    type Stream: Output;

    /// Opens a stream over the first part of a range. Returns the length of the part, and the
    /// stream unless no stream takes its bytes.
    fn open_output(&self, offset: u64, length: u64) -> Result<(u64, Option<Self::Stream>)>;
    /// Writes the bytes of a range by one call.
    fn write_list(&self, offset: u64, data: &[u8]) -> Result<()>;
}

/// Reads ranges of an array. Keeps a stream open for a read that continues where the last one
/// ended.
#[derive(Debug)]
pub(crate) struct RangeReader<S> {
    open: Option<OpenPart<S>>,
}

/// The rest of a part that a stream has.
#[derive(Debug)]
struct OpenPart<S> {
    stream: S,
    offset: u64,
    length: u64,
}

impl<S: Input> RangeReader<S> {
    pub(crate) const fn new() -> Self {
        Self { open: None }
    }

    /// Fills the target with the bytes from `offset` on.
    ///
    /// A new stream is opened for the bytes up to `stream_end`, so that later reads can continue
    /// it. It shows what the file holds at the moment of each read. In the mode `copy-on-write` it
    /// does not show changes that were made after it was opened: there, `stream_end` has to be the
    /// end of this read.
    pub(crate) fn read(
        &mut self,
        array: &impl ReadRange<Stream = S>,
        mut offset: u64,
        target: &mut Target<'_>,
        stream_end: u64,
    ) -> Result<()> {
        let end = offset + target.left() as u64;
        while offset < end {
            let (filled, new_stream_length) = (target.filled(), stream_end.max(end) - offset);
            self.open = self.read_piece(array, offset, target, new_stream_length)?;
            let length = (target.filled() - filled) as u64;
            assert!(length > 0, "the provider returned no bytes for a read of {}", end - offset);
            offset += length;
        }
        Ok(())
    }

    /// Reads the next bytes, and returns the stream that continues after them. A new stream is
    /// opened for `new_stream_length` bytes.
    fn read_piece(
        &mut self,
        array: &impl ReadRange<Stream = S>,
        offset: u64,
        target: &mut Target<'_>,
        new_stream_length: u64,
    ) -> Result<Option<OpenPart<S>>> {
        let mut list_length = (target.left() as u64).min(MAX_LIST as u64);
        let part = match self.open.take().filter(|part| part.offset == offset) {
            Some(part) => Some(part),
            None if new_stream_length < MIN_STREAM_READ => None,
            None => {
                let (length, stream) = array.open_input(offset, new_stream_length)?;
                list_length = list_length.min(length);
                stream.map(|stream| OpenPart { stream, offset, length })
            }
        };
        if let Some(mut part) = part {
            let filled = target.filled();
            // The list call below returns the error of the stream, if there is one.
            _ = part.stream.read(target, part.length.min(MAX_STREAM_READ));
            let length = (target.filled() - filled) as u64;
            if length > 0 {
                part.offset += length;
                part.length = part.length.saturating_sub(length);
                return Ok(Some(part).filter(|part| part.length > 0));
            }
        }
        target.push(&array.read_list(offset, list_length)?)?;
        Ok(None)
    }
}

/// Writes `data` to an array, starting at byte `offset`.
pub(crate) fn write(array: &impl WriteRange, mut offset: u64, mut data: &[u8]) -> Result<()> {
    if (data.len() as u64) < MIN_STREAM_WRITE {
        return array.write_list(offset, data);
    }
    while !data.is_empty() {
        let (length, stream) = array.open_output(offset, data.len() as u64)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(data.len());
        assert!(length > 0, "the provider returned an empty part for a write of {}", data.len());
        let (part, rest) = data.split_at(length);
        // A stream that failed may have written some of these bytes. They are written again.
        if stream.is_none_or(|stream| stream.write(part).is_err()) {
            for (start, piece) in (offset..).step_by(MAX_LIST).zip(part.chunks(MAX_LIST)) {
                array.write_list(start, piece)?;
            }
        }
        offset += length as u64;
        data = rest;
    }
    Ok(())
}

impl ReadRange for array::Memmap {
    type Stream = InputStream;

    fn open_input(&self, offset: u64, length: u64) -> Result<(u64, Option<Self::Stream>)> {
        let part = bulk::read_via_stream(self, offset, length)?;
        Ok((part.length, part.input))
    }

    fn read_list(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        Ok(self.read_bytes(offset, length)?)
    }
}

impl WriteRange for array::Memmap {
    type Stream = OutputStream;

    fn open_output(&self, offset: u64, length: u64) -> Result<(u64, Option<Self::Stream>)> {
        let part = bulk::write_via_stream(self, offset, length)?;
        Ok((part.length, part.output))
    }

    fn write_list(&self, offset: u64, data: &[u8]) -> Result<()> {
        Ok(self.write_bytes(offset, data)?)
    }
}

#[cfg(test)]
mod tests;
