//! The handle of an array, and the count of the mapped slices that keep it from being closed.

use std::cell::Cell;
use std::rc::Rc;

use super::Memmap;
use crate::bindings::filemap::data::array::{self as wit, Mode};
use crate::bindings::filemap::data::mapping;
use crate::bindings::wasi::io::streams::InputStream;
use crate::bulk::{self, RangeReader};
use crate::error::{Error, Result};
use crate::target::Target;
use crate::window::{FirstByte, WindowSource};

/// What an array shares with its mapped slices. The mapping of the file lives until the last of
/// them is dropped.
pub(crate) struct Handle {
    pub(super) raw: wit::Memmap,
    /// Only `resize` changes it, and only if nothing shares the handle.
    pub(super) info: wit::MemmapInfo,
    /// The number of mapped slices of this array and of all views on the same mapping of the file.
    pub(super) mapped_slices: Rc<Cell<usize>>,
    /// Whether the pages of a mapped slice are mapped before the first access:
    /// [`Advice::WillNeed`](crate::Advice::WillNeed) was the last advice.
    pub(super) prefault: Cell<bool>,
}

impl Handle {
    /// Fails while mapped slices exist, because `close` and `resize` would take their memory away.
    /// `action` is what the caller asked for, as in "cannot be `action`".
    pub(super) fn check_unmapped(&self, action: &str) -> Result<()> {
        match self.mapped_slices.get() {
            0 => Ok(()),
            count => Err(Error::InvalidArgument(format!(
                "the array cannot be {action} while {count} mappings of it, or of a view of it, \
                 are in use; drop them first"
            ))),
        }
    }

    pub(crate) fn flush(&self) -> Result<()> {
        Ok(self.raw.flush()?)
    }

    pub(crate) fn write_bytes(&self, offset: u64, data: &[u8]) -> Result<()> {
        bulk::write(&self.raw, offset, data)
    }
}

/// The array of a window. While it exists, `close` and `resize` of the array fail.
pub(crate) struct MappedArray {
    handle: Rc<Handle>,
    reader: RangeReader<InputStream>,
    /// Whether a stream is opened up to the end of the array, because the next window continues
    /// where the last one ended.
    reads_ahead: bool,
}

impl MappedArray {
    /// Returns the array of a single window.
    pub(crate) fn new(array: &Memmap) -> Self {
        array.handle.mapped_slices.update(|count| count + 1);
        Self { handle: Rc::clone(&array.handle), reader: RangeReader::new(), reads_ahead: false }
    }

    /// Returns the array of a window that moves from the start of the array to its end.
    pub(crate) fn with_read_ahead(array: &Memmap) -> Self {
        // In the mode `copy-on-write` a stream does not show what is written to the array after the
        // stream was opened. There, each position of the window opens its own stream.
        let mut mapped = Self::new(array);
        mapped.reads_ahead = array.mode() != Mode::CopyOnWrite;
        mapped
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for MappedArray {
    fn drop(&mut self) {
        self.handle.mapped_slices.update(|count| count - 1);
    }
}

impl WindowSource for MappedArray {
    fn place(&self, offset: u64, length: u64, here: FirstByte, prefault: bool) -> Result<u64> {
        let (raw, address) = (&self.handle.raw, here.address());
        Ok(here.pass(|here| mapping::place(raw, offset, length, address, here, prefault))?)
    }

    fn remove(&self, address: u64, length: u64) -> Result<()> {
        Ok(mapping::remove(address, length)?)
    }

    fn read(&mut self, offset: u64, target: &mut Target<'_>) -> Result<()> {
        let stream_end = if self.reads_ahead { self.handle.info.nbytes } else { offset };
        self.reader.read(&self.handle.raw, offset, target, stream_end)
    }
}
