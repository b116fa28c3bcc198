//! Completing large updates in threads of their own, so that an interrupted call returns at once.
//!
//! ext4 takes some 25 µs to rename a file and 12 µs to remove the one that it replaces: a third of
//! a second for 10,000 keys. An update cannot stop halfway in that time, and to undo it would take
//! as long. If the caller leaves, the thread goes on.

use std::panic::resume_unwind;
use std::time::Duration;

use filemap::checkpoint::Checkpoint;
use filemap::error::Result;
use filemap::fs::{Directory, IoError, IoErrorKind};
use filemap::store::Completion;

use crate::sync::{Arc, AtomicBool, Condvar, Mutex, MutexGuard, Ordering, PoisonError, thread};

/// The number of files from which on a completion gets a thread: some milliseconds of work.
pub(crate) const MIN_FILES: usize = 64;

/// The time after which a waiting caller asks again whether its call was interrupted.
const POLL: Duration = Duration::from_millis(5);

/// The completions of one plugin that run. A clone is the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Completions(Arc<Running>);

/// The number of completions that run.
#[derive(Debug, Default)]
struct Running {
    count: Mutex<usize>,
    one_has_ended: Condvar,
}

/// What a caller and the thread that completes its update know of each other.
struct Handover<D: Directory, F> {
    /// The completion, and what is called at its end. `None` after the thread has taken them.
    completion: Mutex<Option<(Completion<D>, F)>>,
    caller_has_left: AtomicBool,
}

/// A completion that runs, until it is dropped, also by a panic.
struct Run {
    running: Arc<Running>,
    /// Is set while `Running::count` is locked.
    has_ended: Arc<AtomicBool>,
}

impl Completions {
    /// Completes an update of few files, and calls `at_end`. An interruption, which `checkpoint`
    /// reports, undoes it before its keys are locked, and has no effect later.
    pub(crate) fn complete_here<D: Directory>(
        &self,
        completion: Completion<D>,
        at_end: impl FnOnce(&Completion<D>),
        checkpoint: Checkpoint<'_, IoError>,
    ) -> Result<()> {
        let _run = self.begin();
        complete(completion, at_end, checkpoint)
    }

    /// Completes an update of many files in a thread, which calls `at_end`. After an interruption,
    /// which `checkpoint` reports, the call fails at once. The thread then goes on if the keys are
    /// locked already, and undoes the update otherwise.
    pub(crate) fn complete_in_thread<D: Directory>(
        &self,
        completion: Completion<D>,
        at_end: impl FnOnce(&Completion<D>) + Send + 'static,
        checkpoint: Checkpoint<'_, IoError>,
    ) -> Result<()>
    where
        Completion<D>: Send + 'static,
    {
        let interrupted = completion.interrupted();
        let run = self.begin();
        let has_ended = Arc::clone(&run.has_ended);
        // A host that interrupted the call before `begin` may have waited for updates already, and
        // found none. Then this one must not commit anything.
        let caller_has_left = AtomicBool::new(checkpoint().is_err());
        let completion = Mutex::new(Some((completion, at_end)));
        let handover = Arc::new(Handover { completion, caller_has_left });
        let in_thread = {
            let handover = Arc::clone(&handover);
            move || {
                let _run = run;
                handover.run()
            }
        };
        let Ok(thread) = thread::Builder::new().name("filemap-update".into()).spawn(in_thread)
        else {
            // The process may have no more threads.
            return handover.take().map_or(Ok(()), |(completion, at_end)| {
                self.complete_here(completion, at_end, checkpoint)
            });
        };
        if self.0.wait_unless_interrupted(&has_ended, checkpoint) {
            return thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
        handover.caller_has_left.store(true, Ordering::Relaxed);
        Err(interrupted)
    }

    /// Waits until no completion runs.
    pub(crate) fn wait(&self) {
        let mut count = self.0.count();
        while *count > 0 {
            count = self.0.wait(count);
        }
    }

    fn begin(&self) -> Run {
        *self.0.count() += 1;
        Run { running: Arc::clone(&self.0), has_ended: Arc::default() }
    }
}

impl Running {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a completion has ended, or for some milliseconds.
    fn wait<'a>(&self, count: MutexGuard<'a, usize>) -> MutexGuard<'a, usize> {
        self.one_has_ended.wait_timeout(count, POLL).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits until a completion has ended, and returns true; or until its caller is interrupted.
    fn wait_unless_interrupted(
        &self,
        has_ended: &AtomicBool,
        checkpoint: Checkpoint<'_, IoError>,
    ) -> bool {
        let mut count = self.count();
        while !has_ended.load(Ordering::Relaxed) {
            if checkpoint().is_err() {
                return false;
            }
            count = self.wait(count);
        }
        true
    }
}

impl<D: Directory, F: FnOnce(&Completion<D>)> Handover<D, F> {
    fn take(&self) -> Option<(Completion<D>, F)> {
        self.completion.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Runs the completion, and closes what it has open.
    fn run(&self) -> Result<()> {
        // The caller may have been interrupted, and its interruption be over. Only whether the
        // caller has left decides: after that, it may make a call that has to come last.
        let checkpoint = || {
            if self.caller_has_left.load(Ordering::Relaxed) {
                return Err(IoErrorKind::Interrupted.into());
            }
            Ok(())
        };
        self.take().map_or(Ok(()), |(completion, at_end)| complete(completion, at_end, &checkpoint))
    }
}

/// Runs a completion, and then calls `at_end`.
fn complete<D: Directory>(
    mut completion: Completion<D>,
    at_end: impl FnOnce(&Completion<D>),
    checkpoint: Checkpoint<'_, IoError>,
) -> Result<()> {
    let result = completion.run(checkpoint);
    at_end(&completion);
    result
}

impl Drop for Run {
    fn drop(&mut self) {
        let mut count = self.running.count();
        *count -= 1;
        self.has_ended.store(true, Ordering::Relaxed);
        self.running.one_has_ended.notify_all();
    }
}
