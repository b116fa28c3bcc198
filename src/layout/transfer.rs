//! Transfers: plans of copies between a region and a buffer.
//!
//! The elements of a selection lie in the region according to their strides, and in the buffer in C
//! order. A transfer pairs both, and visits the elements in ascending order of the region, whatever
//! the order of the array: pages, disks and read-ahead are fastest in this order. It copies nothing
//! itself.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

use super::Layout;
use super::places::{Place, sorted_places};
use super::select::Selection;
use crate::checkpoint::Checkpoint;
use crate::error::{Error, Result};

/// A copy between a region and a buffer, as a sequence of [`Block`]s. Their offsets in the region
/// ascend, except for fancy axes that stand beside other axes.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The outer axes, the slowest first.
    outer: Vec<Axis>,
    /// The innermost axis, along which a block runs.
    inner: Axis,
    /// The number of bytes that are contiguous on both sides.
    length: usize,
    /// The offsets of the next block in the region and in the buffer; `None` at the end.
    next: Option<(u64, usize)>,
}

/// `count` runs of `length` bytes. From one run to the next, the offset in the region grows by
/// `region_stride` and the offset in the buffer by `buffer_stride`, unless there are `offsets`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The offset of the first run in the region.
    pub region: u64,
    /// The distance between runs in the region; at least `length`.
    pub region_stride: u64,
    /// The offset of the first run in the buffer.
    pub buffer: usize,
    /// The distance between runs in the buffer; 0 if the same bytes are written repeatedly.
    pub buffer_stride: isize,
    /// The length of a run in bytes.
    pub length: usize,
    /// The number of runs.
    pub count: usize,
    /// The distances of each run from `region` and `buffer`, if the runs are not a stride apart.
    pub offsets: Option<Offsets>,
}

/// Distances in the region and in the buffer, in ascending order of the region. Shared, because
/// transfers are cloned and the list can be long.
pub type Offsets = Arc<[(u64, isize)]>;

impl Block {
    /// Returns the offsets of a run in the region and in the buffer.
    #[must_use]
    pub fn run(&self, number: usize) -> (u64, usize) {
        match &self.offsets {
            Some(offsets) => self.listed_run(offsets[number]),
            None => self.strided_run(number),
        }
    }

    /// Calls `visit` with the offsets of each run in the region and in the buffer.
    pub fn for_each_run(&self, visit: impl FnMut(u64, usize)) {
        self.for_each_run_of(0..self.count, visit);
    }

    /// Calls `visit` with the offsets of each run with these numbers.
    ///
    /// # Panics
    ///
    /// Panics if there are fewer runs.
    pub fn for_each_run_of(&self, numbers: Range<usize>, mut visit: impl FnMut(u64, usize)) {
        match &self.offsets {
            Some(offsets) => {
                for &distances in &offsets[numbers] {
                    let (region, buffer) = self.listed_run(distances);
                    visit(region, buffer);
                }
            }
            None => {
                for number in numbers {
                    let (region, buffer) = self.strided_run(number);
                    visit(region, buffer);
                }
            }
        }
    }

    /// Splits the block into blocks without a list of offsets.
    pub fn into_strided(mut self) -> impl Iterator<Item = Self> {
        let offsets = self.offsets.take();
        let blocks = if offsets.is_some() { self.count } else { 1 };
        (0..blocks).map(move |number| match &offsets {
            Some(offsets) => {
                let (region, buffer) = self.listed_run(offsets[number]);
                Self { region, buffer, count: 1, ..self.clone() }
            }
            None => self.clone(),
        })
    }

    const fn listed_run(&self, (region, buffer): (u64, isize)) -> (u64, usize) {
        (self.region.wrapping_add(region), self.buffer.wrapping_add_signed(buffer))
    }

    const fn strided_run(&self, number: usize) -> (u64, usize) {
        let buffer = self.buffer_stride.wrapping_mul(number.cast_signed());
        (self.region + number as u64 * self.region_stride, self.buffer.wrapping_add_signed(buffer))
    }
}

#[derive(Clone, Debug)]
struct Axis {
    count: usize,
    region_stride: u64,
    buffer_stride: isize,
    /// The index of the next block along this axis.
    position: usize,
    /// The offsets of each index in the region and in the buffer, if they are not a stride apart.
    offsets: Option<Offsets>,
}

impl Axis {
    const fn new(count: usize, region_stride: u64, buffer_stride: isize) -> Self {
        Self { count, region_stride, buffer_stride, position: 0, offsets: None }
    }

    /// Returns the offsets of an index in the region and in the buffer, relative to the first
    /// index.
    fn at(&self, position: usize) -> (u64, isize) {
        match &self.offsets {
            Some(offsets) => offsets[position],
            None => (
                position as u64 * self.region_stride,
                self.buffer_stride.wrapping_mul(position.cast_signed()),
            ),
        }
    }

    /// Moves to another index. `place` holds the offsets at the present index; returns those at the
    /// new one.
    fn move_to(&mut self, position: usize, offsets: (u64, usize)) -> (u64, usize) {
        let (old, new) = (self.at(self.position), self.at(position));
        self.position = position;
        (offsets.0 - old.0 + new.0, offsets.1.wrapping_add_signed(new.1.wrapping_sub(old.1)))
    }
}

impl Transfer {
    /// Plans the copy between the elements of `layout` and a buffer that holds them in C order.
    ///
    /// The byte count of all elements must fit a `usize`.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        let elements = layout.element_strides();
        Self::of(layout, None, &|axis| buffer_stride(layout, axis, &elements))
    }

    /// Plans the copy between `length` contiguous bytes, which begin at `region`, and a buffer.
    #[must_use]
    pub fn contiguous(region: u64, length: usize) -> Self {
        let inner = Axis::new(1, length as u64, 0);
        Self { outer: Vec::new(), inner, length, next: (length > 0).then_some((region, 0)) }
    }

    /// Plans the copy between the elements of a selection and a buffer that holds them in C order.
    ///
    /// # Errors
    ///
    /// Those of `checkpoint`.
    pub fn of_selection(selection: &Selection, checkpoint: Checkpoint<'_, Error>) -> Result<Self> {
        Self::broadcast(selection, &selection.layout.element_strides(), checkpoint)
    }

    /// Plans the copy from a buffer that is broadcast to a selection. `elements` are the strides
    /// that [`Layout::broadcast_strides`] returns.
    ///
    /// # Errors
    ///
    /// Those of `checkpoint`.
    pub fn broadcast(
        selection: &Selection,
        elements: &[u64],
        checkpoint: Checkpoint<'_, Error>,
    ) -> Result<Self> {
        let layout = &selection.layout;
        let strides = |axis: usize| buffer_stride(layout, axis, elements);
        let mut fancy = None;
        if let Some(axes) = selection.fancy.as_ref().filter(|_| layout.nbytes() > 0) {
            let places = sorted_places(layout, axes, &strides, checkpoint)?;
            fancy = Some((axes.axes.clone(), places));
        }
        Ok(Self::of(layout, fancy, &strides))
    }

    /// Returns the offset in the region and the length of the bytes, if they are contiguous and
    /// fill the buffer from its start.
    #[must_use]
    pub fn as_run(&self) -> Option<(u64, usize)> {
        let is_run = self.outer.is_empty() && self.inner.count == 1 && self.inner.offsets.is_none();
        self.next
            .filter(|&(_, buffer)| is_run && buffer == 0)
            .map(|(start, _)| (start, self.length))
    }

    /// `fancy` are the axes whose elements are listed, with the places of the elements. `strides`
    /// are those of the buffer, in bytes.
    fn of(
        layout: &Layout,
        mut fancy: Option<(Range<usize>, Vec<Place>)>,
        strides: &dyn Fn(usize) -> isize,
    ) -> Self {
        let item = to_usize(layout.dtype.size());
        // Elements of 0 bytes need no copy, and their number may overflow.
        if layout.nbytes() == 0 {
            return Self { outer: Vec::new(), inner: Axis::new(0, 0, 0), length: item, next: None };
        }
        let mut region = layout.start;
        let mut buffer: isize = 0;
        let mut axes = Vec::with_capacity(layout.shape.len());
        for (number, (&count, &stride)) in layout.shape.iter().zip(&layout.strides).enumerate() {
            let mut axis = Axis::new(to_usize(count), stride.unsigned_abs(), strides(number));
            if let Some((axes, places)) = fancy.as_mut().filter(|(axes, _)| axes.contains(&number))
            {
                if number > axes.start {
                    // The first of the fancy axes represents all of them.
                    continue;
                }
                (region, buffer) = axis.set_places(core::mem::take(places), (region, buffer));
            }
            if axis.count == 1 {
                continue;
            }
            if stride < 0 {
                // Traversed from its other end, the axis ascends in the region.
                let steps = (axis.count - 1) as u64;
                region -= steps * axis.region_stride;
                buffer += axis.buffer_stride * (axis.count - 1).cast_signed();
                axis.buffer_stride = -axis.buffer_stride;
            }
            // The largest stride comes first; axes of the same stride stay in C order.
            let place =
                axes.partition_point(|other: &Axis| other.region_stride >= axis.region_stride);
            axes.insert(place, axis);
        }
        let mut axes = merge_axes(axes);

        let mut length = item;
        if let Some(last) = axes.last()
            && last.offsets.is_none()
            && last.region_stride == item as u64
            && last.buffer_stride == item.cast_signed()
        {
            length *= last.count;
            axes.pop();
        }
        let inner = axes.pop().unwrap_or(Axis::new(1, length as u64, 0));
        Self { outer: axes, inner, length, next: Some((region, buffer.cast_unsigned())) }
    }
}

impl Axis {
    /// Replaces the stride of this axis by the places of its elements, in ascending order of the
    /// region. Returns the offsets of its first index on both sides.
    fn set_places(&mut self, places: Vec<Place>, (region, buffer): (u64, isize)) -> (u64, isize) {
        let (Some(&(lowest, first)), Some(&(highest, _))) = (places.first(), places.last()) else {
            return (region, buffer);
        };
        // The average stride determines the position among the other axes.
        self.region_stride = highest.abs_diff(lowest) / (places.len() as u64 - 1).max(1);
        self.count = places.len();
        let place = |(offset, place): Place| (offset.abs_diff(lowest), place - first);
        self.offsets = Some(places.into_iter().map(place).collect());
        (region.wrapping_add_signed(lowest), buffer + first)
    }
}

/// Merges neighbouring axes if the outer one continues the inner one exactly, on both sides.
fn merge_axes(axes: Vec<Axis>) -> Vec<Axis> {
    let mut result: Vec<Axis> = Vec::with_capacity(axes.len());
    for axis in axes {
        let span = (
            axis.region_stride.checked_mul(axis.count as u64),
            axis.buffer_stride.checked_mul(axis.count.cast_signed()),
        );
        match result.last_mut() {
            Some(outer)
                if outer.offsets.is_none()
                    && axis.offsets.is_none()
                    && (Some(outer.region_stride), Some(outer.buffer_stride)) == span =>
            {
                *outer =
                    Axis::new(outer.count * axis.count, axis.region_stride, axis.buffer_stride);
            }
            _ => result.push(axis),
        }
    }
    result
}

impl Iterator for Transfer {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let (region, buffer) = self.next?;
        self.next = self
            .outer
            .iter_mut()
            .rev()
            .try_fold((region, buffer), |place, axis| match axis.position + 1 {
                next if next < axis.count => Err(axis.move_to(next, place)),
                _ => Ok(axis.move_to(0, place)),
            })
            .err();
        Some(Block {
            region,
            region_stride: self.inner.region_stride,
            buffer,
            buffer_stride: self.inner.buffer_stride,
            length: self.length,
            count: self.inner.count,
            offsets: self.inner.offsets.clone(),
        })
    }
}

/// Returns the distance between neighbours along an axis in the buffer, in bytes.
fn buffer_stride(layout: &Layout, axis: usize, elements: &[u64]) -> isize {
    (to_usize(elements[axis]) * to_usize(layout.dtype.size())).cast_signed()
}

/// Converts a count of bytes or elements that the caller has checked to fit in memory.
fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
