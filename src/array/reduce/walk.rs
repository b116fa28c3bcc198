//! The way through an array: in the order of the region, in pieces that fit into a buffer, and with
//! the place of every element in the result.
//!
//! An array is a box of axes. They are walked from the largest step in the region to the smallest,
//! each of them forwards. Tiles cut the box where there are more results than accumulators; parts
//! cut a tile where it is more than the buffer holds.

use alloc::vec::Vec;

use super::course::{Course, Lane};
use super::words::WORDS;
use crate::dtype::{Dtype, Scalar};
use crate::layout::Layout;

/// The axes of an array in the order of the region.
pub(super) struct Walk {
    axes: Vec<Axis>,
    /// The numbers of the axes that the results have, in the order of the accumulators, the fastest
    /// first.
    order: Vec<usize>,
    /// Where the first element lies in the region.
    start: u64,
    /// The number of its result, and its place among the elements that are reduced with it.
    output: u64,
    position: u64,
}

struct Axis {
    count: u64,
    /// The distance of neighbours in the region.
    stride: u64,
    /// Whether the results have this axis too.
    kept: bool,
    /// The distance of neighbours, modulo 2^64, among the results where the axis is kept, and
    /// otherwise among the elements that are reduced together.
    step: u64,
}

/// A part of the box: so many places of each axis, from a first one on.
pub(super) struct Part {
    from: Vec<u64>,
    counts: Vec<u64>,
}

impl Walk {
    /// The way through `layout`, which is reduced along one axis or all; `places` tells whether it
    /// matters where an element is, among those that are reduced together.
    pub(super) fn new(layout: &Layout, axis: Option<usize>, places: bool) -> Self {
        let axes = Vec::with_capacity(layout.shape.len());
        let mut walk =
            Self { axes, order: Vec::new(), start: layout.start, output: 0, position: 0 };
        let mut next = 1_u64;
        for (number, (&count, &stride)) in
            layout.shape.iter().zip(&layout.strides).enumerate().rev()
        {
            let kept = axis.is_some_and(|axis| axis != number);
            let mut step = if axis == Some(number) { 1 } else { next };
            if axis != Some(number) {
                next = next.wrapping_mul(count);
            }
            if !kept && !places {
                step = 0;
            }
            if count == 1 {
                continue;
            }
            if stride < 0 {
                // Walked from its other end, the axis rises in the region. Every element lies
                // within the region, and so does this one, unless there are none: then nothing is
                // read.
                let steps = count.wrapping_sub(1);
                walk.start = walk.start.wrapping_sub(steps.wrapping_mul(stride.unsigned_abs()));
                let origin = if kept { &mut walk.output } else { &mut walk.position };
                *origin = origin.wrapping_add(steps.wrapping_mul(step));
                step = step.wrapping_neg();
            }
            let axis = Axis { count, stride: stride.unsigned_abs(), kept, step };
            let place = walk.axes.partition_point(|other| other.stride > axis.stride);
            walk.axes.insert(place, axis);
        }
        walk.order = walk.find_order();
        walk
    }

    /// The order of the accumulators: that of the region, except that the first axes are some that
    /// have many elements with few between neighbours. Then these can be added at once to
    /// accumulators in a row.
    fn find_order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.axes.len());
        // Neighbouring axes are as one: where it begins in the order, the elements between
        // neighbours, and its length.
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
            let reached = count.min(WORDS as u64 / between);
            if reached > 2 * length || (begin == best.start && reached >= length) {
                (best, length) = (begin..order.len(), reached);
            }
        }
        order[..best.end].rotate_right(best.len());
        order
    }

    /// The whole box in tiles of at most so many results, if one place of each axis is not more.
    pub(super) fn tiles(&self, outputs: u64) -> Parts {
        let counts = self.axes.iter().map(|axis| axis.count).collect();
        self.cut(&Part { from: alloc::vec![0; self.axes.len()], counts }, outputs, true)
    }

    /// A tile in parts of at most so many elements.
    pub(super) fn parts(&self, tile: &Part, elements: u64) -> Parts {
        self.cut(tile, elements, false)
    }

    /// Parts of at most so many places: whole inner axes, and as much as that allows of the next
    /// one outwards. Of axes that are not counted, every part has the whole.
    fn cut(&self, whole: &Part, most: u64, only_kept: bool) -> Parts {
        let (mut room, mut lengths) = (most.max(1), whole.counts.clone());
        for (length, axis) in lengths.iter_mut().zip(&self.axes).rev() {
            if axis.kept || !only_kept {
                *length = room.min(*length);
                // Outside of an axis that is cut, this is 1.
                room /= (*length).max(1);
            }
        }
        let mut ends = whole.from.clone();
        for (end, count) in ends.iter_mut().zip(&whole.counts) {
            *end += count;
        }
        Parts { begins: whole.from.clone(), ends, lengths, next: Some(whole.from.clone()) }
    }

    /// How many results a tile has.
    pub(super) fn outputs(&self, tile: &Part) -> u64 {
        let mut outputs = 1;
        for (count, axis) in tile.counts.iter().zip(&self.axes) {
            if axis.kept {
                outputs *= count;
            }
        }
        outputs
    }

    /// Where the elements of a part lie; in C order, they follow each other as in the region.
    pub(super) fn layout(&self, part: &Part, scalar: Scalar) -> Layout {
        let (mut start, mut strides) = (self.start, Vec::with_capacity(self.axes.len()));
        for (from, axis) in part.from.iter().zip(&self.axes) {
            start = start.wrapping_add(from.wrapping_mul(axis.stride));
            strides.push(axis.stride.cast_signed());
        }
        Layout { dtype: Dtype::Scalar(scalar), shape: part.counts.clone(), strides, start }
    }

    /// The elements of a part, in the order of its layout, and the accumulators of the tile for
    /// them.
    pub(super) fn elements(&self, tile: &Part, part: &Part) -> Course {
        let distances = self.distances(tile);
        let mut course = Course::new(self.position);
        for (number, axis) in self.axes.iter().enumerate().rev() {
            let (from, count, output) = (part.from[number], part.counts[number], distances[number]);
            let position = if axis.kept { 0 } else { axis.step };
            course.advance((from - tile.from[number]) * output, from.wrapping_mul(position));
            course.surround(Lane { count, output, position, kept: axis.kept, at: 0 });
        }
        course
    }

    /// The accumulators of a tile, and as their positions the numbers of their results.
    pub(super) fn results(&self, tile: &Part) -> Course {
        let distances = self.distances(tile);
        let mut course = Course::new(self.output);
        for &number in &self.order {
            let (count, output, position) =
                (tile.counts[number], distances[number], self.axes[number].step);
            course.advance(0, tile.from[number].wrapping_mul(position));
            course.surround(Lane { count, output, position, kept: true, at: 0 });
        }
        course
    }

    /// How far apart the accumulators of neighbours along each axis are.
    fn distances(&self, tile: &Part) -> Vec<u64> {
        let (mut distances, mut distance) = (alloc::vec![0; self.axes.len()], 1);
        for &number in &self.order {
            distances[number] = distance;
            distance *= tile.counts[number];
        }
        distances
    }
}

/// A box that is cut.
pub(super) struct Parts {
    /// Where each axis begins and ends, and how much of it a part has at most.
    begins: Vec<u64>,
    ends: Vec<u64>,
    lengths: Vec<u64>,
    /// Where the next part begins; `None` at the end.
    next: Option<Vec<u64>>,
}

impl Iterator for Parts {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let from = self.next.take()?;
        let (mut counts, mut next) = (self.lengths.clone(), from.clone());
        let mut goes_on = false;
        for axis in (0..from.len()).rev() {
            counts[axis] = counts[axis].min(self.ends[axis] - from[axis]);
            if !goes_on {
                next[axis] += counts[axis];
                goes_on = next[axis] < self.ends[axis];
                if !goes_on {
                    next[axis] = self.begins[axis];
                }
            }
        }
        if goes_on {
            self.next = Some(next);
        }
        Some(Part { from, counts })
    }
}
