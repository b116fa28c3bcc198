//! Indexing: the elements of a layout that a list of indices selects.

use alloc::vec::Vec;

use super::Layout;
use super::fancy::{FancyAxes, IndexArrays, check_axes, check_element_count};
use super::odometer::Odometer;
use super::take::{Mask, Take};
use crate::checkpoint::{Checkpoint, ELEMENTS, never, pass};
use crate::error::{Error, Result};
use crate::message;

/// An index of one or more axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Index {
    /// Selects one element and removes the axis; negative numbers count from the end.
    At(i64),
    /// Selects a range of the axis.
    Slice(Slice),
    /// Selects all of the axes that the other indices leave over.
    Ellipsis,
    /// Adds an axis of length 1.
    NewAxis,
    /// Selects the given elements of the axis, which is replaced by the shape of the index array.
    Take(Take),
    /// Selects the elements where the mask is true; uses as many axes as the mask has.
    Mask(Mask),
}

impl Index {
    /// Returns whether the index selects elements one by one, so that no strides describe them.
    fn is_fancy(&self) -> bool {
        match self {
            Self::Take(take) => take.scalar().is_none(),
            Self::Mask(_) => true,
            _ => false,
        }
    }

    /// Returns whether the index is broadcast together with index arrays.
    const fn is_broadcast(&self) -> bool {
        matches!(self, Self::At(_) | Self::Take(_) | Self::Mask(_))
    }

    /// Returns the number of the array's axes that the index uses.
    fn axes(&self) -> usize {
        match self {
            Self::Ellipsis | Self::NewAxis => 0,
            Self::Mask(mask) => mask.axes(),
            _ => 1,
        }
    }

    fn check(&self) -> Result<()> {
        match self {
            Self::Take(take) => take.check(),
            Self::Mask(mask) => mask.check(),
            _ => Ok(()),
        }
    }
}

/// A range along one axis, like Python's `slice(start, stop, step)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// The first index.
    pub start: Option<i64>,
    /// The index to stop before.
    pub stop: Option<i64>,
    /// The distance between neighbouring indices.
    pub step: Option<i64>,
}

/// The elements that a list of indices selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The layout of the elements. The strides of fancy axes are meaningless.
    pub layout: Layout,
    /// The axes whose elements are selected one by one.
    pub fancy: Option<FancyAxes>,
}

impl From<Layout> for Selection {
    fn from(layout: Layout) -> Self {
        Self { layout, fancy: None }
    }
}

impl Layout {
    /// Returns the layout of the elements that `indices` select: numpy's basic indexing.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::selection`], and [`Error::InvalidArgument`] for index arrays and masks,
    /// which need a copy.
    pub fn select(&self, indices: &[Index]) -> Result<Self> {
        if indices.iter().any(|index| matches!(index, Index::Take(_) | Index::Mask(_))) {
            return Err(Error::InvalidArgument(
                "`take` and `mask` cannot make a view: use `read`, which returns a copy".into(),
            ));
        }
        Ok(self.selection(indices, &never)?.layout)
    }

    /// Returns the elements that `indices` select: numpy's indexing. Passes checkpoints, because
    /// index arrays and masks can be long.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] for an index outside its axis, for more indices than axes, for a mask
    /// whose shape differs from its axes, for index arrays that cannot be broadcast together, and
    /// for too many axes. [`Error::InvalidArgument`] for a step of 0, for a second ellipsis, for an
    /// index array whose shape does not fit its number of elements, and for a selection whose size
    /// overflows. [`Error::LimitExceeded`] for index arrays of more than
    /// [`MAX_FANCY_ELEMENTS`](crate::limits::MAX_FANCY_ELEMENTS) elements. And those of
    /// `checkpoint`.
    pub fn selection(
        &self,
        indices: &[Index],
        checkpoint: Checkpoint<'_, Error>,
    ) -> Result<Selection> {
        indices.iter().try_for_each(Index::check)?;
        let ellipsis_axes = self.ellipsis_axes(indices)?;
        let mut view = Self {
            dtype: self.dtype.clone(),
            shape: Vec::new(),
            strides: Vec::new(),
            start: self.start,
        };
        let mut arrays = IndexArrays::default();
        let mut axis = 0;
        for index in indices {
            arrays.track_position(index.is_broadcast(), view.shape.len());
            match index {
                Index::At(at) => {
                    view.start = self.advance(view.start, axis, self.position(axis, *at)?);
                }
                Index::Take(take) => {
                    if let Some(at) = take.scalar() {
                        view.start = self.advance(view.start, axis, self.position(axis, at)?);
                    } else {
                        let offsets = self.index_array_offsets(axis, take, checkpoint)?;
                        arrays.push(take.lengths(), offsets)?;
                    }
                }
                Index::Mask(mask) => {
                    let offsets = self.mask_offsets(axis, mask, checkpoint)?;
                    arrays.push(alloc::vec![offsets.len() as u64], offsets)?;
                }
                Index::Slice(slice) => view.start = self.slice_axis(axis, slice, &mut view)?,
                Index::NewAxis => {
                    view.shape.push(1);
                    view.strides.push(0);
                }
                Index::Ellipsis => {
                    self.keep_axes(axis..axis + ellipsis_axes, &mut view);
                    axis += ellipsis_axes;
                }
            }
            axis += index.axes();
        }
        self.keep_axes(axis..self.shape.len(), &mut view);
        let has_lists = indices.iter().any(Index::is_fancy);
        let fancy = if has_lists { Some(arrays.insert_into(&mut view, checkpoint)?) } else { None };
        check_axes(view.shape.len())?;
        Ok(Selection { layout: view, fancy })
    }

    /// Returns the number of axes that an ellipsis stands for.
    fn ellipsis_axes(&self, indices: &[Index]) -> Result<usize> {
        let ellipses = indices.iter().filter(|index| matches!(index, Index::Ellipsis)).count();
        if ellipses > 1 {
            return Err(Error::InvalidArgument(message!(
                "an index can only have a single ellipsis ('...'), and this one has {ellipses}"
            )));
        }
        let used: usize = indices.iter().map(Index::axes).sum();
        let axes = self.shape.len();
        axes.checked_sub(used).ok_or_else(|| {
            Error::OutOfBounds(message!(
                "too many indices for array: array is {axes}-dimensional, but {used} were indexed"
            ))
        })
    }

    fn keep_axes(&self, axes: core::ops::Range<usize>, view: &mut Self) {
        view.shape.extend_from_slice(&self.shape[axes.clone()]);
        view.strides.extend_from_slice(&self.strides[axes]);
    }

    /// Returns the position that an index means along an axis.
    fn position(&self, axis: usize, at: i64) -> Result<u64> {
        let length = self.shape[axis];
        let position =
            if at < 0 { length.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
        position.filter(|&position| position < length).ok_or_else(|| {
            Error::OutOfBounds(message!(
                "index {at} is out of bounds for axis {axis} with size {length}"
            ))
        })
    }

    /// Returns the offsets of the elements that an index array selects, in bytes.
    fn index_array_offsets(
        &self,
        axis: usize,
        take: &Take,
        checkpoint: Checkpoint<'_, Error>,
    ) -> Result<Vec<i64>> {
        check_element_count(take.indices.len() as u64)?;
        let mut offsets = Vec::with_capacity(take.indices.len());
        for indices in take.indices.chunks(ELEMENTS) {
            pass(checkpoint)?;
            for &at in indices {
                offsets.push(self.distance(axis, self.position(axis, at)?));
            }
        }
        Ok(offsets)
    }

    /// Returns the offsets of the elements that a mask selects of the axes from `first` on, in
    /// bytes.
    fn mask_offsets(
        &self,
        first: usize,
        mask: &Mask,
        checkpoint: Checkpoint<'_, Error>,
    ) -> Result<Vec<i64>> {
        let shape = mask.lengths();
        for (axis, &given) in (first..).zip(&shape) {
            let length = self.shape[axis];
            if given != length {
                return Err(Error::OutOfBounds(message!(
                    "boolean index did not match indexed array along axis {axis}; size of axis is \
                     {length} but size of corresponding boolean axis is {given}"
                )));
            }
        }
        check_element_count(mask.values.iter().map(|&taken| u64::from(taken)).sum())?;
        let mut places = Odometer::new(&shape, &|axis| self.strides[first + axis]);
        let mut offsets = Vec::new();
        for values in mask.values.chunks(ELEMENTS) {
            pass(checkpoint)?;
            let places = values.iter().zip(&mut places);
            offsets.extend(places.filter_map(|(&taken, offset)| taken.then_some(offset)));
        }
        Ok(offsets)
    }

    fn slice_axis(&self, axis: usize, slice: &Slice, view: &mut Self) -> Result<u64> {
        let range = slice.resolve(self.shape[axis]).ok_or_else(|| {
            Error::InvalidArgument(message!("slice step cannot be zero, as that of axis {axis} is"))
        })?;
        view.shape.push(range.count);
        // The stride of an axis of length 0 or 1 is never used, so it may overflow; numpy wraps
        // too.
        view.strides.push(self.strides[axis].wrapping_mul(range.step));
        Ok(self.advance(view.start, axis, range.first))
    }

    /// Returns the start after a move by `position` elements along `axis`.
    fn advance(&self, start: u64, axis: usize, position: u64) -> u64 {
        start.wrapping_add_signed(self.distance(axis, position))
    }

    /// Returns the distance of `position` elements along `axis`, in bytes.
    fn distance(&self, axis: usize, position: u64) -> i64 {
        // An element that exists lies within the region, whose size fits an `i64`, and so does the
        // distance. The start of an empty array is never used.
        self.strides[axis].wrapping_mul(position.cast_signed())
    }
}

/// A resolved slice: the first index, the number of indices and the step.
struct SliceRange {
    first: u64,
    count: u64,
    step: i64,
}

impl Slice {
    /// Resolves the slice for an axis, like Python's `slice.indices(length)`. Returns `None` if the
    /// step is 0.
    fn resolve(&self, length: u64) -> Option<SliceRange> {
        let step = self.step.unwrap_or(1);
        if step == 0 {
            return None;
        }
        let forward = step > 0;
        // No sum here overflows 128 bits.
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
            // As in numpy, an empty range keeps the stride.
            return Some(SliceRange { first: 0, count: 0, step: 1 });
        }
        let distance = u64::try_from(distance).ok()?;
        Some(SliceRange {
            first: u64::try_from(start).ok()?,
            count: (distance - 1) / step.unsigned_abs() + 1,
            step,
        })
    }
}
