//! The engine's `Lock` as a mutex: embedders can run plugins on several threads.

use std::sync::{Mutex, PoisonError};

use filemap::fs::Lock;

/// A value behind a mutex. Threads wait for each other.
#[derive(Debug)]
pub(crate) struct NativeMutex<T>(Mutex<T>);

impl<T> Lock<T> for NativeMutex<T> {
    fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        // A panic cannot have left the value half changed: the engine does not panic.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
