//! The native provider's locks: plugins run on threads of their host's choosing.

use std::sync::{Mutex, PoisonError};

use filemap::fs::Lock;

/// A lock that threads wait for.
#[derive(Debug)]
pub(crate) struct NativeMutex<T>(Mutex<T>);

impl<T> Lock<T> for NativeMutex<T> {
    fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        // The engine does not panic, and leaves nothing half changed.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
