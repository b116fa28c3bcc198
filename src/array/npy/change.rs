//! Headers that are not read from a file: of a new one, and of one that gets another shape.

use alloc::format;
use core::ops::Range;

use super::{Fields, Header, Version};
use crate::array::layout::Tuple;
use crate::array::literal::Encoding;
use crate::array::{Dtype, Layout, Order};
use crate::error::{Error, Result};

/// Where in a header the shape is.
fn shape_of(bytes: &[u8]) -> Result<Range<usize>> {
    let (text, encoding) = match bytes[6] {
        1 => (10, Encoding::Latin1),
        2 => (12, Encoding::Latin1),
        _ => (12, Encoding::Utf8),
    };
    let Range { start, end } = Fields::parse(&bytes[text..], encoding).map_err(|(_, error)| error)?.span;
    Ok(text + start..text + end)
}

impl Header {
    /// The header of a new file.
    ///
    /// # Errors
    ///
    /// Those of [`Header::to_bytes`] and of [`Layout::new`].
    pub fn new(dtype: &Dtype, shape: &[u64], order: Order, version: Option<Version>) -> Result<Self> {
        let layout = Layout::whole(dtype.clone(), shape, order)?;
        let bytes = Self::to_bytes(dtype, shape, order, version)?;
        let shape = shape_of(&bytes)?;
        Ok(Self {
            offset: bytes.len() as u64,
            order,
            axes: layout.shape.len() - dtype.clone().dissolve().1.len(),
            layout,
            bytes,
            shape,
        })
    }

    /// The same header with another length of the first axis.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] where there is no room for it, and those of [`Layout::new`].
    pub fn resized(&self, length: u64) -> Result<Self> {
        let mut shape = self.layout.shape.clone();
        if let Some(first) = shape.first_mut() {
            *first = length;
        }
        let axes = &shape[..self.axes];
        let Some(bytes) = self.rewritten(axes) else {
            let axes = Tuple(axes);
            return Err(Error::Unsupported(format!(
                "the header of this .npy file has no room for the shape {axes}: make a new file, which has"
            )));
        };
        let layout = Layout::new(self.layout.dtype.clone(), shape, self.order)?;
        Ok(Self { layout, shape: shape_of(&bytes)?, bytes, ..*self })
    }

    /// How many axes of the layout are those of its elements.
    #[must_use]
    pub fn element_axes(&self) -> usize {
        self.layout.shape.len() - self.axes
    }

    /// All that comes before the elements.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
