//! The host's table of windows.

use crate::remap::take_changed;
use crate::window_table::{Registration, WindowRange, make_private, replace_missing_pages};

/// A window in the table, until it is dropped.
pub struct Window(Registration);

impl Window {
    /// Registers a read-only window of a page.
    ///
    /// # Panics
    ///
    /// If the table is full.
    #[must_use]
    pub fn new(begin: usize) -> Self {
        let window = WindowRange { begin, end: begin + 0x1000, is_read_only: true };
        Self(Registration::new(window).unwrap())
    }

    /// Whether a page of the window has faulted.
    #[must_use]
    pub fn has_faulted(&self) -> bool {
        self.0.has_faulted()
    }
}

/// Returns the range that the handler of `SIGBUS` would replace after an access to an address.
///
/// # Panics
///
/// If the handler says one thing and does another.
#[must_use]
pub fn replaced_by_sigbus(address: usize) -> Option<(usize, usize)> {
    let is_replaced = replace_missing_pages(address);
    let range = take_changed();
    assert_eq!(is_replaced, range.is_some());
    range
}

/// Returns the range that the handler of `SIGSEGV` would make a private copy.
///
/// # Panics
///
/// If the handler says one thing and does another.
#[must_use]
pub fn copied_by_sigsegv(address: usize) -> Option<(usize, usize)> {
    let is_copied = make_private(address);
    let range = take_changed();
    assert_eq!(is_copied, range.is_some());
    range
}
