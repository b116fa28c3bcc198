//! The order in which a reduction reads an array: the order of the region, in pieces that fit a
//! buffer.
//!
//! The axes are traversed from the largest stride in the region to the smallest, each of them
//! forwards. The array is divided into tiles, which have no more results than there are
//! accumulators, and each tile into chunks, which fit the buffer. This module also tells which
//! accumulator and which result each element belongs to.

use alloc::vec::Vec;

use super::bits::MAX_WORDS;
use super::runs::{RunAxis, Runs};
use crate::dtype::{Dtype, Scalar};
use crate::layout::{Layout, Order};

/// The axes of an array in the order of the region, the largest stride first.
pub(super) struct Traversal {
    axes: Vec<Axis>,
    /// The indices of the axes that the result has, in the order of the accumulators, the fastest
    /// first.
    order: Vec<usize>,
    /// The offset of the first element in the region.
    start: u64,
    /// The index of the first element's result.
    result: u64,
    /// The position of the first element among the elements that are reduced to its result.
    position: u64,
}

struct Axis {
    count: u64,
    /// The distance between neighbours in the region, in bytes.
    stride: u64,
    /// Whether the result has this axis.
    kept: bool,
    /// The distance between neighbours, modulo 2^64: between their results if the axis is kept, and
    /// otherwise between their positions.
    step: u64,
}

/// A section of the array: a range of each axis.
pub(super) struct Section {
    starts: Vec<u64>,
    counts: Vec<u64>,
}

impl Section {
    /// Returns the number of elements.
    pub(super) fn size(&self) -> u64 {
        self.counts.iter().product()
    }
}

impl Traversal {
    /// Plans the reduction of `layout` along one axis, or along all. `needs_positions` tells
    /// whether the operation depends on the positions of the elements.
    pub(super) fn new(layout: &Layout, axis: Option<usize>, needs_positions: bool) -> Self {
        let axes = Vec::with_capacity(layout.shape.len());
        let mut traversal =
            Self { axes, order: Vec::new(), start: layout.start, result: 0, position: 0 };
        let mut next = 1_u64;
        for (number, (&count, &stride)) in
            layout.shape.iter().zip(&layout.strides).enumerate().rev()
        {
            let kept = axis.is_some_and(|axis| axis != number);
            let mut step = if axis == Some(number) { 1 } else { next };
            if axis != Some(number) {
                next = next.wrapping_mul(count);
            }
            if !kept && !needs_positions {
                step = 0;
            }
            if count == 1 {
                continue;
            }
            if stride < 0 {
                // Traversed from its other end, the axis ascends in the region. The new first
                // element lies within the region like every element. If the array is empty, nothing
                // is read.
                let steps = count.wrapping_sub(1);
                traversal.start =
                    traversal.start.wrapping_sub(steps.wrapping_mul(stride.unsigned_abs()));
                let origin = if kept { &mut traversal.result } else { &mut traversal.position };
                *origin = origin.wrapping_add(steps.wrapping_mul(step));
                step = step.wrapping_neg();
            }
            let axis = Axis { count, stride: stride.unsigned_abs(), kept, step };
            let index = traversal.axes.partition_point(|other| other.stride > axis.stride);
            traversal.axes.insert(index, axis);
        }
        traversal.order = traversal.find_order();
        traversal
    }

    /// Chooses the order of the accumulators. It is the order of the region, except that the
    /// fastest axes are neighbouring axes that have many elements a short distance apart: these
    /// elements can then be added at once to consecutive accumulators.
    fn find_order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.axes.len());
        // Neighbouring kept axes count as one axis: where it begins in `order`, the number of
        // elements between neighbours, and its length.
        let (mut begin, mut between, mut count) = (0, 1, 1_u64);
        let (mut best, mut length) = (0..0, 0);
        let mut width = 1_u64;
        for (number, axis) in self.axes.iter().enumerate().rev() {
            width = width.saturating_mul(axis.count.max(1));
            if !axis.kept {
                (begin, between, count) = (order.len(), width, 1);
                continue;
            }
            order.push(number);
            count = count.saturating_mul(axis.count);
            let reached = count.min(MAX_WORDS as u64 / between);
            if reached > 2 * length || (begin == best.start && reached >= length) {
                (best, length) = (begin..order.len(), reached);
            }
        }
        order[..best.end].rotate_right(best.len());
        order
    }

    /// Returns the whole array.
    fn whole(&self) -> Section {
        let counts = self.axes.iter().map(|axis| axis.count).collect();
        Section { starts: alloc::vec![0; self.axes.len()], counts }
    }

    /// Returns how many results a tile can have so that its elements are contiguous and no more
    /// than `max_elements`. Returns `None` if there are no such tiles of at most `max_results`.
    pub(super) fn results_of_contiguous_tiles(
        &self,
        scalar: Scalar,
        max_elements: u64,
        max_results: u64,
    ) -> Option<u64> {
        let (outermost, inner) = self.axes.split_first().filter(|(axis, _)| axis.kept)?;
        if self.layout(&self.whole(), scalar).order() != Some(Order::C) {
            return None;
        }
        let elements: u64 = inner.iter().map(|axis| axis.count).product();
        let results: u64 = inner.iter().filter(|axis| axis.kept).map(|axis| axis.count).product();
        let steps = (max_elements / elements.max(1)).min(max_results / results.max(1));
        (steps > 0).then(|| steps.min(outermost.count) * results)
    }

    /// Divides the array into tiles of at most `max_results` results.
    pub(super) fn tiles(&self, max_results: u64) -> Sections {
        self.divide(&self.whole(), max_results, true)
    }

    /// Divides a tile into chunks of at most `max_elements` elements.
    pub(super) fn chunks(&self, tile: &Section, max_elements: u64) -> Sections {
        self.divide(tile, max_elements, false)
    }

    /// Divides a section into sections of at most `max` index combinations: whole inner axes, and
    /// as much of the next outer axis as fits. With `only_kept`, only the axes of the result are
    /// counted, and the others stay whole.
    fn divide(&self, whole: &Section, max: u64, only_kept: bool) -> Sections {
        let (mut room, mut lengths) = (max.max(1), whole.counts.clone());
        for (length, axis) in lengths.iter_mut().zip(&self.axes).rev() {
            if axis.kept || !only_kept {
                *length = room.min(*length);
                // Outside of an axis that is divided, this is 1.
                room /= (*length).max(1);
            }
        }
        let mut ends = whole.starts.clone();
        for (end, count) in ends.iter_mut().zip(&whole.counts) {
            *end += count;
        }
        let starts = whole.starts.clone();
        Sections { starts: starts.clone(), ends, lengths, next: Some(starts) }
    }

    /// Returns the number of results of a tile.
    pub(super) fn results(&self, tile: &Section) -> u64 {
        let mut results = 1;
        for (count, axis) in tile.counts.iter().zip(&self.axes) {
            if axis.kept {
                results *= count;
            }
        }
        results
    }

    /// Returns the layout of a chunk. Its C order is the order of the region.
    pub(super) fn layout(&self, chunk: &Section, scalar: Scalar) -> Layout {
        let (mut start, mut strides) = (self.start, Vec::with_capacity(self.axes.len()));
        for (first, axis) in chunk.starts.iter().zip(&self.axes) {
            start = start.wrapping_add(first.wrapping_mul(axis.stride));
            strides.push(axis.stride.cast_signed());
        }
        Layout { dtype: Dtype::Scalar(scalar), shape: chunk.counts.clone(), strides, start }
    }

    /// Returns the elements of a chunk as runs, in the order of its layout, with the tile's
    /// accumulators.
    pub(super) fn element_runs(&self, tile: &Section, chunk: &Section) -> Runs {
        let strides = self.accumulator_strides(tile);
        let mut runs = Runs::new(self.position);
        for (number, axis) in self.axes.iter().enumerate().rev() {
            let (first, count) = (chunk.starts[number], chunk.counts[number]);
            let accumulator_stride = strides[number];
            let position_stride = if axis.kept { 0 } else { axis.step };
            runs.advance(
                (first - tile.starts[number]) * accumulator_stride,
                first.wrapping_mul(position_stride),
            );
            let kept = axis.kept;
            runs.push_outer(RunAxis { count, accumulator_stride, position_stride, kept, at: 0 });
        }
        runs
    }

    /// Returns the accumulators of a tile as runs, whose positions are the indices of the results.
    pub(super) fn result_runs(&self, tile: &Section) -> Runs {
        let strides = self.accumulator_strides(tile);
        let mut runs = Runs::new(self.result);
        for &number in &self.order {
            let (count, position_stride) = (tile.counts[number], self.axes[number].step);
            let accumulator_stride = strides[number];
            runs.advance(0, tile.starts[number].wrapping_mul(position_stride));
            let kept = true;
            runs.push_outer(RunAxis { count, accumulator_stride, position_stride, kept, at: 0 });
        }
        runs
    }

    /// Returns the distance between the accumulators of neighbours along each axis.
    fn accumulator_strides(&self, tile: &Section) -> Vec<u64> {
        let (mut strides, mut stride) = (alloc::vec![0; self.axes.len()], 1);
        for &number in &self.order {
            strides[number] = stride;
            stride *= tile.counts[number];
        }
        strides
    }
}

/// The sections that a section is divided into.
pub(super) struct Sections {
    /// The bounds of the whole section along each axis.
    starts: Vec<u64>,
    ends: Vec<u64>,
    /// The largest length of a section along each axis.
    lengths: Vec<u64>,
    /// The start of the next section; `None` at the end.
    next: Option<Vec<u64>>,
}

impl Iterator for Sections {
    type Item = Section;

    fn next(&mut self) -> Option<Section> {
        let starts = self.next.take()?;
        let (mut counts, mut next) = (self.lengths.clone(), starts.clone());
        let mut goes_on = false;
        for axis in (0..starts.len()).rev() {
            counts[axis] = counts[axis].min(self.ends[axis] - starts[axis]);
            if !goes_on {
                next[axis] += counts[axis];
                goes_on = next[axis] < self.ends[axis];
                if !goes_on {
                    next[axis] = self.starts[axis];
                }
            }
        }
        if goes_on {
            self.next = Some(next);
        }
        Some(Section { starts, counts })
    }
}
