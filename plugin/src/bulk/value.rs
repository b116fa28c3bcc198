//! Values of stores through streams.

use super::stream::{Input, Output, Speed};
use super::{MAX_STREAM_READ, MIN_STREAM_WRITE};
use crate::bindings::filemap::data::{bulk, store};
use crate::bindings::wasi::io::streams::InputStream;
use crate::error::{Error, Result};
use crate::target::{self, Target};

/// Reads a value from its start to its end.
pub(crate) struct ValueReader {
    stream: InputStream,
    /// The number of bytes that are left.
    left: u64,
}

impl ValueReader {
    /// Opens the value of `key`, or returns `None` if there is no such key.
    pub(crate) fn open(store: &store::Store, key: &str) -> Result<Option<Self>> {
        let value = bulk::read_value_via_stream(store, key, 0)?;
        Ok(value.map(|value| Self { stream: value.input, left: value.length }))
    }

    /// Returns the number of bytes that are left.
    pub(crate) const fn left(&self) -> u64 {
        self.left
    }

    /// Returns the next bytes, at most `max`, and none at the end.
    pub(crate) fn read(&mut self, max: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let max = self.left.min(max).min(MAX_STREAM_READ);
        target::append(&mut bytes, max, |target| self.read_piece(target))?;
        Ok(bytes)
    }

    /// Reads the next bytes into the target, and none if it is full or the value has ended.
    fn read_piece(&mut self, target: &mut Target<'_>) -> Result<()> {
        let (left, filled) = (self.left, target.filled());
        let max = left.min(MAX_STREAM_READ);
        if max == 0 || target.left() == 0 {
            return Ok(());
        }
        Input::read(&self.stream, target, max)?;
        let length = (target.filled() - filled) as u64;
        if length == 0 {
            return Err(Error::Truncated(format!(
                "the value ends {left} bytes before the length that it had when it was opened"
            )));
        }
        self.left = left.saturating_sub(length);
        Ok(())
    }

    /// Appends the rest of the value to `data`.
    pub(crate) fn read_to_end(&mut self, data: &mut Vec<u8>) -> Result<()> {
        target::append(data, self.left, |target| {
            while target.left() > 0 {
                self.read_piece(target)?;
            }
            Ok(())
        })
    }
}

/// Appends `data` to a value that is being written.
pub(crate) fn append(writer: &store::ValueWriter, data: &[u8]) -> Result<()> {
    if (data.len() as u64) < MIN_STREAM_WRITE {
        return Ok(writer.write(data)?);
    }
    append_by_stream(writer, data).map(drop)
}

/// The same, by a stream.
pub(crate) fn append_by_stream(writer: &store::ValueWriter, data: &[u8]) -> Result<Speed> {
    Output::write(&bulk::write_value_via_stream(writer, data.len() as u64)?, data)
}
