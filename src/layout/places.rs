//! The elements that index arrays and masks select, in the order of the region.

use alloc::vec::Vec;

use super::Layout;
use super::fancy::FancyAxes;
use super::odometer::Odometer;
use crate::checkpoint::{Checkpoint, ELEMENTS, EXISTS, Pace, pass};
use crate::error::{Error, Result};

/// The offset of an element in the region, relative to the start of the layout, and in the buffer.
pub(super) type Place = (i64, isize);

/// The number of elements that are sorted between two checkpoints: some milliseconds. Without
/// checkpoints, all are sorted at once.
const SORTED_AT_ONCE: usize = if EXISTS { 1 << 18 } else { usize::MAX };

/// Returns the offset of each element in the region, relative to the start of the layout, and its
/// distance in the buffer from the first one, in ascending order of the region. `strides` are those
/// of the buffer along each axis of the layout, in bytes.
pub(super) fn sorted_places(
    layout: &Layout,
    fancy: &FancyAxes,
    strides: &dyn Fn(usize) -> isize,
    checkpoint: Checkpoint<'_, Error>,
) -> Result<Vec<Place>> {
    let FancyAxes { axes, offsets } = fancy;
    let mut in_buffer = Odometer::new(&layout.shape[axes.clone()], &|axis| {
        i64::try_from(strides(axes.start + axis)).unwrap_or(i64::MAX)
    });
    let mut places = Vec::with_capacity(offsets.len());
    for offsets in offsets.chunks(ELEMENTS) {
        pass(checkpoint)?;
        places.extend(offsets.iter().copied().zip(in_buffer.by_ref().map(to_isize)));
    }
    sort(places, checkpoint)
}

/// Sorts by the offset in the region. The sort is stable: if an element is selected twice, the last
/// bytes in the buffer win. `argsort` is not used, because index arrays are long, and sorting pairs
/// is five times as fast as sorting indices of pairs.
///
/// Sorts parts, and merges them. The standard library would sort all at once.
fn sort(mut places: Vec<Place>, checkpoint: Checkpoint<'_, Error>) -> Result<Vec<Place>> {
    for part in places.chunks_mut(SORTED_AT_ONCE) {
        pass(checkpoint)?;
        part.sort_by_key(|&(offset, _)| offset);
    }
    let mut length = SORTED_AT_ONCE;
    let mut merged = Vec::new();
    while length < places.len() {
        merged.clear();
        for parts in places.chunks(2 * length) {
            let (left, right) = parts.split_at(length.min(parts.len()));
            merge(left, right, &mut merged, checkpoint)?;
        }
        core::mem::swap(&mut places, &mut merged);
        length *= 2;
    }
    Ok(places)
}

/// Appends two sorted parts to `merged`, in the order of their offsets.
fn merge(
    mut left: &[Place],
    mut right: &[Place],
    merged: &mut Vec<Place>,
    checkpoint: Checkpoint<'_, Error>,
) -> Result<()> {
    let mut pace = Pace::new(checkpoint);
    while let (Some((one, rest_of_left)), Some((other, rest_of_right))) =
        (left.split_first(), right.split_first())
    {
        pace.step()?;
        if other.0 < one.0 {
            merged.push(*other);
            right = rest_of_right;
        } else {
            merged.push(*one);
            left = rest_of_left;
        }
    }
    for rest in [left, right] {
        merged.extend_from_slice(rest);
    }
    Ok(())
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
            // Each offset occurs several times, far apart.
            let offset = |number: isize| (number * 40_503 % 65_536) as i64;
            let places: Vec<_> =
                (0..count.cast_signed()).map(|number| (offset(number), number)).collect();
            let (sorted, mut expected) = (sort(places.clone(), &never).expect("a sort"), places);
            expected.sort_by_key(|&(offset, _)| offset);
            assert!(sorted == expected, "{count} elements");
        }
    }
}
