//! Sorting, in one place: the code of the standard library's sort is large, and is compiled again
//! for every type.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Returns the indices `0..count` in the order of `compare`, like numpy's `argsort`. The sort is
/// stable.
///
/// The standard library's unstable sort would be larger: it has sorting networks for small types.
pub(crate) fn argsort(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..count).collect();
    indices.sort_by(|&one, &other| compare(one, other));
    indices
}
