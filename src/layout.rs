//! Layouts: shapes and strides over the bytes of a region, and everything that follows from them:
//! indexing, reshaping, and plans of copies.
//!
//! A layout knows nothing of files. It reads no bytes.

mod fancy;
mod odometer;
mod pieces;
mod places;
mod reshape;
mod select;
mod take;
mod transfer;
mod view;

use alloc::vec::Vec;

pub use fancy::FancyAxes;
pub(crate) use pieces::MAX_PIECE_ELEMENTS;
pub use select::{Index, Selection, Slice};
pub use take::{Mask, Take};
pub use transfer::{Block, Offsets, Transfer};

use crate::display::{ShapeDisplay, excerpt_of};
use crate::dtype::Dtype;
use crate::error::{Error, Result};
use crate::limits::MAX_AXES;
use crate::message;

/// The order of the elements in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Row-major: the last index varies fastest.
    C,
    /// Column-major: the first index varies fastest.
    F,
}

/// The positions of an array's elements in a region of bytes: element `(i, j, ...)` begins at byte
/// `start + i * strides[0] + j * strides[1] + ...` of the region.
///
/// Every element lies within the region that the layout was made for: [`Layout::new`] returns a
/// layout that fills `0..nbytes`, and every operation on a layout only removes or rearranges
/// elements. The byte count of all elements, and so every offset, fits an `i64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The element type.
    pub dtype: Dtype,
    /// The length of each axis.
    pub shape: Vec<u64>,
    /// The distance between neighbours along each axis, in bytes.
    pub strides: Vec<i64>,
    /// The offset of the first element, in bytes.
    pub start: u64,
}

/// Returns the number of elements of a shape. Saturates, because a shape that did not pass through
/// [`Layout::new`] can have more elements than a `u64` counts.
pub(crate) fn product(lengths: &[u64]) -> u64 {
    if lengths.contains(&0) {
        0
    } else {
        lengths.iter().fold(1, |product, &length| product.saturating_mul(length))
    }
}

impl Layout {
    /// Returns the layout of a contiguous array.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if there are more than [`MAX_AXES`] axes, or if the size
    /// overflows.
    pub fn new(dtype: Dtype, shape: Vec<u64>, order: Order) -> Result<Self> {
        if shape.len() > MAX_AXES {
            let axes = shape.len();
            return Err(Error::InvalidArgument(message!(
                "maximum supported dimension for an ndarray is currently {MAX_AXES}, found {axes} \
                 axes"
            )));
        }
        // Like numpy, this ignores axes of length 0: the other lengths must fit without them too.
        let too_large = || {
            Error::InvalidArgument(message!(
                "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum \
                 possible size: the shape {} of `{}` is too large, all elements together have at \
                 most {} bytes",
                ShapeDisplay(&shape),
                excerpt_of(&dtype),
                i64::MAX
            ))
        };
        let item = i64::try_from(dtype.size()).map_err(|_| too_large())?;
        // Elements of 0 bytes count like those of 1 byte.
        let mut stride = item.max(1);
        let mut strides = alloc::vec![0; shape.len()];
        for position in 0..shape.len() {
            let axis = if order == Order::C { shape.len() - 1 - position } else { position };
            strides[axis] = if item == 0 { 0 } else { stride };
            let length = i64::try_from(shape[axis].max(1)).map_err(|_| too_large())?;
            stride = stride.checked_mul(length).ok_or_else(too_large)?;
        }
        Ok(Self { dtype, shape, strides, start: 0 })
    }

    /// Returns the number of elements.
    #[must_use]
    pub fn size(&self) -> u64 {
        product(&self.shape)
    }

    /// Returns the strides of C order, in elements.
    #[must_use]
    pub fn element_strides(&self) -> Vec<u64> {
        let mut elements = alloc::vec![0; self.shape.len()];
        let mut distance = 1;
        for (stride, &length) in elements.iter_mut().zip(&self.shape).rev() {
            *stride = distance;
            distance = u64::saturating_mul(distance, length.max(1));
        }
        elements
    }

    /// Returns the range of the region that contains all elements, or `None` for an empty layout.
    #[must_use]
    pub fn extent(&self) -> Option<core::ops::Range<u64>> {
        if self.nbytes() == 0 {
            return None;
        }
        let (mut begin, mut end) = (self.start, self.start + self.dtype.size());
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            let reach = (length - 1).saturating_mul(stride.unsigned_abs());
            if stride < 0 {
                begin = begin.saturating_sub(reach);
            } else {
                end = end.saturating_add(reach);
            }
        }
        Some(begin..end)
    }

    /// Returns the number of bytes of all elements.
    #[must_use]
    pub fn nbytes(&self) -> u64 {
        self.size().saturating_mul(self.dtype.size())
    }

    /// Returns the order in which the elements are contiguous, or `None` if there are gaps. If both
    /// orders apply, returns C.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        [Order::C, Order::F].into_iter().find(|&order| self.is_contiguous(order))
    }

    /// Returns whether the elements are contiguous in an order. As in numpy, the stride of an axis
    /// of length 1 is ignored, and an array without elements or bytes is contiguous.
    fn is_contiguous(&self, order: Order) -> bool {
        if self.nbytes() == 0 {
            return true;
        }
        let mut expected = self.dtype.size();
        let axes = self.shape.len();
        (0..axes).map(|number| if order == Order::C { axes - 1 - number } else { number }).all(
            |axis| {
                let length = self.shape[axis];
                let follows = length == 1 || u64::try_from(self.strides[axis]) == Ok(expected);
                expected *= length;
                follows
            },
        )
    }

    /// Broadcasts data of shape `from` to this shape by numpy's rules. Returns the stride of the
    /// data along each axis of this layout, in elements of data in C order.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the shapes do not fit.
    pub fn broadcast_strides(&self, from: &[u64]) -> Result<Vec<u64>> {
        let mismatch = || {
            Error::InvalidArgument(message!(
                "could not broadcast input array from shape {} into shape {}: from the last axis \
                 backwards, each length must be the same or 1",
                ShapeDisplay(from),
                ShapeDisplay(&self.shape)
            ))
        };
        if from.len() > MAX_AXES {
            let axes = from.len();
            return Err(Error::InvalidArgument(message!(
                "data of {axes} axes is invalid: an array has at most {MAX_AXES}"
            )));
        }
        broadcast_strides(from, &self.shape).ok_or_else(mismatch)
    }
}

/// Broadcasts data of shape `from` to the shape `to`. Returns the stride of the data along each
/// axis of `to`, in elements, or `None` if the shapes do not fit.
fn broadcast_strides(from: &[u64], to: &[u64]) -> Option<Vec<u64>> {
    // Like numpy's assignment, this ignores surplus leading axes of length 1.
    let (surplus, from) = from.split_at(from.len().saturating_sub(to.len()));
    if surplus.iter().any(|&length| length != 1) {
        return None;
    }
    let missing = to.len() - from.len();
    let mut strides = alloc::vec![0; to.len()];
    let mut stride: u64 = 1;
    for (axis, &length) in from.iter().enumerate().rev() {
        if length == to[missing + axis] {
            strides[missing + axis] = stride;
        } else if length != 1 {
            return None;
        }
        stride = stride.checked_mul(length)?;
    }
    Some(strides)
}
