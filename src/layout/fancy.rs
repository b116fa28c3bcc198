//! Advanced ("fancy") indexing: axes whose elements are selected one by one by index arrays and
//! masks.
//!
//! This module broadcasts the index arrays of one index together and inserts the resulting axes.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::ops::Range;

use super::odometer::Odometer;
use super::{Layout, broadcast_strides, product};
use crate::checkpoint::{Checkpoint, ELEMENTS, pass};
use crate::display::ShapeDisplay;
use crate::error::{Error, Result};
use crate::limits::{MAX_AXES, MAX_FANCY_ELEMENTS};
use crate::message;

/// Axes that have a list of offsets instead of strides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FancyAxes {
    /// Their range among the axes of the selection. It is not empty.
    pub axes: Range<usize>,
    /// The offset of each of their elements from the start of the layout, in C order, in bytes.
    pub offsets: Vec<i64>,
}

/// Fails if a selection would have more than [`MAX_AXES`] axes.
pub(super) fn check_axes(axes: usize) -> Result<()> {
    if axes <= MAX_AXES {
        return Ok(());
    }
    Err(Error::OutOfBounds(message!(
        "number of dimensions must be within [0, {MAX_AXES}], indexing result would have {axes}"
    )))
}

/// Allocates `count` zero offsets.
///
/// # Errors
///
/// [`Error::LimitExceeded`] if there is not enough memory.
fn zeroes(count: usize) -> Result<Vec<i64>> {
    let mut offsets = Vec::new();
    offsets.try_reserve_exact(count).map_err(|_| {
        Error::LimitExceeded(message!(
            "there is no memory for the offsets of {count} elements: select fewer at once"
        ))
    })?;
    offsets.resize(count, 0);
    Ok(offsets)
}

/// Fails if index arrays select more than [`MAX_FANCY_ELEMENTS`] elements.
pub(super) fn check_element_count(count: u64) -> Result<()> {
    if count <= MAX_FANCY_ELEMENTS {
        return Ok(());
    }
    Err(Error::LimitExceeded(message!(
        "{count} elements are too many for index arrays and masks: select at most \
         {MAX_FANCY_ELEMENTS} at once (fixed)"
    )))
}

/// The index arrays of one index, which are broadcast together to fancy axes.
#[derive(Default)]
pub(super) struct IndexArrays {
    arrays: Vec<IndexArray>,
    /// The position of the fancy axes among the axes of the selection; `None` before the first
    /// index array.
    position: Option<usize>,
    /// Whether the previous index was an index array or an integer.
    was_joined: bool,
}

/// An index array: its shape, and the offset of each selected element from the start, in bytes.
struct IndexArray {
    shape: Vec<u64>,
    offsets: Vec<i64>,
}

impl IndexArrays {
    /// Tracks the position of the fancy axes from index to index. `joins` tells whether an index is
    /// broadcast with the index arrays; `axes` is the number of axes selected so far.
    pub(super) fn track_position(&mut self, joins: bool, axes: usize) {
        if joins {
            self.position = Some(match self.position {
                None => axes,
                Some(position) if self.was_joined => position,
                // As in numpy, the axes come first if another index separates the index arrays.
                Some(_) => 0,
            });
        }
        self.was_joined = joins;
    }

    /// Adds an index array.
    pub(super) fn push(&mut self, shape: Vec<u64>, offsets: Vec<i64>) -> Result<()> {
        // A mask without axes uses none of the array's axes, so only this limits their number.
        if self.arrays.len() >= MAX_AXES {
            return Err(Error::OutOfBounds(message!(
                "too many index arrays: one index has at most {MAX_AXES}"
            )));
        }
        self.arrays.push(IndexArray { shape, offsets });
        Ok(())
    }

    /// Inserts the axes of the broadcast index arrays into the layout.
    pub(super) fn insert_into(
        mut self,
        layout: &mut Layout,
        checkpoint: Checkpoint<'_, Error>,
    ) -> Result<FancyAxes> {
        let shape = self.broadcast()?;
        let count = product(&shape);
        check_element_count(count)?;
        check_axes(layout.shape.len() + shape.len())?;
        let position = self.position.unwrap_or(0);
        for &length in shape.iter().rev() {
            layout.shape.insert(position, length);
            layout.strides.insert(position, 0);
        }
        // The same element can be selected many times.
        let bytes = layout.shape.iter().try_fold(layout.dtype.size().max(1), |bytes, &length| {
            bytes.checked_mul(length.max(1))
        });
        if bytes.is_none_or(|bytes| i64::try_from(bytes).is_err()) {
            return Err(Error::InvalidArgument(message!(
                "a selection of shape {} is too large: all elements together have at most {} bytes",
                ShapeDisplay(&layout.shape),
                i64::MAX
            )));
        }
        let mut offsets = match self.arrays.pop_if(|array| array.shape == shape) {
            Some(array) => array.offsets,
            None => zeroes(to_usize(count))?,
        };
        for array in &self.arrays {
            let strides = broadcast_strides(&array.shape, &shape).unwrap_or_default();
            let mut numbers = Odometer::new(&shape, &|axis| strides[axis].cast_signed());
            for offsets in offsets.chunks_mut(ELEMENTS) {
                pass(checkpoint)?;
                for (offset, number) in offsets.iter_mut().zip(&mut numbers) {
                    *offset = offset.wrapping_add(array.offsets[to_usize(number.cast_unsigned())]);
                }
            }
        }
        Ok(FancyAxes { axes: position..position + shape.len(), offsets })
    }

    /// Returns the broadcast shape of all index arrays.
    fn broadcast(&self) -> Result<Vec<u64>> {
        let axes = self.arrays.iter().map(|array| array.shape.len()).max().unwrap_or(0);
        let mut shape = alloc::vec![1; axes];
        for array in &self.arrays {
            for (length, &other) in shape.iter_mut().rev().zip(array.shape.iter().rev()) {
                if *length == 1 {
                    *length = other;
                } else if other != 1 && other != *length {
                    return Err(self.mismatch());
                }
            }
        }
        Ok(shape)
    }

    fn mismatch(&self) -> Error {
        const MAX_TEXT: usize = 100;
        let mut shapes = String::new();
        for array in &self.arrays {
            // Writing to a string cannot fail.
            _ = write!(shapes, " {}", ShapeDisplay(&array.shape));
            if shapes.len() > MAX_TEXT {
                shapes.truncate(MAX_TEXT);
                shapes.push_str("...");
                break;
            }
        }
        Error::OutOfBounds(message!(
            "shape mismatch: indexing arrays could not be broadcast together with shapes{shapes}"
        ))
    }
}

/// Converts a number of elements of at most [`MAX_FANCY_ELEMENTS`].
fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
