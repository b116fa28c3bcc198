//! The calls that change pages, which only note the range.

#![expect(unsafe_code, reason = "the functions that this replaces are unsafe")]

use std::cell::Cell;

thread_local! {
    /// The last range that this thread has changed. shuttle runs all threads of a model in one, and
    /// chooses no other between the call and the look at the range.
    static CHANGED: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
}

/// Returns the last range that was changed since the last call.
pub(crate) fn take_changed() -> Option<(usize, usize)> {
    CHANGED.take()
}

/// # Safety
///
/// None: no page changes.
pub(crate) unsafe fn replace_with_zeroes(begin: usize, end: usize) -> bool {
    CHANGED.set(Some((begin, end)));
    true
}

pub(crate) use replace_with_zeroes as allow_writes;
pub(crate) use replace_with_zeroes as replace_with_inaccessible;
pub(crate) use replace_with_zeroes as split_off_zeroes;
