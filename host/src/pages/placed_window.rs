//! Placed windows and their two owners: the mapping whose pages a window shows, and the plugin that
//! placed it. The window is removed when the mapping is dropped or the plugin removes it, whichever
//! happens first.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::guest_memory::GuestMemory;
use super::window::GuestWindow;
use crate::limits::Reservation;

/// A window that is placed until one of its owners removes it. A clone is the same window.
#[derive(Clone, Debug)]
pub(crate) struct PlacedWindow(Arc<Mutex<Option<BudgetedWindow>>>);

/// A window, with its reservations from the plugin's budgets.
#[derive(Debug)]
struct BudgetedWindow {
    window: GuestWindow,
    _reservations: [Reservation; 2],
}

/// The windows of one mapping. They are removed when this is dropped.
#[derive(Debug, Default)]
pub(super) struct MappingWindows(Vec<PlacedWindow>);

/// The windows of one plugin, each with the address and the length that the plugin has given.
#[derive(Debug, Default)]
pub(crate) struct PluginWindows(Vec<(u64, u64, PlacedWindow)>);

impl PlacedWindow {
    pub(super) fn new(window: GuestWindow, reservations: [Reservation; 2]) -> Self {
        Self(Arc::new(Mutex::new(Some(BudgetedWindow { window, _reservations: reservations }))))
    }

    /// Removes the window. Returns whether a page of it has faulted; `None` if it was removed
    /// before.
    pub(crate) fn remove(&self) -> Option<bool> {
        let removed = self.lock().take()?;
        Some(removed.window.has_faulted())
    }

    fn has_faulted(&self) -> bool {
        self.lock().as_ref().is_some_and(|placed| placed.window.has_faulted())
    }

    fn is_placed(&self) -> bool {
        self.lock().is_some()
    }

    fn is_outside(&self, memory: &Arc<GuestMemory>) -> bool {
        self.lock().as_ref().is_some_and(|placed| !placed.window.is_in(memory))
    }

    fn lock(&self) -> MutexGuard<'_, Option<BudgetedWindow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MappingWindows {
    pub(super) fn push(&mut self, window: PlacedWindow) {
        self.0.push(window);
    }

    /// Drops the windows that the plugin has removed.
    pub(super) fn retain_placed(&mut self) {
        self.0.retain(PlacedWindow::is_placed);
    }

    /// Returns whether a page of a placed window has faulted. Writes of the plugin to that page are
    /// lost.
    pub(super) fn have_faulted(&self) -> bool {
        self.0.iter().any(PlacedWindow::has_faulted)
    }
}

impl Drop for MappingWindows {
    fn drop(&mut self) {
        // The plugin owns the windows too, and may never remove them.
        for window in &self.0 {
            window.remove();
        }
    }
}

impl PluginWindows {
    /// Adds a window, and drops those that were removed with their mappings.
    pub(crate) fn push(&mut self, address: u64, length: u64, window: PlacedWindow) {
        self.0.retain(|(_, _, window)| window.is_placed());
        self.0.push((address, length, window));
    }

    /// Takes out the window that was placed with this address and this length.
    pub(crate) fn take(&mut self, address: u64, length: u64) -> Option<PlacedWindow> {
        let index = self.0.iter().position(|(window_address, window_length, window)| {
            (*window_address, *window_length) == (address, length) && window.is_placed()
        })?;
        Some(self.0.swap_remove(index).2)
    }

    /// Returns whether a window is placed in another memory than this one.
    pub(crate) fn are_outside(&self, memory: &Arc<GuestMemory>) -> bool {
        self.0.iter().any(|(_, _, window)| window.is_outside(memory))
    }
}
