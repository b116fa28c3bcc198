//! The part of the file behind a range of an array, for a provider that places pages of the file in
//! a plugin's memory.

use super::Memmap;
use crate::display::excerpt_of;
use crate::error::{Error, Result};
use crate::message;
use crate::region::{Region, Window};

impl<R: Region> Memmap<R> {
    /// Returns the mapping, and the part of its file behind the bytes `offset` to `offset + length`
    /// of the array.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the bytes are not one or more whole elements, or if the array
    /// has gaps. [`Error::OutOfBounds`] if the range exceeds the array.
    pub fn file_window(&self, offset: u64, length: u64) -> Result<(&R, Window)> {
        let range = self.byte_range(offset, length)?;
        let dtype = &self.layout.dtype;
        let size = dtype.size();
        if length == 0 || !offset.is_multiple_of(size) || !length.is_multiple_of(size) {
            return Err(Error::InvalidArgument(message!(
                "{length} bytes at offset {offset} are not whole elements of `{}`: use multiples \
                 of its {size} bytes",
                excerpt_of(dtype)
            )));
        }
        Ok((&self.region, Window { offset: self.source.offset + range.start, length }))
    }
}
