//! The elements that index arrays and masks select, in the order of the region.

use alloc::vec::Vec;

use super::Layout;
use super::fancy::FancyAxes;
use super::odometer::Odometer;
use crate::checkpoint::{Checkpoint, ELEMENTS};
use crate::error::{Error, Result};

/// The number of elements that are sorted between two checkpoints: some milliseconds.
const SORTED_AT_ONCE: usize = 1 << 18;

/// Returns the offset of each element in the region, relative to the start of the layout, and its
/// distance in the buffer from the first one, in ascending order of the region. `strides` are those
/// of the buffer along each axis of the layout, in bytes.
pub(super) fn sorted_places(
    layout: &Layout,
    fancy: &FancyAxes,
    strides: &dyn Fn(usize) -> isize,
    checkpoint: Checkpoint<'_, Error>,
) -> Result<Vec<(i64, isize)>> {
    let FancyAxes { axes, offsets } = fancy;
    let mut in_buffer = Odometer::new(&layout.shape[axes.clone()], &|axis| {
        i64::try_from(strides(axes.start + axis)).unwrap_or(i64::MAX)
    });
    let mut places = Vec::with_capacity(offsets.len());
    for offsets in offsets.chunks(ELEMENTS) {
        checkpoint()?;
        places.extend(offsets.iter().copied().zip(in_buffer.by_ref().map(to_isize)));
    }
    sort(&mut places, checkpoint)?;
    Ok(places)
}

/// Sorts by the offset in the region. The sort is stable: if an element is selected twice, the last
/// bytes in the buffer win. `argsort` is not used, because index arrays are long, and sorting pairs
/// is five times as fast as sorting indices of pairs.
///
/// Sorts parts first, and then parts of twice the length. The standard library's sort finds the two
/// sorted halves, and merges them.
fn sort(places: &mut [(i64, isize)], checkpoint: Checkpoint<'_, Error>) -> Result<()> {
    let mut length = SORTED_AT_ONCE;
    loop {
        for part in places.chunks_mut(length) {
            checkpoint()?;
            part.sort_by_key(|&(offset, _)| offset);
        }
        if length >= places.len() {
            return Ok(());
        }
        length *= 2;
    }
}

/// Converts a distance within a buffer that is in memory.
fn to_isize(distance: i64) -> isize {
    isize::try_from(distance).unwrap_or(isize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::never;

    #[test]
    fn a_sort_in_parts_is_that_of_the_whole_and_keeps_the_order_of_equal_offsets() {
        for count in [0, 1, SORTED_AT_ONCE - 1, SORTED_AT_ONCE, 3 * SORTED_AT_ONCE + 17] {
            // A multiplication by an odd number permutes the numbers of 16 bits.
            let offset = |number: usize| i64::from((number as u16).wrapping_mul(40_503));
            let places: Vec<_> =
                (0..count).map(|number| (offset(number), number.cast_signed())).collect();
            let (mut sorted, mut expected) = (places.clone(), places);
            sort(&mut sorted, &never).expect("a sort");
            expected.sort_by_key(|&(offset, _)| offset);
            assert!(sorted == expected, "{count} elements");
        }
    }
}
