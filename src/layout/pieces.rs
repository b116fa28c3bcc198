//! Going through all elements of an array that one call cannot hold.

use super::Layout;
use crate::error::Result;

/// How many elements are read, or written, at a time: few enough that no provider refuses them for
/// the pages that they lie in.
pub(crate) const MAX_PIECE_ELEMENTS: u64 = 1 << 16;

/// How much is read from a disk around a single byte, and how many bytes can be gone through while
/// one element is.
const READ_AHEAD: u64 = 128 << 10;
const BYTES_PER_ELEMENT: u64 = 4;

impl Layout {
    /// What it costs to see every element once, as the number of bytes that cost the same when they
    /// lie together: at least those of the elements, some for each of them, and where they lie
    /// apart what a system reads ahead around each, but no more than they all lie in.
    pub(crate) fn traversal_cost(&self) -> u64 {
        let extent = self.extent().map_or(0, |extent| extent.end - extent.start);
        let size = self.size();
        size.saturating_mul(READ_AHEAD)
            .min(extent)
            .max(self.nbytes())
            .max(size.saturating_mul(BYTES_PER_ELEMENT))
    }

    /// Calls `visit` with parts of at max `max` elements that together are all of them, but for
    /// those without bytes, in the order of the region.
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
        // There is one: an array without any has a single element.
        let slowest = (0..self.shape.len())
            .filter(|&axis| self.shape[axis] > 1)
            .max_by_key(|&axis| self.strides[axis].unsigned_abs());
        let Some(axis) = slowest else { return visit(self.clone()) };
        let (length, stride) = (self.shape[axis], self.strides[axis]);
        let at_once = (max / (size / length)).max(1);
        let mut done = 0;
        while done < length {
            let count = at_once.min(length - done);
            // A falling axis is walked from its other end.
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
