//! Sorting, in one place: the library's code for it is long, and made anew for every type.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// The numbers up to a count, in the order that `compare` gives them; equal ones stay in theirs.
///
/// The library's unstable sort would be larger: it has networks for small types.
pub(crate) fn sorted(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..count).collect();
    numbers.sort_by(|&one, &other| compare(one, other));
    numbers
}
