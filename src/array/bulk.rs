//! Ranges of an array's bytes that move through streams.
//!
//! [`Memmap::input_part`] and [`Memmap::output_part`] tell how much of a range one stream can move,
//! and return it as a view. The native provider streams the view itself. The portable provider
//! streams from the file, at the [position](Memmap::file_position) of the view. Streams themselves
//! belong to the providers.

use alloc::sync::Arc;

use super::Memmap;
use crate::error::{Error, Result};
use crate::fs::File;
use crate::layout::{Layout, Transfer};
use crate::limits::MAX_TRANSFER;
use crate::region::{BufferedRegion, Region};

/// A prefix of a range, and a stream `S` for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<S> {
    /// The length in bytes; at least 1, unless the range is empty.
    pub length: u64,
    /// The stream. If it is `None`, the prefix moves by [`Memmap::read_bytes`] and
    /// [`Memmap::write_bytes`].
    pub stream: Option<S>,
}

impl<S> Part<S> {
    /// Converts the stream, if there is one.
    ///
    /// # Errors
    ///
    /// Those of `make`.
    pub fn try_map<T, E>(
        self,
        make: impl FnOnce(S) -> core::result::Result<T, E>,
    ) -> core::result::Result<Part<T>, E> {
        Ok(Part { length: self.length, stream: self.stream.map(make).transpose()? })
    }
}

impl<R: Region> Memmap<R> {
    /// Returns the prefix of a range that one stream can read, as a one-dimensional view of
    /// `uint8`.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::read_bytes`], except that the length has no limit.
    pub fn input_part(&self, offset: u64, length: u64) -> Result<Part<Self>> {
        let mut view = self.bytes_view(self.byte_range(offset, length)?)?;
        if length == 0 {
            return Ok(Part { length, stream: None });
        }
        let failed = |error| Error::io("read the array over", self.name(), &error);
        let start = view.layout.start;
        let (length, is_changed) =
            self.region.changed_run(start..start + length).map_err(failed)?;
        if is_changed {
            // This prefix is read by one call.
            return Ok(Part { length: length.min(MAX_TRANSFER), stream: None });
        }
        view.layout.shape = alloc::vec![length];
        Ok(Part { length, stream: Some(view) })
    }

    /// Returns the prefix of a range that one stream can write, as a one-dimensional view of
    /// `uint8`. In mode `copy-on-write` there is no stream.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::write_bytes`], except that the length has no limit.
    pub fn output_part(&self, offset: u64, length: u64) -> Result<Part<Self>> {
        let layout = self.byte_range(offset, length)?;
        self.check_writeable()?;
        let view = self.bytes_view(layout)?;
        if length == 0 || !self.source.mode.changes_file() {
            return Ok(Part { length: length.min(MAX_TRANSFER), stream: None });
        }
        Ok(Part { length, stream: Some(view) })
    }

    /// Returns a byte layout as a view. Fails if the mapping is closed or the file is truncated.
    fn bytes_view(&self, layout: Layout) -> Result<Self> {
        let nothing = Layout { shape: alloc::vec![0], ..layout.clone() };
        self.region
            .read(Transfer::new(&nothing), &mut [])
            .map_err(|error| Error::io("read the array over", self.name(), &error))?;
        Ok(Self { region: self.region.clone(), layout, source: Arc::clone(&self.source) })
    }
}

impl<F: File + Clone> Memmap<BufferedRegion<F>> {
    /// Returns the file, and the offset of the first element in it, for a stream over a view of
    /// bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn file_position(&self) -> Result<(F, u64)> {
        self.region
            .file_position(self.layout.start)
            .map_err(|error| Error::io("use the array over", self.name(), &error))
    }
}
