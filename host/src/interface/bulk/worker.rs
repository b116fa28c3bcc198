//! The end of a stream in the host, and the work on it that may wait for a disk.

use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn_blocking};

use crate::interface::blocking::Blocking;

/// A source or sink, on which one piece of work is done at a time.
pub(super) struct Worker<E, T> {
    /// `None` while the task has it.
    endpoint: Option<E>,
    task: Option<AbortOnDropJoinHandle<(E, T)>>,
    blocking: Blocking,
}

impl<E: Send + 'static, T: Send + 'static> Worker<E, T> {
    pub(super) const fn new(endpoint: E, blocking: Blocking) -> Self {
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
            return self.endpoint.as_mut().map(work);
        }
        let mut endpoint = self.endpoint.take()?;
        self.task = Some(spawn_blocking(move || {
            let result = work(&mut endpoint);
            (endpoint, result)
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
