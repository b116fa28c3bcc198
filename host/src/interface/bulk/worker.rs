//! The end of a stream in the host, and the work on it that may wait for a disk.

use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn_blocking};

use crate::interface::blocking::Blocking;
use crate::limits::Reservation;

/// A source or sink, on which one piece of work is done at a time.
pub(super) struct Worker<E, T> {
    /// `None` while the task has it.
    endpoint: Option<Reserved<E>>,
    task: Option<AbortOnDropJoinHandle<(Reserved<E>, T)>>,
    blocking: Blocking,
}

/// A source or sink with what it takes of the plugin's budgets, which is given back after it was
/// dropped. A task goes on when its stream is dropped.
struct Reserved<E> {
    endpoint: E,
    _reservations: [Reservation; 2],
}

impl<E: Send + 'static, T: Send + 'static> Worker<E, T> {
    pub(super) const fn new(
        endpoint: E,
        reservations: [Reservation; 2],
        blocking: Blocking,
    ) -> Self {
        let endpoint = Reserved { endpoint, _reservations: reservations };
        Self { endpoint: Some(endpoint), task: None, blocking }
    }

    /// Returns whether another thread is at work.
    pub(super) const fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// Starts work, and returns its result unless another thread does it: then
    /// [`finish`](Self::finish) returns the result. The caller must not start work while the worker
    /// is busy.
    pub(super) fn start(&mut self, work: impl FnOnce(&mut E) -> T + Send + 'static) -> Option<T> {
        if self.blocking == Blocking::CurrentThread {
            return self.endpoint.as_mut().map(|reserved| work(&mut reserved.endpoint));
        }
        let mut reserved = self.endpoint.take()?;
        self.task = Some(spawn_blocking(move || {
            let result = work(&mut reserved.endpoint);
            (reserved, result)
        }));
        None
    }

    /// Waits until no other thread is at work, and returns the result if there was one.
    pub(super) async fn finish(&mut self) -> Option<T> {
        let (endpoint, result) = self.task.as_mut()?.await;
        self.task = None;
        self.endpoint = Some(endpoint);
        Some(result)
    }
}
