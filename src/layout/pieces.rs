//! Division of a large array into pieces that one read or write processes.

use super::Layout;
use crate::error::Result;

/// The maximum number of elements that are read or written at a time, so that no provider refuses a
/// piece for the number of pages that it touches.
pub(crate) const MAX_PIECE_ELEMENTS: u64 = 1 << 16;

/// The estimated bytes that a system reads from a disk around a single byte, and the number of
/// contiguous bytes that take as long as one element.
const READ_AHEAD: u64 = 128 << 10;
const BYTES_PER_ELEMENT: u64 = 4;

impl Layout {
    /// Estimates the cost of visiting every element once, as a number of contiguous bytes that cost
    /// the same.
    ///
    /// The cost is at least the size of all elements and [`BYTES_PER_ELEMENT`] for each of them.
    /// For scattered elements it includes the bytes that the system reads ahead around each,
    /// limited by the extent of the array.
    pub(crate) fn traversal_cost(&self) -> u64 {
        let extent = self.extent().map_or(0, |extent| extent.end - extent.start);
        let size = self.size();
        size.saturating_mul(READ_AHEAD)
            .min(extent)
            .max(self.nbytes())
            .max(size.saturating_mul(BYTES_PER_ELEMENT))
    }

    /// Estimates the cost of writing one element to every position, like
    /// [`traversal_cost`](Self::traversal_cost). Neighbours are written together, so that only
    /// their bytes count. Written pages also have to be written back to the disk.
    pub(crate) fn fill_cost(&self) -> u64 {
        let is_contiguous = self.order().is_some();
        let cost = if is_contiguous { self.nbytes() } else { self.traversal_cost() };
        cost.saturating_mul(4)
    }

    /// Calls `visit` with pieces of at most `max` elements, in the order of the region. Together
    /// they are all elements that have bytes.
    pub(crate) fn for_each_piece(
        &self,
        max: u64,
        visit: &mut dyn FnMut(Self) -> Result<()>,
    ) -> Result<()> {
        let size = self.size();
        if self.nbytes() == 0 {
            return Ok(());
        }
        if size <= max {
            return visit(self.clone());
        }
        // There is such an axis, because the array has more than one element.
        let slowest = (0..self.shape.len())
            .filter(|&axis| self.shape[axis] > 1)
            .max_by_key(|&axis| self.strides[axis].unsigned_abs());
        let Some(axis) = slowest else { return visit(self.clone()) };
        let (length, stride) = (self.shape[axis], self.strides[axis]);
        let at_once = (max / (size / length)).max(1);
        let mut done = 0;
        while done < length {
            let count = at_once.min(length - done);
            // An axis with a negative stride is traversed from its other end.
            let first = if stride < 0 { length - done - count } else { done };
            let mut piece = self.clone();
            piece.shape[axis] = count;
            piece.start = self.start.wrapping_add_signed(stride.wrapping_mul(first.cast_signed()));
            piece.for_each_piece(max, visit)?;
            done += count;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::super::{Layout, Order};
    use crate::dtype::Dtype;

    /// The limit of the native provider.
    const MAX: u64 = 8 << 30;

    #[test]
    fn a_fill_of_2_gib_in_small_elements_costs_no_more_than_in_large_ones() {
        for (dtype, item) in [("u1", 1), ("f2", 2), ("f8", 8)] {
            let dtype = Dtype::parse(dtype).expect("a dtype");
            let layout = |bytes: u64| {
                Layout::new(dtype.clone(), vec![bytes / item], Order::C).expect("a layout")
            };
            assert!(layout(734_003_200).fill_cost() <= MAX);
            assert_eq!(layout(2 << 30).fill_cost(), MAX);
            assert!(layout((2 << 30) + item).fill_cost() > MAX);
        }
    }
}
