//! Runs: consecutive elements of a buffer, with the accumulators and the positions that belong to
//! them.
//!
//! [`Runs`] knows the axes of the elements and of the accumulators, and turns them into as few runs
//! as possible. It knows nothing of element types or of operations.

use alloc::vec::Vec;
use core::mem;

/// Consecutive elements of a buffer that have one accumulator, or consecutive ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// The number of elements.
    pub(super) count: usize,
    /// The index of the first element's accumulator.
    pub(super) accumulator: usize,
    /// Whether the run lies along an axis of the result: then each element has the accumulator
    /// after its neighbour's. Otherwise all elements share one.
    pub(super) kept: bool,
    /// The position of the first element among the elements that are reduced to one result.
    pub(super) position: u64,
    /// The distance between the positions of neighbours, modulo 2^64.
    pub(super) position_step: u64,
}

impl Run {
    /// Returns whether a run with the greatest key `found` can replace the best key and its first
    /// position.
    pub(super) fn improves(&self, found: u64, best: u64, best_position: u64) -> bool {
        let Self { count, position, position_step, .. } = *self;
        let last = position.wrapping_add(position_step.wrapping_mul(count as u64 - 1));
        let (found, best) = (found.cast_signed(), best.cast_signed());
        found > best || (found == best && position.min(last) < best_position)
    }

    /// Splits the run into its first `max` elements and the rest.
    pub(super) fn split(self, max: usize) -> (Self, Self) {
        let count = self.count.min(max);
        let accumulator = if self.kept { self.accumulator + count } else { self.accumulator };
        let position = self.position.wrapping_add(self.position_step.wrapping_mul(count as u64));
        (Self { count, ..self }, Self { count: self.count - count, accumulator, position, ..self })
    }

    /// Returns a run of the same length, shifted by a number of accumulators and positions.
    pub(super) fn shifted(self, (accumulators, positions): (u64, u64)) -> Self {
        Self {
            accumulator: self.accumulator + to_usize(accumulators),
            position: self.position.wrapping_add(positions),
            ..self
        }
    }

    /// Iterates over the accumulator and the position of each element.
    pub(super) fn targets(&self) -> impl Iterator<Item = (usize, u64)> + use<> {
        let Self { count, accumulator, kept, position, position_step } = *self;
        (0..count).map(move |at| {
            let accumulator = if kept { accumulator + at } else { accumulator };
            (accumulator, position.wrapping_add(position_step.wrapping_mul(at as u64)))
        })
    }
}

/// The elements of a buffer as a sequence of runs.
pub(super) struct Runs {
    /// The axes, the fastest first.
    axes: Vec<RunAxis>,
    /// The accumulator and the position of the next element.
    accumulator: u64,
    position: u64,
    is_done: bool,
}

/// An axis of the elements in a buffer.
pub(super) struct RunAxis {
    /// The length of the axis.
    pub(super) count: u64,
    /// The distance between the accumulators of neighbours.
    pub(super) accumulator_stride: u64,
    /// The distance between the positions of neighbours, modulo 2^64.
    pub(super) position_stride: u64,
    /// Whether the result has this axis.
    pub(super) kept: bool,
    /// The index of the next element along the axis.
    pub(super) at: u64,
}

impl RunAxis {
    /// Returns whether the accumulators of neighbours are not adjacent, so that each element is a
    /// run of its own.
    const fn is_scattered(&self) -> bool {
        self.kept && self.accumulator_stride != 1
    }
}

impl Runs {
    /// Returns a sequence without axes: one element, which belongs to the first accumulator.
    pub(super) const fn new(position: u64) -> Self {
        Self { axes: Vec::new(), accumulator: 0, position, is_done: false }
    }

    /// Moves the first element by a number of accumulators and positions.
    pub(super) fn advance(&mut self, accumulators: u64, positions: u64) {
        self.accumulator += accumulators;
        self.position = self.position.wrapping_add(positions);
    }

    /// Adds the next axis outwards. Merges it with the outermost axis if it continues that axis.
    pub(super) fn push_outer(&mut self, axis: RunAxis) {
        if axis.count == 1 {
            return;
        }
        match self.axes.last_mut() {
            Some(inner)
                if inner.kept == axis.kept
                    && inner.accumulator_stride.wrapping_mul(inner.count)
                        == axis.accumulator_stride
                    && inner.position_stride.wrapping_mul(inner.count) == axis.position_stride =>
            {
                inner.count *= axis.count;
            }
            _ => self.axes.push(axis),
        }
    }

    /// Returns the length of a whole run, and whether it lies along an axis of the result.
    pub(super) fn first_run(&self) -> (u64, bool) {
        match self.axes.first() {
            Some(first) => (if first.is_scattered() { 1 } else { first.count }, first.kept),
            None => (1, true),
        }
    }

    /// Makes the runs follow an outer axis, if runs along the first axis would be much shorter when
    /// `room` elements are taken at once.
    ///
    /// Returns the columns that lie side by side along that axis: by how many accumulators and
    /// positions each is shifted from the first. Returns no columns if the runs stay on the first
    /// axis. Must be called before the first run is taken.
    pub(super) fn columns(&mut self, room: usize) -> Vec<(u64, u64)> {
        let (mut best, mut length, mut width) = (0, 0, 1_u64);
        for (number, axis) in self.axes.iter().enumerate() {
            let reached = if axis.is_scattered() { 1 } else { axis.count.min(room as u64 / width) };
            if reached > 2 * length {
                (best, length) = (number, reached);
            }
            width = width.saturating_mul(axis.count);
        }
        if best == 0 {
            return Vec::new();
        }
        let outer = self.axes.split_off(best);
        let axes = mem::replace(&mut self.axes, outer);
        let mut inner = Self { axes, accumulator: 0, position: 0, is_done: false };
        let mut columns = Vec::new();
        while !inner.is_done {
            columns.push((inner.accumulator, inner.position));
            inner.next(1);
        }
        columns
    }

    /// Returns the next run, of at most `max` elements, or `None` after the last element.
    pub(super) fn next(&mut self, max: usize) -> Option<Run> {
        if self.is_done {
            return None;
        }
        let Some(first) = self.axes.first() else {
            self.is_done = true;
            return Some(Run {
                count: 1,
                accumulator: to_usize(self.accumulator),
                kept: true,
                position: self.position,
                position_step: 0,
            });
        };
        let count = if first.is_scattered() { 1 } else { (first.count - first.at).min(max as u64) };
        let run = Run {
            count: to_usize(count),
            accumulator: to_usize(self.accumulator),
            kept: first.kept,
            position: self.position,
            position_step: first.position_stride,
        };
        let mut steps = count;
        for axis in &mut self.axes {
            let (accumulator, position) = (axis.accumulator_stride, axis.position_stride);
            axis.at += steps;
            self.accumulator = self.accumulator.wrapping_add(steps.wrapping_mul(accumulator));
            self.position = self.position.wrapping_add(steps.wrapping_mul(position));
            if axis.at < axis.count {
                return Some(run);
            }
            axis.at = 0;
            self.accumulator = self.accumulator.wrapping_sub(axis.count.wrapping_mul(accumulator));
            self.position = self.position.wrapping_sub(axis.count.wrapping_mul(position));
            steps = 1;
        }
        self.is_done = true;
        Some(run)
    }
}

/// Converts a count of elements that are in memory.
fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
