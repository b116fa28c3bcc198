//! A value that is written in pieces.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use super::Handle;
use super::key::Generation;
use super::staging::StagedValue;
use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::fs::{Directory, File, IoResult};
use crate::limits::check_transfer;

/// A value that is being written. It is nobody's until it is committed; where it is dropped before,
/// nothing has happened.
pub struct ValueWriter<D: Directory> {
    handle: Arc<Handle<D>>,
    key: String,
    /// `None` from the commit on.
    file: Option<D::File>,
    temporary: Generation,
    /// How many bytes it has.
    length: u64,
    /// Whether there may be bytes behind those, of a write that failed.
    has_surplus: bool,
    /// The length that the value has when the last stream has taken its bytes.
    expected_length: Option<u64>,
}

impl<D: Directory> ValueWriter<D> {
    pub(super) fn new(
        handle: Arc<Handle<D>>,
        key: &str,
        file: D::File,
        temporary: Generation,
    ) -> Self {
        Self {
            handle,
            key: key.to_string(),
            file: Some(file),
            temporary,
            length: 0,
            has_surplus: false,
            expected_length: None,
        }
    }

    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] after the commit, or where the store is closed; [`Error::LimitExceeded`],
    /// [`Error::NoSpace`], and those of the file system. Nothing has been appended then.
    pub fn write(&mut self, data: &[u8]) -> Result<()> {
        self.handle.live()?;
        self.finish_stream()?;
        let Some(file) = &self.file else { return Err(self.committed()) };
        let size = data.len() as u64;
        check_transfer(size, "the data", "write it in several calls")?;
        if let Err(error) = file.write_all(data, self.length) {
            self.has_surplus = true;
            return Err(self.handle.write_failed(&self.key, &error));
        }
        self.length += size;
        Ok(())
    }

    /// Opens a stream that will append `length` bytes: `open` makes it, of the file and the place
    /// in it where they go.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] as for [`ValueWriter::write`], [`Error::InvalidArgument`] for a length
    /// that no file has, and while an earlier stream has not taken all of its bytes, and those of
    /// `open`.
    pub fn append_stream<S>(
        &mut self,
        length: u64,
        open: impl FnOnce(&D::File, u64) -> IoResult<S>,
    ) -> Result<S> {
        self.handle.live()?;
        self.finish_stream()?;
        let Some(file) = &self.file else { return Err(self.committed()) };
        if self.has_surplus {
            // What a stream has taken is told by the size of the file.
            file.set_size(self.length)
                .map_err(|error| self.handle.write_failed(&self.key, &error))?;
            self.has_surplus = false;
        }
        let end = self
            .length
            .checked_add(length)
            .filter(|&end| i64::try_from(end).is_ok())
            .ok_or_else(|| {
                Error::InvalidArgument(format!(
                    "{length} bytes behind the first {} of a value are more than a file can have",
                    self.length
                ))
            })?;
        let stream =
            open(file, self.length).map_err(|error| self.handle.write_failed(&self.key, &error))?;
        self.expected_length = Some(end);
        Ok(stream)
    }

    /// Counts what the last stream has brought. Fails while the stream has not taken all of its
    /// bytes.
    fn finish_stream(&mut self) -> Result<()> {
        let (Some(file), Some(expected_length)) = (&self.file, self.expected_length) else {
            return Ok(());
        };
        let size = file.size().map_err(|error| self.handle.write_failed(&self.key, &error))?;
        if size < expected_length {
            let (key, taken) = (excerpt(&self.key), size.saturating_sub(self.length));
            let wanted = expected_length - self.length;
            return Err(Error::InvalidArgument(format!(
                "the stream for the value of `{key}` has taken {taken} of its {wanted} bytes: \
                 write the rest and flush it, or drop the writer"
            )));
        }
        self.length = expected_length;
        self.has_surplus |= size > expected_length;
        self.expected_length = None;
        Ok(())
    }

    /// Makes what was written the value of the key. Nothing can be written afterwards, whether this
    /// fails or not: a disk that could not be synced once does not say so a second time.
    ///
    /// # Errors
    ///
    /// Those of [`ValueWriter::write`], and those of [`Store::set`](super::Store::set). The key has
    /// the value that it had then.
    pub fn commit(&mut self) -> Result<()> {
        let live = self.handle.live()?;
        self.finish_stream()?;
        let Some(file) = self.file.take() else { return Err(self.committed()) };
        let finish = || {
            if self.has_surplus {
                file.set_size(self.length)?;
            }
            self.handle.sync(&file)
        };
        let finished = finish();
        drop(file);
        if let Err(error) = finished {
            _ = live.abort(self.temporary);
            return Err(self.handle.write_failed(&self.key, &error));
        }
        self.handle
            .commit_staged(&live, &[StagedValue { key: &self.key, temporary: self.temporary }])
    }

    /// Gives the value up. Nothing can be written afterwards.
    pub fn abort(&mut self) {
        if self.file.take().is_some() {
            // Where the store is closed, that has been done.
            if let Ok(live) = self.handle.live() {
                _ = live.abort(self.temporary);
            }
        }
    }

    /// Whether nothing can be written any more, and the file is closed.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.file.is_none()
    }

    /// About how much memory the keys of the directory take, in bytes.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.handle.memory()
    }

    /// By how much that grows by the commit.
    #[must_use]
    pub fn memory_growth(&self) -> u64 {
        self.handle.memory_growth(&self.key)
    }

    fn committed(&self) -> Error {
        let key = excerpt(&self.key);
        Error::Closed(format!(
            "the value of `{key}` was committed, and nothing more can be written: make another \
             writer"
        ))
    }
}

impl<D: Directory> Drop for ValueWriter<D> {
    fn drop(&mut self) {
        self.abort();
    }
}
