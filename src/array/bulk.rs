//! Ranges of an array's bytes that move through streams.
//!
//! A provider that makes streams itself takes a [view of the bytes](Memmap::bytes_view). One that passes on the streams
//! of its host's files asks [which part of a range](Memmap::input_part) the file holds as the array shows it.

use super::{Memmap, Transfer};
use crate::error::{Error, Result};
use crate::fs::File;
use crate::limits::MAX_TRANSFER;
use crate::region::{BufferedRegion, FileRun, Region};

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
    pub fn try_map<T, E>(self, make: impl FnOnce(S) -> core::result::Result<T, E>) -> core::result::Result<Part<T>, E> {
        Ok(Part { length: self.length, stream: self.stream.map(make).transpose()? })
    }
}

impl<R: Region> Memmap<R> {
    /// A range of the bytes of an array without gaps, to be read, as a view of one axis of `uint8`.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::read_bytes`] at any length.
    pub fn bytes_view(&self, offset: u64, length: u64) -> Result<Self> {
        let layout = self.byte_range(offset, length)?;
        let empty = self.byte_range(offset, 0)?;
        // It fails where the mapping has ended, or the file is too short.
        self.region
            .read(Transfer::new(&empty), &mut [])
            .map_err(|error| Error::io("read the array over", self.name(), &error))?;
        Ok(Self { region: self.region.clone(), layout, source: self.source.clone() })
    }

    /// The same for a range to be written; `None` in the mode `copy-on-write`, whose writes no stream takes.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::write_bytes`] at any length.
    pub fn writeable_bytes_view(&self, offset: u64, length: u64) -> Result<Option<Self>> {
        self.byte_range(offset, length)?;
        self.check_writeable()?;
        let view = self.bytes_view(offset, length)?;
        Ok(self.source.mode.changes_file().then_some(view))
    }

    /// The part of a range of so many bytes that a stream does not move.
    #[must_use]
    pub fn part_without_stream<S>(length: u64) -> Part<S> {
        Part { length: length.min(MAX_TRANSFER), stream: None }
    }
}

impl<F: File + Clone> Memmap<BufferedRegion<F>> {
    /// The first bytes of a range to be read, and the place in the file that they are read from.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::bytes_view`].
    pub fn input_part(&self, offset: u64, length: u64) -> Result<Part<(F, u64)>> {
        let view = self.bytes_view(offset, length)?;
        view.file_part(view.layout.start, length)
    }

    /// The first bytes of a range to be written, and the place in the file that they are written to.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::writeable_bytes_view`].
    pub fn output_part(&self, offset: u64, length: u64) -> Result<Part<(F, u64)>> {
        match self.writeable_bytes_view(offset, length)? {
            Some(view) => view.file_part(view.layout.start, length),
            None => Ok(Self::part_without_stream(length)),
        }
    }

    fn file_part(&self, start: u64, length: u64) -> Result<Part<(F, u64)>> {
        if length == 0 {
            return Ok(Self::part_without_stream(0));
        }
        let failed = |error| Error::io("read the array over", self.name(), &error);
        let FileRun { length, place } = self.region.file_run(start..start + length).map_err(failed)?;
        Ok(if place.is_some() { Part { length, stream: place } } else { Self::part_without_stream(length) })
    }
}
