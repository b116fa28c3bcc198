//! The operands of fancy indexing: index arrays and masks, and the checks of their shapes.

use alloc::vec::Vec;

use super::product;
use crate::display::ShapeDisplay;
use crate::error::{Error, Result};
use crate::limits::MAX_AXES;
use crate::message;

/// An index array, which selects elements of one axis, as `a[[3, 1]]` does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Take {
    /// The indices, in C order; negative numbers count from the end.
    pub indices: Vec<i64>,
    /// The shape of the index array; `None` means one axis. An index array without axes is an
    /// integer.
    pub shape: Option<Vec<u64>>,
}

/// A mask, which selects the elements where it is true. It replaces the axes that it covers by one
/// axis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    /// The values, in C order.
    pub values: Vec<bool>,
    /// The shape of the mask, which must be that of the axes it covers; `None` means one axis. A
    /// mask without axes adds an axis of length 1 or 0.
    pub shape: Option<Vec<u64>>,
}

impl From<Vec<i64>> for Take {
    fn from(indices: Vec<i64>) -> Self {
        Self { indices, shape: None }
    }
}

impl From<Vec<bool>> for Mask {
    fn from(values: Vec<bool>) -> Self {
        Self { values, shape: None }
    }
}

impl Take {
    /// Returns the index of an index array without axes.
    pub(super) fn scalar(&self) -> Option<i64> {
        self.shape.as_ref().is_some_and(Vec::is_empty).then(|| self.indices.first().copied())?
    }

    pub(super) fn lengths(&self) -> Vec<u64> {
        lengths(self.shape.as_ref(), self.indices.len())
    }

    pub(super) fn check(&self) -> Result<()> {
        check(self.shape.as_deref(), self.indices.len())
    }
}

impl Mask {
    /// Returns the number of the array's axes that the mask covers.
    pub(super) fn axes(&self) -> usize {
        self.shape.as_ref().map_or(1, Vec::len)
    }

    pub(super) fn lengths(&self) -> Vec<u64> {
        lengths(self.shape.as_ref(), self.values.len())
    }

    pub(super) fn check(&self) -> Result<()> {
        check(self.shape.as_deref(), self.values.len())
    }
}

fn lengths(shape: Option<&Vec<u64>>, count: usize) -> Vec<u64> {
    shape.cloned().unwrap_or_else(|| alloc::vec![count as u64])
}

/// Fails if a shape does not have `count` elements.
fn check(shape: Option<&[u64]>, count: usize) -> Result<()> {
    let Some(shape) = shape else { return Ok(()) };
    let axes = shape.len();
    if axes > MAX_AXES {
        return Err(Error::InvalidArgument(message!(
            "an index array of {axes} axes is too large: an array has at most {MAX_AXES}"
        )));
    }
    if product(shape) != count as u64 {
        return Err(Error::InvalidArgument(message!(
            "{count} values do not match the index array's shape {}",
            ShapeDisplay(shape)
        )));
    }
    Ok(())
}
