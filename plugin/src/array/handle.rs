//! What keeps the mapping of a file alive, and counts the windows on it.

use std::cell::Cell;
use std::rc::Rc;

use super::Memmap;
use crate::bindings::filemap::data::array as wit;
use crate::bindings::filemap::data::mapping;
use crate::error::{Error, Result};
use crate::window::Source;

/// What arrays and the mappings of them share: the mapping lives as long as one of them does.
pub(crate) struct Handle {
    pub(super) raw: wit::Memmap,
    /// Only `resize` changes any of it, and then the handle is not shared; so it need not be asked for again.
    pub(super) info: wit::Info,
    /// How many mappings there are, of this array and of every view on the same mapping of the file.
    pub(super) windows: Rc<Cell<usize>>,
    /// Whether mappings are to have all their pages at once, as the last advice was.
    pub(super) prefaults: Cell<bool>,
}

impl Handle {
    /// Fails while there are mappings, which would not survive it.
    pub(super) fn is_unmapped(&self, done: &str) -> Result<()> {
        match self.windows.get() {
            0 => Ok(()),
            windows => Err(Error::InvalidArgument(format!(
                "the array cannot be {done} while {windows} mappings of it, or of a view of it, are in use; drop them first"
            ))),
        }
    }

    pub(crate) fn flush(&self) -> Result<()> {
        Ok(self.raw.flush()?)
    }

    pub(crate) fn write_bytes(&self, offset: u64, data: &[u8]) -> Result<()> {
        Ok(self.raw.write_bytes(offset, data)?)
    }
}

/// An array in use by a window, which `close` and `resize` respect.
pub(crate) struct Windowed(Rc<Handle>);

impl Windowed {
    pub(crate) fn new(array: &Memmap) -> Self {
        array.handle.windows.update(|windows| windows + 1);
        Self(Rc::clone(&array.handle))
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }
}

impl Drop for Windowed {
    fn drop(&mut self) {
        self.0.windows.update(|windows| windows - 1);
    }
}

impl Source for Windowed {
    fn place(&self, offset: u64, length: u64, address: u64, here: &[u8], prefault: bool) -> Result<u64> {
        Ok(mapping::place(&self.0.raw, offset, length, address, here, prefault)?)
    }

    fn remove(&self, address: u64, length: u64) -> Result<()> {
        Ok(mapping::remove(address, length)?)
    }

    fn read(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        Ok(self.0.raw.read_bytes(offset, length)?)
    }
}
