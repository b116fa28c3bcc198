//! Indexing: from a layout and a list of indices to the elements that they take.

use alloc::format;
use alloc::vec::Vec;

use super::layout::Layout;
use super::listed::{Listed, Lists, check_listed};
use crate::error::{Error, Result};
use crate::limits::MAX_AXES;

/// What to do with one axis.
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
    /// Takes these elements of the axis; negative numbers count from the end.
    Take(Vec<i64>),
    /// Takes the elements whose place in the list is true.
    Mask(Vec<bool>),
}

impl Index {
    /// Whether it names elements one by one, so that no strides lead from one to the next.
    const fn is_list(&self) -> bool {
        matches!(self, Self::Take(_) | Self::Mask(_))
    }

    /// Whether it uses an axis of the array.
    const fn uses_axis(&self) -> bool {
        !matches!(self, Self::Ellipsis | Self::NewAxis)
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
    /// The elements. Where there is a listed axis, its stride means nothing.
    pub layout: Layout,
    /// The axis whose elements were named one by one.
    pub listed: Option<Listed>,
}

impl From<Layout> for Selection {
    fn from(layout: Layout) -> Self {
        Self { layout, listed: None }
    }
}

impl Layout {
    /// The layout of the elements that `indices` take: numpy's basic indexing.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::selection`], and [`Error::InvalidArgument`] for lists of elements, which only a copy holds together.
    pub fn select(&self, indices: &[Index]) -> Result<Self> {
        let selection = self.selection(indices)?;
        if selection.listed.is_some() {
            return Err(Error::InvalidArgument(
                "`take` and `mask` name elements that no view has together: `read` copies them".into(),
            ));
        }
        Ok(selection.layout)
    }

    /// The elements that `indices` take: numpy's indexing, with lists of at most one axis each.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] for an index outside of its axis, for more indices than axes, and for lists whose lengths do
    /// not fit the axis or each other; [`Error::InvalidArgument`] for a step of 0, for a second ellipsis, and for a selection
    /// of more bytes than a number holds.
    pub fn selection(&self, indices: &[Index]) -> Result<Selection> {
        let left_over = self.left_over(indices)?;
        let has_lists = indices.iter().any(Index::is_list);
        let mut view = Self { dtype: self.dtype.clone(), shape: Vec::new(), strides: Vec::new(), start: self.start };
        let mut lists = Lists::default();
        let mut axis = 0;
        for index in indices {
            match index {
                Index::At(at) if has_lists => {
                    lists.push(self, axis, alloc::vec![self.position(axis, *at)?], view.shape.len())?;
                }
                Index::At(at) => view.start = self.advance(view.start, axis, self.position(axis, *at)?),
                Index::Take(list) => {
                    check_listed(list.len() as u64)?;
                    let positions = list.iter().map(|&at| self.position(axis, at)).collect::<Result<_>>()?;
                    lists.push(self, axis, positions, view.shape.len())?;
                }
                Index::Mask(mask) => lists.push(self, axis, self.positions(axis, mask)?, view.shape.len())?,
                Index::Slice(slice) => view.start = self.take_range(axis, slice, &mut view)?,
                Index::NewAxis => {
                    view.shape.push(1);
                    view.strides.push(0);
                }
                Index::Ellipsis => {
                    self.take_whole(axis..axis + left_over, &mut view);
                    axis += left_over;
                }
            }
            axis += usize::from(index.uses_axis());
            lists.is_open &= index.is_list() || matches!(index, Index::At(_));
        }
        self.take_whole(axis..self.shape.len(), &mut view);
        let selection = if has_lists { lists.insert_into(view)? } else { Selection::from(view) };
        selection.layout.check_axes()?;
        Ok(selection)
    }

    /// How many axes an ellipsis stands for.
    fn left_over(&self, indices: &[Index]) -> Result<usize> {
        let ellipses = indices.iter().filter(|index| matches!(index, Index::Ellipsis)).count();
        if ellipses > 1 {
            return Err(Error::InvalidArgument(format!("{ellipses} ellipses in one index: there can be at most one")));
        }
        let used = indices.iter().filter(|index| index.uses_axis()).count();
        let axes = self.shape.len();
        axes.checked_sub(used).ok_or_else(|| {
            Error::OutOfBounds(format!("too many indices: the array has {axes} axes, but {used} were indexed"))
        })
    }

    fn check_axes(&self) -> Result<()> {
        let axes = self.shape.len();
        if axes <= MAX_AXES {
            return Ok(());
        }
        Err(Error::OutOfBounds(format!("the selection would have {axes} axes, and an array has at most {MAX_AXES}")))
    }

    fn take_whole(&self, axes: core::ops::Range<usize>, view: &mut Self) {
        view.shape.extend_from_slice(&self.shape[axes.clone()]);
        view.strides.extend_from_slice(&self.strides[axes]);
    }

    /// Which element of an axis an index means.
    fn position(&self, axis: usize, at: i64) -> Result<u64> {
        let length = self.shape[axis];
        let position = if at < 0 { length.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
        position.filter(|&position| position < length).ok_or_else(|| {
            Error::OutOfBounds(format!("index {at} is out of bounds for axis {axis} with size {length}"))
        })
    }

    /// Which elements of an axis a mask takes.
    fn positions(&self, axis: usize, mask: &[bool]) -> Result<Vec<u64>> {
        let (length, given) = (self.shape[axis], mask.len());
        if given as u64 != length {
            return Err(Error::OutOfBounds(format!(
                "a mask of {given} places does not fit axis {axis} with size {length}: it needs one for each element"
            )));
        }
        check_listed(mask.iter().map(|&taken| u64::from(taken)).sum())?;
        Ok((0..length).zip(mask).filter_map(|(position, &taken)| taken.then_some(position)).collect())
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
        start.wrapping_add_signed(self.distance(axis, position))
    }

    /// How far the element is that is `position` further along `axis`, in bytes.
    pub(super) fn distance(&self, axis: usize, position: u64) -> i64 {
        // An existing element lies within the region, whose size fits an `i64`; so does the distance. An array
        // without elements has no such element, and its start is never used.
        self.strides[axis].wrapping_mul(position.cast_signed())
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
