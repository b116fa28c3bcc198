//! What keeps threads apart.
//!
//! The engine does not know whether there are threads. A provider that has them supplies a lock
//! that they wait for; one that has not supplies a [`RefCell`].

use core::cell::RefCell;

/// A value that is changed by one at a time.
pub trait Lock<T> {
    /// Puts a value behind a new lock.
    fn new(value: T) -> Self;

    /// Lets `act` have the value alone. `act` must not enter the same lock again.
    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R;
}

impl<T> Lock<T> for RefCell<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        act(&mut self.borrow_mut())
    }
}
