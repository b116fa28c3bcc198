//! Values of stores through streams.

use super::stream::{Input, Output};
use super::{MAX_STREAM_READ, MIN_STREAM_WRITE};
use crate::bindings::filemap::data::{bulk, store};
use crate::bindings::wasi::io::streams::InputStream;
use crate::error::{Error, Result};
use crate::memory::reserve;

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
        if self.left.min(max) == 0 {
            return Ok(Vec::new());
        }
        let bytes = Input::read(&self.stream, self.left.min(max).min(MAX_STREAM_READ))?;
        if bytes.is_empty() {
            let left = self.left;
            return Err(Error::Truncated(format!(
                "the value ends {left} bytes before the length that it had when it was opened"
            )));
        }
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(bytes)
    }

    /// Appends the rest of the value to `data`.
    pub(crate) fn read_to_end(&mut self, data: &mut Vec<u8>) -> Result<()> {
        reserve(data, self.left)?;
        while self.left > 0 {
            data.extend_from_slice(&self.read(MAX_STREAM_READ)?);
        }
        Ok(())
    }
}

/// Appends `data` to a value that is being written.
pub(crate) fn append(writer: &store::ValueWriter, data: &[u8]) -> Result<()> {
    if (data.len() as u64) < MIN_STREAM_WRITE {
        return Ok(writer.write(data)?);
    }
    Output::write(&bulk::write_value_via_stream(writer, data.len() as u64)?, data)
}
