//! Writers: values that are written in pieces, by calls or by streams of the provider.

use alloc::string::{String, ToString};
use alloc::sync::Arc;

use super::key::Generation;
use super::staging::StagedValue;
use super::{Handle, rules};
use crate::error::Result;
use crate::fs::{Directory, File, IoResult};

/// A value that is being written. The key gets it when it is committed; dropping the writer before
/// discards it.
pub struct ValueWriter<D: Directory> {
    handle: Arc<Handle<D>>,
    key: String,
    /// `None` after the commit.
    file: Option<D::File>,
    temporary: Generation,
    /// The number of bytes of the value so far.
    length: u64,
    /// Whether the file may have more bytes, from a failed write or a stream.
    has_surplus: bool,
    /// The length of the value once the last stream is finished.
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
    /// [`Error::Closed`] after the commit or if the store is closed, [`Error::LimitExceeded`],
    /// [`Error::NoSpace`], and those of the file system. After an error nothing was appended.
    ///
    /// [`Error::Closed`]: crate::error::Error::Closed
    /// [`Error::LimitExceeded`]: crate::error::Error::LimitExceeded
    /// [`Error::NoSpace`]: crate::error::Error::NoSpace
    pub fn write(&mut self, data: &[u8]) -> Result<()> {
        self.handle.live()?;
        self.finish_stream()?;
        let Some(file) = &self.file else { return Err(rules::committed(&self.key)) };
        let size = data.len() as u64;
        rules::check_appended(size)?;
        if let Err(error) = file.write_in_pieces(data, self.length) {
            self.has_surplus = true;
            return Err(self.handle.write_failed(&self.key, &error));
        }
        self.length += size;
        Ok(())
    }

    /// Opens a stream that will append `length` bytes. `open` creates the stream, given the file
    /// and the offset of the bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] after the commit or if the store is closed, [`Error::InvalidArgument`] if
    /// the value would be too long for a file or if an earlier stream is unfinished, and those of
    /// `open`.
    ///
    /// [`Error::Closed`]: crate::error::Error::Closed
    /// [`Error::InvalidArgument`]: crate::error::Error::InvalidArgument
    pub fn append_stream<S>(
        &mut self,
        length: u64,
        open: impl FnOnce(&D::File, u64) -> IoResult<S>,
    ) -> Result<S> {
        self.handle.live()?;
        self.finish_stream()?;
        let Some(file) = &self.file else { return Err(rules::committed(&self.key)) };
        if self.has_surplus {
            // The size of the file must tell what the stream has written.
            file.set_size(self.length)
                .map_err(|error| self.handle.write_failed(&self.key, &error))?;
            self.has_surplus = false;
        }
        let end = rules::appended_length(self.length, length)?;
        let stream =
            open(file, self.length).map_err(|error| self.handle.write_failed(&self.key, &error))?;
        self.expected_length = Some(end);
        Ok(stream)
    }

    /// Adds the bytes of the last stream to the length. Fails if the stream has not written all of
    /// its bytes.
    fn finish_stream(&mut self) -> Result<()> {
        let (Some(file), Some(expected_length)) = (&self.file, self.expected_length) else {
            return Ok(());
        };
        let size = file.size().map_err(|error| self.handle.write_failed(&self.key, &error))?;
        if size < expected_length {
            let (taken, wanted) = (size.saturating_sub(self.length), expected_length - self.length);
            return Err(rules::unfinished_stream(&self.key, taken, wanted));
        }
        self.length = expected_length;
        self.has_surplus |= size > expected_length;
        self.expected_length = None;
        Ok(())
    }

    /// Commits the value: the key gets it. Unless a stream is unfinished, the writer is finished
    /// afterwards, even after an error, because a disk reports a failed sync only once. A call that
    /// the host has ended before it began changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`ValueWriter::write`], and those of [`Store::set`](super::Store::set). After an
    /// error the key has its old value.
    pub fn commit(&mut self) -> Result<()> {
        let live = self.handle.live()?;
        self.finish_stream()?;
        let Some(file) = self.file.take() else { return Err(rules::committed(&self.key)) };
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
        let staged = StagedValue { key: self.key.clone(), temporary: self.temporary };
        self.handle.commit_staged(&live, &[staged], &|| live.directory.checkpoint())
    }

    /// Discards the value. The writer is finished afterwards.
    pub fn abort(&mut self) {
        if self.file.take().is_some() {
            // Closing the store has removed the file already.
            if let Ok(live) = self.handle.uninterrupted_live() {
                _ = live.abort(self.temporary);
            }
        }
    }

    /// Returns whether the writer is finished and its file closed.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.file.is_none()
    }

    /// Returns the approximate memory of the directory's keys, in bytes; `None` if the store is
    /// closed.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        self.handle.memory()
    }

    /// Returns by how much [`ValueWriter::memory`] grows with the commit.
    #[must_use]
    pub fn memory_growth(&self) -> u64 {
        self.handle.memory_growth(&self.key)
    }
}

impl<D: Directory> Drop for ValueWriter<D> {
    fn drop(&mut self) {
        self.abort();
    }
}
