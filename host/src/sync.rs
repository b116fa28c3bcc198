//! What threads synchronise by: the standard library's. The models in `tests/models` compile the
//! files that use this module with the types of shuttle instead.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
pub(crate) use std::thread;
