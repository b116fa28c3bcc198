//! Elements in a row, and the accumulators that they go to.

use alloc::vec::Vec;
use core::mem;

/// Some elements, and where they go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// How many they are.
    pub(super) elements: usize,
    /// The accumulator of the first one.
    pub(super) output: usize,
    /// Whether each has the accumulator after that of the one before, and not the same.
    pub(super) kept: bool,
    /// Where the first one is, among those that are reduced together.
    pub(super) position: u64,
    /// The distance of the positions of neighbours, modulo 2^64.
    pub(super) step: u64,
}

impl Segment {
    /// The first of them, at most so many, and the others.
    pub(super) fn split(self, most: usize) -> (Self, Self) {
        let elements = self.elements.min(most);
        let output = if self.kept { self.output + elements } else { self.output };
        let position = self.position.wrapping_add(self.step.wrapping_mul(elements as u64));
        (
            Self { elements, ..self },
            Self { elements: self.elements - elements, output, position, ..self },
        )
    }

    /// As many, but from an accumulator and a position so much further on.
    pub(super) fn moved(self, (output, position): (u64, u64)) -> Self {
        Self {
            output: self.output + to_usize(output),
            position: self.position.wrapping_add(position),
            ..self
        }
    }

    /// The accumulator and the position of each element.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, u64)> + use<> {
        let Self { elements, output, kept, position, step } = *self;
        (0..elements).map(move |at| {
            let output = if kept { output + at } else { output };
            (output, position.wrapping_add(step.wrapping_mul(at as u64)))
        })
    }
}

/// Elements in a row, as segments: as few as the axes allow.
pub(super) struct Course {
    /// The fastest first.
    lanes: Vec<Lane>,
    /// The accumulator of the next element, and its position.
    output: u64,
    position: u64,
    is_over: bool,
}

/// An axis of the elements: how many they are, and the distances of their accumulators and
/// positions.
pub(super) struct Lane {
    pub(super) count: u64,
    pub(super) output: u64,
    pub(super) position: u64,
    pub(super) kept: bool,
    /// How far along the lane the next element is.
    pub(super) at: u64,
}

impl Lane {
    /// Whether the accumulators of neighbours do not lie side by side, so that each element is a
    /// segment of its own.
    const fn is_apart(&self) -> bool {
        self.kept && self.output != 1
    }
}

impl Course {
    /// No axes yet, and a first element of the first accumulator.
    pub(super) const fn new(position: u64) -> Self {
        Self { lanes: Vec::new(), output: 0, position, is_over: false }
    }

    /// Lets the elements begin elsewhere: so many accumulators and positions on.
    pub(super) fn advance(&mut self, output: u64, position: u64) {
        self.output += output;
        self.position = self.position.wrapping_add(position);
    }

    /// Adds the next axis outwards, or makes the outermost one longer where it goes on there.
    pub(super) fn surround(&mut self, lane: Lane) {
        if lane.count == 1 {
            return;
        }
        match self.lanes.last_mut() {
            Some(inner)
                if inner.kept == lane.kept
                    && inner.output.wrapping_mul(inner.count) == lane.output
                    && inner.position.wrapping_mul(inner.count) == lane.position =>
            {
                inner.count *= lane.count;
            }
            _ => self.lanes.push(lane),
        }
    }

    /// Whether the next so many elements have one accumulator.
    pub(super) fn has_run(&self, elements: usize) -> bool {
        self.lanes
            .first()
            .is_some_and(|first| !first.kept && first.count - first.at >= elements as u64)
    }

    /// Lets segments go along a lane further outwards, where those along the first one would be
    /// much shorter if `room` elements are taken at once. What is given are the columns that lie
    /// side by side along that lane: how much further on their accumulators and positions are than
    /// those of the first. There is none where the first lane remains.
    ///
    /// It is to be called before the first segment is taken.
    pub(super) fn columns(&mut self, room: usize) -> Vec<(u64, u64)> {
        let (mut best, mut length, mut width) = (0, 0, 1_u64);
        for (number, lane) in self.lanes.iter().enumerate() {
            let reached = if lane.is_apart() { 1 } else { lane.count.min(room as u64 / width) };
            if reached > 2 * length {
                (best, length) = (number, reached);
            }
            width = width.saturating_mul(lane.count);
        }
        if best == 0 {
            return Vec::new();
        }
        let outer = self.lanes.split_off(best);
        let lanes = mem::replace(&mut self.lanes, outer);
        let mut inner = Self { lanes, output: 0, position: 0, is_over: false };
        let mut columns = Vec::new();
        while !inner.is_over {
            columns.push((inner.output, inner.position));
            inner.next(1);
        }
        columns
    }

    /// The next elements, at most so many; `None` after the last one.
    pub(super) fn next(&mut self, most: usize) -> Option<Segment> {
        if self.is_over {
            return None;
        }
        let Some(first) = self.lanes.first() else {
            self.is_over = true;
            return Some(Segment {
                elements: 1,
                output: to_usize(self.output),
                kept: true,
                position: self.position,
                step: 0,
            });
        };
        let elements = if first.is_apart() { 1 } else { (first.count - first.at).min(most as u64) };
        let (kept, step) = (first.kept, first.position);
        let segment = Segment {
            elements: to_usize(elements),
            output: to_usize(self.output),
            kept,
            position: self.position,
            step,
        };
        let mut steps = elements;
        for lane in &mut self.lanes {
            lane.at += steps;
            self.output = self.output.wrapping_add(steps.wrapping_mul(lane.output));
            self.position = self.position.wrapping_add(steps.wrapping_mul(lane.position));
            if lane.at < lane.count {
                return Some(segment);
            }
            lane.at = 0;
            self.output = self.output.wrapping_sub(lane.count.wrapping_mul(lane.output));
            self.position = self.position.wrapping_sub(lane.count.wrapping_mul(lane.position));
            steps = 1;
        }
        self.is_over = true;
        Some(segment)
    }
}

/// A count of what fits in memory.
fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
