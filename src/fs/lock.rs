//! Mutual exclusion of threads.
//!
//! The engine does not know whether there are threads. A provider with threads supplies a mutex, a
//! provider without threads a [`RefCell`].

use core::cell::RefCell;

use super::{IoError, IoResult};
use crate::checkpoint::{Checkpoint, pass};

/// A value that one thread at a time can access.
pub trait Lock<T> {
    /// Whether the provider has threads. Without them, one call runs at a time, and nothing has to
    /// be locked while it runs.
    const HAS_THREADS: bool = true;

    /// Creates a lock that holds `value`.
    fn new(value: T) -> Self;

    /// Calls `act` with exclusive access to the value. `act` must not take the same lock again.
    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R;

    /// Calls `act` with exclusive access to the value, unless `checkpoint` fails before. A provider
    /// with threads asks again and again while another thread has the access.
    ///
    /// # Errors
    ///
    /// Those of `checkpoint`. `act` was not called then.
    fn with_unless_interrupted<R>(
        &self,
        checkpoint: Checkpoint<'_, IoError>,
        act: impl FnOnce(&mut T) -> R,
    ) -> IoResult<R> {
        pass(checkpoint)?;
        Ok(self.with(act))
    }
}

impl<T> Lock<T> for RefCell<T> {
    const HAS_THREADS: bool = false;

    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        act(&mut self.borrow_mut())
    }
}
