//! The engine's `Lock` as a mutex: embedders can run plugins on several threads.

use std::time::Duration;

use filemap::checkpoint::Checkpoint;
use filemap::fs::{IoError, IoResult, Lock};

use crate::sync::{AtomicUsize, Condvar, Mutex, MutexGuard, Ordering, PoisonError, TryLockError};

/// The time after which a waiting thread asks again whether its call was interrupted.
const POLL: Duration = Duration::from_millis(5);

/// A value behind a mutex. Threads wait for each other.
#[derive(Debug)]
pub(crate) struct NativeMutex<T> {
    value: Mutex<T>,
    /// The number of threads that wait and can be interrupted.
    waiting: AtomicUsize,
    queue: Mutex<()>,
    released: Condvar,
}

impl<T> NativeMutex<T> {
    /// Returns exclusive access, unless another thread has it.
    fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        match self.value.try_lock() {
            Ok(value) => Some(value),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Waits until another thread gives up its access, or for some milliseconds.
    fn wait(&self) -> Option<MutexGuard<'_, T>> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // The thread that has the access may have given it up before it saw that this one waits.
        let value = self.try_lock();
        if value.is_none() {
            drop(self.released.wait_timeout(queue, POLL));
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        value
    }

    /// Wakes a waiting thread, after the access was given up.
    fn wake(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            drop(self.queue.lock());
            self.released.notify_one();
        }
    }
}

impl<T> Lock<T> for NativeMutex<T> {
    fn new(value: T) -> Self {
        Self {
            value: Mutex::new(value),
            waiting: AtomicUsize::new(0),
            queue: Mutex::new(()),
            released: Condvar::new(),
        }
    }

    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        // A panic cannot have left the value half changed: the engine does not panic.
        act(&mut self.value.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn with_unless_interrupted<R>(
        &self,
        checkpoint: Checkpoint<'_, IoError>,
        act: impl FnOnce(&mut T) -> R,
    ) -> IoResult<R> {
        checkpoint()?;
        let mut locked = self.try_lock();
        let mut value = loop {
            match locked {
                Some(value) => break value,
                None => locked = self.wait(),
            }
            checkpoint()?;
        };
        let result = act(&mut value);
        drop(value);
        self.wake();
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::interrupter::Interrupter;

    #[test]
    fn a_thread_that_waits_can_be_interrupted() {
        let (mutex, interrupter) = (NativeMutex::new(1), Interrupter::new());
        let (locked, release) = (Barrier::new(2), Barrier::new(2));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                mutex.with_unless_interrupted(&|| Ok(()), |value| {
                    locked.wait();
                    release.wait();
                    *value = 2;
                })
            });
            locked.wait();
            // The second checkpoint is that of the first wait.
            interrupter.interrupt_at(2);
            let refused = mutex.with_unless_interrupted(&|| interrupter.checkpoint(), |_| ());
            assert!(refused.is_err());
            interrupter.reset();
            release.wait();
            let value = mutex.with_unless_interrupted(&|| interrupter.checkpoint(), |value| *value);
            assert_eq!(value, Ok(2));
        });
    }

    #[test]
    fn threads_that_wait_get_the_access_one_after_the_other() {
        let mutex = NativeMutex::new(0_u64);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        mutex.with_unless_interrupted(&|| Ok(()), |value| *value += 1).unwrap();
                    }
                });
            }
        });
        assert_eq!(mutex.with(|value| *value), 8000);
    }
}
