//! Where in its file an array is: for a provider that can put the file's pages into a plugin's
//! memory.

use alloc::format;

use super::Memmap;
use crate::display::excerpt_of;
use crate::error::{Error, Result};
use crate::region::{Region, Window};

impl<R: Region> Memmap<R> {
    /// The mapping, and which part of its file the bytes `offset` to `offset + length` of the array
    /// are.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where they are not whole elements, or none, or where there are
    /// gaps between the elements; [`Error::OutOfBounds`] where they are not all in the array.
    pub fn file_window(&self, offset: u64, length: u64) -> Result<(&R, Window)> {
        let range = self.byte_range(offset, length)?;
        let dtype = &self.layout.dtype;
        let size = dtype.size();
        if length == 0 || !offset.is_multiple_of(size) || !length.is_multiple_of(size) {
            return Err(Error::InvalidArgument(format!(
                "{length} bytes from byte {offset} on are not whole elements of `{}`, which have \
                 {size} bytes each: give multiples of that",
                excerpt_of(dtype)
            )));
        }
        Ok((&self.region, Window { offset: self.source.offset + range.start, length }))
    }
}
