//! Ranges of an array's bytes that move through streams.
//!
//! [`Memmap::input_part`] and [`Memmap::output_part`] say which part of a range a stream can move.
//! A provider that makes streams itself reads and writes the view of that part; one that passes on
//! the streams of its host's files asks for its [place](Memmap::place) in the file.

use alloc::sync::Arc;

use super::Memmap;
use crate::error::{Error, Result};
use crate::fs::File;
use crate::layout::{Layout, Transfer};
use crate::limits::MAX_TRANSFER;
use crate::region::{BufferedRegion, Region};

/// The first bytes of a range, and the stream `S` that moves them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<S> {
    /// The number of bytes: at least 1 unless the range is empty.
    pub length: u64,
    /// `None` if these bytes move by [`Memmap::read_bytes`] and [`Memmap::write_bytes`].
    pub stream: Option<S>,
}

impl<S> Part<S> {
    /// The same part with a stream that is made of the present one, if there is any.
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
    /// The first bytes of a range to be read by a stream, as a view of one axis of `uint8`.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::read_bytes`] at any length.
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
            // It has to fit in one call.
            return Ok(Part { length: length.min(MAX_TRANSFER), stream: None });
        }
        view.layout.shape = alloc::vec![length];
        Ok(Part { length, stream: Some(view) })
    }

    /// The first bytes of a range to be written by a stream, as a view of one axis of `uint8`. No
    /// stream takes what is written in the mode `copy-on-write`.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::write_bytes`] at any length.
    pub fn output_part(&self, offset: u64, length: u64) -> Result<Part<Self>> {
        let layout = self.byte_range(offset, length)?;
        self.check_writeable()?;
        let view = self.bytes_view(layout)?;
        if length == 0 || !self.source.mode.changes_file() {
            return Ok(Part { length: length.min(MAX_TRANSFER), stream: None });
        }
        Ok(Part { length, stream: Some(view) })
    }

    /// A range of the bytes of this array as a view. Fails if the mapping has ended, or the file is
    /// too short.
    fn bytes_view(&self, layout: Layout) -> Result<Self> {
        let nothing = Layout { shape: alloc::vec![0], ..layout.clone() };
        self.region
            .read(Transfer::new(&nothing), &mut [])
            .map_err(|error| Error::io("read the array over", self.name(), &error))?;
        Ok(Self { region: self.region.clone(), layout, source: Arc::clone(&self.source) })
    }
}

impl<F: File + Clone> Memmap<BufferedRegion<F>> {
    /// The file, and the place in it of the first element: where a stream reads or writes a view of
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
