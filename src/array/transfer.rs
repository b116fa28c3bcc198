//! The plan of a copy between a region and a buffer.
//!
//! The elements of a selection lie in the region wherever their strides put them, and in the buffer in C
//! order. A transfer pairs the two, and walks them in the order of the region, forwards: that is the order
//! in which pages, disks and read-ahead work best, whatever the order of the array.

use alloc::vec::Vec;

use super::layout::Layout;

/// A copy between a region and a buffer, as a sequence of [`Block`]s with rising offsets in the region.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The axes around the innermost one, the slowest first.
    outer: Vec<Axis>,
    /// The axis along which a block runs.
    inner: Axis,
    /// How many bytes lie together on both sides.
    length: usize,
    /// Where the next block begins; `None` at the end.
    next: Option<(u64, usize)>,
}

/// `count` runs of `length` bytes, each `region_stride` further in the region and `buffer_stride` further in the
/// buffer than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where the first run begins in the region.
    pub region: u64,
    /// The distance of two runs in the region; at least `length`.
    pub region_stride: u64,
    /// Where the first run begins in the buffer.
    pub buffer: usize,
    /// The distance of two runs in the buffer; 0 where the same bytes are written again and again.
    pub buffer_stride: isize,
    /// The length of a run in bytes.
    pub length: usize,
    /// The number of runs.
    pub count: usize,
}

impl Block {
    /// Where in the region and in the buffer the run of that number begins.
    #[must_use]
    pub fn run(&self, number: usize) -> (u64, usize) {
        let region = self.region + number as u64 * self.region_stride;
        (region, self.buffer.wrapping_add_signed(self.buffer_stride.wrapping_mul(number.cast_signed())))
    }
}

#[derive(Clone, Copy, Debug)]
struct Axis {
    count: usize,
    region_stride: u64,
    buffer_stride: isize,
    /// How far along this axis the next block is.
    position: usize,
}

impl Transfer {
    /// The copy between the elements of `layout` and a buffer that holds them in C order.
    ///
    /// The elements together must fit in memory: their byte count in a `usize`.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        let mut stride = 1;
        let mut elements = alloc::vec![0; layout.shape.len()];
        for (axis, &length) in layout.shape.iter().enumerate().rev() {
            elements[axis] = stride;
            stride *= length.max(1);
        }
        Self::stretched(layout, &elements)
    }

    /// The copy from a buffer to the elements of `layout` where neighbours along each axis are
    /// `elements` apart in the buffer: what [`Layout::broadcast`] returns.
    #[must_use]
    pub fn stretched(layout: &Layout, elements: &[u64]) -> Self {
        let item = to_usize(layout.dtype.size());
        if layout.size() == 0 {
            let inner = Axis { count: 0, region_stride: 0, buffer_stride: 0, position: 0 };
            return Self { outer: Vec::new(), inner, length: item, next: None };
        }
        let mut region = layout.start;
        let mut buffer: isize = 0;
        let mut axes = Vec::with_capacity(layout.shape.len());
        for ((&count, &stride), &elements) in layout.shape.iter().zip(&layout.strides).zip(elements) {
            let mut axis = Axis {
                count: to_usize(count),
                region_stride: stride.unsigned_abs(),
                buffer_stride: (to_usize(elements) * item).cast_signed(),
                position: 0,
            };
            if axis.count == 1 {
                continue;
            }
            if stride < 0 {
                // Walked from its other end, the axis rises in the region.
                let steps = (axis.count - 1) as u64;
                region -= steps * axis.region_stride;
                buffer += axis.buffer_stride * (axis.count - 1).cast_signed();
                axis.buffer_stride = -axis.buffer_stride;
            }
            // The largest step comes first; axes of the same step stay in C order.
            let place = axes.partition_point(|other: &Axis| other.region_stride >= axis.region_stride);
            axes.insert(place, axis);
        }
        let mut axes = merged(axes);

        let mut length = item;
        if let Some(last) = axes.last()
            && last.region_stride == item as u64
            && last.buffer_stride == item.cast_signed()
        {
            length *= last.count;
            axes.pop();
        }
        let inner =
            axes.pop().unwrap_or(Axis { count: 1, region_stride: length as u64, buffer_stride: 0, position: 0 });
        Self { outer: axes, inner, length, next: Some((region, buffer.cast_unsigned())) }
    }
}

/// Makes one axis of two where the outer one goes on exactly where the inner one ends, on both sides.
fn merged(axes: Vec<Axis>) -> Vec<Axis> {
    let mut result: Vec<Axis> = Vec::with_capacity(axes.len());
    for axis in axes {
        let span = (
            axis.region_stride.checked_mul(axis.count as u64),
            axis.buffer_stride.checked_mul(axis.count.cast_signed()),
        );
        match result.last_mut() {
            Some(outer) if (Some(outer.region_stride), Some(outer.buffer_stride)) == span => {
                *outer = Axis { count: outer.count * axis.count, ..axis };
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
            .try_fold((region, buffer), |(region, buffer), axis| {
                let steps = axis.position;
                axis.position += 1;
                if axis.position < axis.count {
                    return Err((region + axis.region_stride, buffer.wrapping_add_signed(axis.buffer_stride)));
                }
                axis.position = 0;
                let back = axis.buffer_stride.wrapping_mul(steps.cast_signed()).wrapping_neg();
                Ok((region - steps as u64 * axis.region_stride, buffer.wrapping_add_signed(back)))
            })
            .err();
        Some(Block {
            region,
            region_stride: self.inner.region_stride,
            buffer,
            buffer_stride: self.inner.buffer_stride,
            length: self.length,
            count: self.inner.count,
        })
    }
}

/// A count of bytes or elements that the caller has compared with what fits in memory.
fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
