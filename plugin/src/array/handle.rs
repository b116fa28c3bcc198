//! The handle of an array, which counts the windows on its mapping.

use std::cell::Cell;
use std::rc::Rc;

use super::{Memmap, Mode};
use crate::bindings::filemap::data::array as wit;
use crate::bindings::filemap::data::mapping;
use crate::bindings::wasi::io::streams::InputStream;
use crate::bulk::{self, Reading};
use crate::error::{Error, Result};
use crate::window::Source;

/// What an array shares with its mapped slices. The mapping of the file lives until the last of
/// them is dropped.
pub(crate) struct Handle {
    pub(super) raw: wit::Memmap,
    /// Only `resize` changes it, and only if nothing shares the handle.
    pub(super) info: wit::MemmapInfo,
    /// The number of mapped slices of this array and of all views on the same mapping of the file.
    pub(super) windows: Rc<Cell<usize>>,
    /// Whether mapped slices have all their pages from the start, after the last advice.
    pub(super) prefaults: Cell<bool>,
}

impl Handle {
    /// Fails while mapped slices exist: `close` and `resize` would take their memory away.
    pub(super) fn is_unmapped(&self, done: &str) -> Result<()> {
        match self.windows.get() {
            0 => Ok(()),
            windows => Err(Error::InvalidArgument(format!(
                "the array cannot be {done} while {windows} mappings of it, or of a view of it, \
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

/// An array in use by a window, which `close` and `resize` respect.
pub(crate) struct Windowed {
    handle: Rc<Handle>,
    reading: Reading<InputStream>,
    /// Whether more of the array is going to be read behind each window.
    walked: bool,
}

impl Windowed {
    pub(crate) fn new(array: &Memmap) -> Self {
        array.handle.windows.update(|windows| windows + 1);
        Self { handle: Rc::clone(&array.handle), reading: Reading::new(), walked: false }
    }

    /// An array whose windows follow each other to its end.
    pub(crate) fn walked(array: &Memmap) -> Self {
        // In the mode `copy-on-write` a stream does not show what is written to the array after it
        // was opened: there, each window opens its own.
        let mut windowed = Self::new(array);
        windowed.walked = array.mode() != Mode::CopyOnWrite;
        windowed
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Windowed {
    fn drop(&mut self) {
        self.handle.windows.update(|windows| windows - 1);
    }
}

impl Source for Windowed {
    fn place(
        &self,
        offset: u64,
        length: u64,
        address: u64,
        here: &[u8],
        prefault: bool,
    ) -> Result<u64> {
        Ok(mapping::place(&self.handle.raw, offset, length, address, here, prefault)?)
    }

    fn remove(&self, address: u64, length: u64) -> Result<()> {
        Ok(mapping::remove(address, length)?)
    }

    fn read(&mut self, offset: u64, length: u64, sink: &mut dyn FnMut(&[u8])) -> Result<()> {
        let until = if self.walked { self.handle.info.nbytes } else { offset + length };
        self.reading.read(&self.handle.raw, offset, length, until, sink)
    }
}
