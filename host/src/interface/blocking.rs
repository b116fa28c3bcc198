//! Where a host function does what may wait for a disk: on the thread of the call, or on Tokio's
//! pool of blocking threads.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use wasmtime_wasi::runtime::spawn_blocking;

/// The thread that waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocking {
    /// The thread of the call: the synchronous form, and the asynchronous one with
    /// [`allow_blocking_current_thread`].
    ///
    /// [`allow_blocking_current_thread`]: crate::CtxBuilder::allow_blocking_current_thread
    CurrentThread,
    /// A thread of Tokio's pool of blocking threads. The future that waits for it may be dropped;
    /// the work then goes on until the plugin's `Ctx` is dropped, which interrupts it.
    Pool,
}

impl Blocking {
    /// Does `work` and returns its result.
    pub(super) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        match self {
            Self::CurrentThread => work(),
            Self::Pool => spawn_blocking(work).await,
        }
    }

    /// Does `work` with `shared`, which only the pool needs a clone of.
    pub(super) async fn run_with<S: Send + Sync + 'static, T: Send + 'static>(
        self,
        shared: &Arc<S>,
        work: impl FnOnce(&S) -> T + Send + 'static,
    ) -> T {
        match self {
            Self::CurrentThread => work(shared),
            Self::Pool => {
                let shared = Arc::clone(shared);
                spawn_blocking(move || work(&shared)).await
            }
        }
    }
}

/// Returns the output of a future that does not wait: that of a host function whose work is done on
/// the [current thread](Blocking::CurrentThread).
///
/// # Panics
///
/// If the future waits.
pub(super) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("a synchronous host function waits for another thread"),
    }
}
