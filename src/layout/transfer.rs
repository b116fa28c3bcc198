//! The plan of a copy between a region and a buffer.
//!
//! The elements of a selection lie in the region wherever their strides put them, and in the buffer
//! in C order. A transfer pairs the two, and walks them in the order of the region, forwards: that
//! is the order in which pages, disks and read-ahead work best, whatever the order of the array.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Layout;
use super::fancy::FancyAxes;
use super::odometer::Odometer;
use super::select::Selection;

/// A copy between a region and a buffer, as a sequence of [`Block`]s. Their offsets in the region
/// rise, but for elements that were named one by one along several axes.
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

/// `count` runs of `length` bytes, each `region_stride` further in the region and `buffer_stride`
/// further in the buffer than the one before.
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
        (
            region,
            self.buffer.wrapping_add_signed(self.buffer_stride.wrapping_mul(number.cast_signed())),
        )
    }
}

#[derive(Clone, Debug)]
struct Axis {
    count: usize,
    region_stride: u64,
    buffer_stride: isize,
    /// How far along this axis the next block is.
    position: usize,
    /// Where the positions are, in the region and in the buffer, if not a stride apart: in the
    /// order of the region. Shared, because a transfer is copied and the list may be long.
    offsets: Option<Arc<[(u64, isize)]>>,
}

impl Axis {
    const fn new(count: usize, region_stride: u64, buffer_stride: isize) -> Self {
        Self { count, region_stride, buffer_stride, position: 0, offsets: None }
    }

    /// Where a position is, in the region and in the buffer, from the first one on.
    fn at(&self, position: usize) -> (u64, isize) {
        match &self.offsets {
            Some(offsets) => offsets[position],
            None => (
                position as u64 * self.region_stride,
                self.buffer_stride.wrapping_mul(position.cast_signed()),
            ),
        }
    }

    /// Goes to another position, from `place`, which is at the present one.
    fn go_to(&mut self, position: usize, place: (u64, usize)) -> (u64, usize) {
        let (old, new) = (self.at(self.position), self.at(position));
        self.position = position;
        (place.0 - old.0 + new.0, place.1.wrapping_add_signed(new.1.wrapping_sub(old.1)))
    }
}

impl Transfer {
    /// The copy between the elements of `layout` and a buffer that holds them in C order.
    ///
    /// The elements together must fit in memory: their byte count in a `usize`.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        Self::of(layout, None, &layout.element_strides())
    }

    /// The same for the elements of a selection.
    #[must_use]
    pub fn of_selection(selection: &Selection) -> Self {
        Self::broadcast(selection, &selection.layout.element_strides())
    }

    /// The copy from a buffer to the elements of a selection where neighbours along each axis are
    /// `elements` apart in the buffer: what [`Layout::broadcast_strides`] returns.
    #[must_use]
    pub fn broadcast(selection: &Selection, elements: &[u64]) -> Self {
        Self::of(&selection.layout, selection.fancy.as_ref(), elements)
    }

    fn of(layout: &Layout, fancy: Option<&FancyAxes>, elements: &[u64]) -> Self {
        let item = to_usize(layout.dtype.size());
        // Elements of no bytes need no copy either, and there may be more of them than anybody can
        // count.
        if layout.nbytes() == 0 {
            return Self { outer: Vec::new(), inner: Axis::new(0, 0, 0), length: item, next: None };
        }
        let mut region = layout.start;
        let mut buffer: isize = 0;
        let mut axes = Vec::with_capacity(layout.shape.len());
        let buffer_stride = |axis: usize| (to_usize(elements[axis]) * item).cast_signed();
        for (number, (&count, &stride)) in layout.shape.iter().zip(&layout.strides).enumerate() {
            let mut axis = Axis::new(to_usize(count), stride.unsigned_abs(), buffer_stride(number));
            if let Some(FancyAxes { axes, offsets }) =
                fancy.filter(|fancy| fancy.axes.contains(&number))
            {
                if number > axes.start {
                    // The first of the fancy axes stands for all of them.
                    continue;
                }
                let places = Odometer::new(&layout.shape[axes.clone()], &|axis| {
                    buffer_stride(number + axis) as i64
                });
                (region, buffer) = axis.set_offsets(offsets, places, (region, buffer));
            }
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
        let inner =
            axes.pop_if(|last| last.offsets.is_none()).unwrap_or(Axis::new(1, length as u64, 0));
        Self { outer: axes, inner, length, next: Some((region, buffer.cast_unsigned())) }
    }
}

impl Axis {
    /// Makes a list of this axis, and says where its first position is in region and buffer;
    /// `offsets` are the positions in the region, and `places` those in the buffer.
    fn set_offsets(
        &mut self,
        offsets: &[i64],
        places: Odometer,
        (region, buffer): (u64, isize),
    ) -> (u64, isize) {
        // An element that is named twice is written twice, and what comes last in the buffer stays.
        // Not by `argsort`: index arrays are long, and pairs are sorted five times as fast as
        // numbers of pairs.
        let mut order: Vec<_> = offsets.iter().copied().zip(places.map(to_isize)).collect();
        order.sort_by_key(|&(offset, _)| offset);
        let (Some(&(lowest, first)), Some(&(highest, _))) = (order.first(), order.last()) else {
            return (region, buffer);
        };
        let place = |(offset, place): (i64, isize)| (offset.abs_diff(lowest), place - first);
        self.offsets = Some(order.into_iter().map(place).collect());
        // Among the other axes, it has the place that its average step gives it.
        self.region_stride = highest.abs_diff(lowest) / (offsets.len() as u64 - 1).max(1);
        self.count = offsets.len();
        (region.wrapping_add_signed(lowest), buffer + first)
    }
}

/// Makes one axis of two where the outer one goes on exactly where the inner one ends, on both
/// sides.
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
                next if next < axis.count => Err(axis.go_to(next, place)),
                _ => Ok(axis.go_to(0, place)),
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

/// The distance of two elements of a buffer that is in memory.
fn to_isize(distance: i64) -> isize {
    isize::try_from(distance).unwrap_or(isize::MAX)
}
