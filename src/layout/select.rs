//! Indexing: from a layout and a list of indices to the elements that they take.

use alloc::format;
use alloc::vec::Vec;

use super::Layout;
use super::fancy::{FancyAxes, IndexArrays, check_axes, check_element_count};
use super::odometer::Odometer;
use super::take::{Mask, Take};
use crate::error::{Error, Result};

/// What to do with an axis, or with several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Index {
    /// Takes one element of the axis, which disappears; negative numbers count from the end.
    At(i64),
    /// Takes a range of the axis.
    Slice(Slice),
    /// Stands for as many whole axes as the other indices leave over.
    Ellipsis,
    /// Adds an axis of length 1.
    NewAxis,
    /// Takes these elements of the axis, whose place the shape of the index array takes.
    Take(Take),
    /// Takes the elements where the mask is true of as many axes as it has.
    Mask(Mask),
}

impl Index {
    /// Whether it names elements one by one, so that no strides lead from one to the next.
    fn is_fancy(&self) -> bool {
        match self {
            Self::Take(take) => take.scalar().is_none(),
            Self::Mask(_) => true,
            _ => false,
        }
    }

    /// Whether it is an integer, or an index array: those are broadcast together.
    const fn is_broadcast(&self) -> bool {
        matches!(self, Self::At(_) | Self::Take(_) | Self::Mask(_))
    }

    /// How many axes of the array it uses.
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

/// The elements that a list of indices takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The elements. The strides of fancy axes mean nothing.
    pub layout: Layout,
    /// The axes whose elements were named one by one.
    pub fancy: Option<FancyAxes>,
}

impl From<Layout> for Selection {
    fn from(layout: Layout) -> Self {
        Self { layout, fancy: None }
    }
}

impl Layout {
    /// The layout of the elements that `indices` take: numpy's basic indexing.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::selection`], and [`Error::InvalidArgument`] for arrays of elements, which
    /// only a copy holds together.
    pub fn select(&self, indices: &[Index]) -> Result<Self> {
        if indices.iter().any(|index| matches!(index, Index::Take(_) | Index::Mask(_))) {
            return Err(Error::InvalidArgument(
                "`take` and `mask` name elements that no view has together: `read` copies them"
                    .into(),
            ));
        }
        Ok(self.selection(indices)?.layout)
    }

    /// The elements that `indices` take: numpy's indexing.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] for an index outside of its axis, for more indices than axes, for a
    /// mask of another shape than its axes, for index arrays that cannot be broadcast together, and
    /// for too many axes; [`Error::InvalidArgument`] for a step of 0, for a second ellipsis, for an
    /// index array whose shape is not that of its elements, and for a selection of more bytes than
    /// a number holds; [`Error::LimitExceeded`] for more than
    /// [`MAX_FANCY_ELEMENTS`](crate::limits::MAX_FANCY_ELEMENTS) elements that are named one by one.
    pub fn selection(&self, indices: &[Index]) -> Result<Selection> {
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
            arrays.follow(index.is_broadcast(), view.shape.len());
            match index {
                Index::At(at) => {
                    view.start = self.advance(view.start, axis, self.position(axis, *at)?);
                }
                Index::Take(take) => match take.scalar() {
                    Some(at) => {
                        view.start = self.advance(view.start, axis, self.position(axis, at)?);
                    }
                    None => arrays.push(take.lengths(), self.index_array_offsets(axis, take)?)?,
                },
                Index::Mask(mask) => {
                    let offsets = self.mask_offsets(axis, mask)?;
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
        let fancy = if has_lists { Some(arrays.insert_into(&mut view)?) } else { None };
        check_axes(view.shape.len())?;
        Ok(Selection { layout: view, fancy })
    }

    /// How many axes an ellipsis stands for.
    fn ellipsis_axes(&self, indices: &[Index]) -> Result<usize> {
        let ellipses = indices.iter().filter(|index| matches!(index, Index::Ellipsis)).count();
        if ellipses > 1 {
            return Err(Error::InvalidArgument(format!(
                "{ellipses} ellipses in one index: there can be at max one"
            )));
        }
        let used: usize = indices.iter().map(Index::axes).sum();
        let axes = self.shape.len();
        axes.checked_sub(used).ok_or_else(|| {
            Error::OutOfBounds(format!(
                "too many indices for array: array is {axes}-dimensional, but {used} were indexed"
            ))
        })
    }

    fn keep_axes(&self, axes: core::ops::Range<usize>, view: &mut Self) {
        view.shape.extend_from_slice(&self.shape[axes.clone()]);
        view.strides.extend_from_slice(&self.strides[axes]);
    }

    /// Which element of an axis an index means.
    fn position(&self, axis: usize, at: i64) -> Result<u64> {
        let length = self.shape[axis];
        let position =
            if at < 0 { length.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
        position.filter(|&position| position < length).ok_or_else(|| {
            Error::OutOfBounds(format!(
                "index {at} is out of bounds for axis {axis} with size {length}"
            ))
        })
    }

    /// How far the elements that an index array names are from the start, in bytes.
    fn index_array_offsets(&self, axis: usize, take: &Take) -> Result<Vec<i64>> {
        check_element_count(take.indices.len() as u64)?;
        take.indices.iter().map(|&at| Ok(self.distance(axis, self.position(axis, at)?))).collect()
    }

    /// The same for those that a mask takes of the axes from `first` on.
    fn mask_offsets(&self, first: usize, mask: &Mask) -> Result<Vec<i64>> {
        let shape = mask.lengths();
        for (axis, &given) in (first..).zip(&shape) {
            let length = self.shape[axis];
            if given != length {
                return Err(Error::OutOfBounds(format!(
                    "boolean index did not match indexed array along axis {axis}; size of axis is \
                     {length} but size of corresponding boolean axis is {given}"
                )));
            }
        }
        check_element_count(mask.values.iter().map(|&taken| u64::from(taken)).sum())?;
        let places = Odometer::new(&shape, &|axis| self.strides[first + axis]);
        Ok(mask
            .values
            .iter()
            .zip(places)
            .filter_map(|(&taken, place)| taken.then_some(place))
            .collect())
    }

    fn slice_axis(&self, axis: usize, slice: &Slice, view: &mut Self) -> Result<u64> {
        let range = slice.resolve(self.shape[axis]).ok_or_else(|| {
            Error::InvalidArgument(format!(
                "the slice of axis {axis} has a step of 0: use a positive or a negative step"
            ))
        })?;
        view.shape.push(range.count);
        // The stride of an axis of length 0 or 1 is never used, and a step may be anything there;
        // numpy wraps too.
        view.strides.push(self.strides[axis].wrapping_mul(range.step));
        Ok(self.advance(view.start, axis, range.first))
    }

    /// The byte where the element lies that is `position` further along `axis`.
    fn advance(&self, start: u64, axis: usize, position: u64) -> u64 {
        start.wrapping_add_signed(self.distance(axis, position))
    }

    /// How far the element is that is `position` further along `axis`, in bytes.
    fn distance(&self, axis: usize, position: u64) -> i64 {
        // An existing element lies within the region, whose size fits an `i64`; so does the
        // distance. An array without elements has no such element, and its start is never used.
        self.strides[axis].wrapping_mul(position.cast_signed())
    }
}

/// The indices that a slice takes of an axis.
struct SliceRange {
    first: u64,
    count: u64,
    step: i64,
}

impl Slice {
    /// Python's `slice.indices(length)` as first index and count; `None` where the step is 0.
    fn resolve(&self, length: u64) -> Option<SliceRange> {
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
