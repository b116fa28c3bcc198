//! Basic indexing: from a layout and a list of indices to the layout of a view.

use alloc::format;
use alloc::vec::Vec;

use super::layout::Layout;
use crate::error::{Error, Result};

/// What to do with one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// Takes one element of the axis, which disappears; negative numbers count from the end.
    At(i64),
    /// Takes a range of the axis.
    Slice(Slice),
    /// Stands for as many whole axes as the other indices leave over.
    Ellipsis,
}

/// A range along one axis, with the meaning of Python's `slice(start, stop, step)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// The first index.
    pub start: Option<i64>,
    /// The index before which to stop.
    pub stop: Option<i64>,
    /// The distance between two indices.
    pub step: Option<i64>,
}

impl Layout {
    /// The layout of the elements that `indices` take: numpy's basic indexing.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] for an index outside of its axis and for more indices than axes,
    /// [`Error::InvalidArgument`] for a step of 0 and for a second ellipsis.
    pub fn select(&self, indices: &[Index]) -> Result<Self> {
        let axes = self.shape.len();
        let ellipses = indices.iter().filter(|index| **index == Index::Ellipsis).count();
        if ellipses > 1 {
            return Err(Error::InvalidArgument(format!("{ellipses} ellipses in one index: there can be at most one")));
        }
        let used = indices.len() - ellipses;
        let Some(left_over) = axes.checked_sub(used) else {
            return Err(Error::OutOfBounds(format!(
                "too many indices: the array has {axes} axes, but {used} were indexed"
            )));
        };

        let mut view = Self { dtype: self.dtype.clone(), shape: Vec::new(), strides: Vec::new(), start: self.start };
        let mut axis = 0;
        for index in indices {
            match index {
                Index::At(at) => view.start = self.take_element(axis, *at, view.start)?,
                Index::Slice(slice) => view.start = self.take_range(axis, slice, &mut view)?,
                Index::Ellipsis => {
                    self.take_whole(axis..axis + left_over, &mut view);
                    axis += left_over;
                    continue;
                }
            }
            axis += 1;
        }
        self.take_whole(axis..axes, &mut view);
        Ok(view)
    }

    fn take_whole(&self, axes: core::ops::Range<usize>, view: &mut Self) {
        view.shape.extend_from_slice(&self.shape[axes.clone()]);
        view.strides.extend_from_slice(&self.strides[axes]);
    }

    fn take_element(&self, axis: usize, at: i64, start: u64) -> Result<u64> {
        let length = self.shape[axis];
        let position = if at < 0 { length.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
        match position {
            Some(position) if position < length => Ok(self.advance(start, axis, position)),
            _ => Err(Error::OutOfBounds(format!("index {at} is out of bounds for axis {axis} with size {length}"))),
        }
    }

    fn take_range(&self, axis: usize, slice: &Slice, view: &mut Self) -> Result<u64> {
        let range = slice.resolve(self.shape[axis]).ok_or_else(|| {
            Error::InvalidArgument(format!(
                "the slice of axis {axis} has a step of 0: use a positive or a negative step"
            ))
        })?;
        view.shape.push(range.count);
        // The stride of an axis of length 0 or 1 is never used, and a step may be anything there; numpy wraps too.
        view.strides.push(self.strides[axis].wrapping_mul(range.step));
        Ok(self.advance(view.start, axis, range.first))
    }

    /// The byte where the element lies that is `position` further along `axis`.
    fn advance(&self, start: u64, axis: usize, position: u64) -> u64 {
        // An existing element lies within the region, whose size fits an `i64`; so does the distance. An array
        // without elements has no such element, and its start is never used.
        start.wrapping_add_signed(self.strides[axis].wrapping_mul(position.cast_signed()))
    }
}

/// The indices that a slice takes of an axis.
struct Resolved {
    first: u64,
    count: u64,
    step: i64,
}

impl Slice {
    /// Python's `slice.indices(length)` as first index and count; `None` where the step is 0.
    fn resolve(&self, length: u64) -> Option<Resolved> {
        let step = self.step.unwrap_or(1);
        if step == 0 {
            return None;
        }
        let forward = step > 0;
        // In 128 bits nothing here can overflow.
        let length = i128::from(length);
        let (lowest, highest) = if forward { (0, length) } else { (-1, length - 1) };
        let clip = |bound: Option<i64>, default: i128| {
            let Some(bound) = bound.map(i128::from) else { return default };
            (if bound < 0 { bound + length } else { bound }).clamp(lowest, highest)
        };
        let start = clip(self.start, if forward { lowest } else { highest });
        let stop = clip(self.stop, if forward { highest } else { lowest });
        let distance = if forward { stop - start } else { start - stop };
        if distance <= 0 {
            // As in numpy, an empty range leaves the stride as it was.
            return Some(Resolved { first: 0, count: 0, step: 1 });
        }
        let distance = u64::try_from(distance).ok()?;
        Some(Resolved { first: u64::try_from(start).ok()?, count: (distance - 1) / step.unsigned_abs() + 1, step })
    }
}
