//! Headers of new files, and headers for another shape.

use super::Header;
use super::write::Version;
use crate::display::ShapeDisplay;
use crate::dtype::Dtype;
use crate::error::{Error, Result};
use crate::layout::{Layout, Order};
use crate::message;

impl Header {
    /// Creates the header of a new file.
    ///
    /// # Errors
    ///
    /// Those of [`Header::to_bytes`] and of [`Layout::new`].
    pub fn new(
        dtype: &Dtype,
        shape: &[u64],
        order: Order,
        version: Option<Version>,
    ) -> Result<Self> {
        let layout = Layout::new_flattened(dtype.clone(), shape, order)?;
        let bytes = Self::to_bytes(dtype, shape, order, version)?;
        Ok(Self { layout, offset: bytes.len() as u64, order, axes: shape.len(), bytes })
    }

    /// Returns the header with another length of the first axis.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if the header has no room for the length, and those of
    /// [`Layout::new`].
    pub fn resized(&self, length: u64) -> Result<Self> {
        let mut shape = self.layout.shape.clone();
        if let Some(first) = shape.first_mut() {
            *first = length;
        }
        let axes = &shape[..self.axes];
        let Some(bytes) = self.rewritten(axes) else {
            let axes = ShapeDisplay(axes);
            return Err(Error::Unsupported(message!(
                "the header of this .npy file has no room for the shape {axes}: create a new file"
            )));
        };
        let layout = Layout::new(self.layout.dtype.clone(), shape, self.order)?;
        Ok(Self { layout, bytes, ..*self })
    }

    /// Returns the number of the layout's axes that come from a subarray dtype.
    #[must_use]
    pub fn element_axes(&self) -> usize {
        self.layout.shape.len() - self.axes
    }

    /// Returns all bytes before the elements.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the approximate memory of the header without its dtype, in bytes.
    pub(in crate::array) fn footprint(&self) -> u64 {
        self.bytes.len() as u64
    }
}
