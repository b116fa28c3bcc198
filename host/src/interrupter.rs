//! Ending the calls of a plugin: from another thread, or at a deadline.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use filemap::error::Result;
use filemap::fs::{Directory, IoErrorKind, IoResult};
use filemap::store::Completion;
use rustix::time::{ClockId, clock_gettime};

use crate::completions::{Completions, MIN_FILES};

/// The value of a deadline that never passes.
const NEVER: u64 = u64::MAX;

/// A handle that ends the calls of one plugin: those that run, and those that follow.
///
/// [`Ctx::interrupter`](crate::Ctx::interrupter) returns it. A clone is the same handle, and any
/// thread can use it, also while the plugin is in a call.
///
/// A call ends within 50 ms with the error `interrupted`: each long loop of filemap asks the handle
/// in short intervals. After an interruption every further call fails at once, until
/// [`reset`](Self::reset). So a plugin that ignores the error cannot go on working with files. The
/// calls that close or drop something never fail.
///
/// What is atomic stays so: an interrupted `set`, `update` or `commit` has happened or not, and its
/// temporary files are removed. An `update` of many keys may be completed or undone by a thread
/// after its call has returned, and [`wait_for_updates`](Self::wait_for_updates) waits for it. The
/// page `docs/embedding.md` says what each call leaves behind, and which system calls nothing can
/// end: a sync, for instance.
///
/// Dropping the [`Ctx`](crate::Ctx) interrupts the plugin too, which ends the work of a call whose
/// future was dropped.
///
/// This ends calls of filemap only. To end the plugin's own code too, use Wasmtime's fuel or
/// epochs. A host function cannot see that an epoch has passed, so an embedder with epochs also
/// calls [`interrupt`](Self::interrupt) where it calls `Engine::increment_epoch`.
#[derive(Clone, Debug)]
pub struct Interrupter(Arc<State>);

#[derive(Debug)]
struct State {
    is_interrupted: AtomicBool,
    /// The time of [`now`] at which calls end.
    deadline: AtomicU64,
    completions: Completions,
    /// The number of checkpoints until an interruption or the hook; 0 if there is neither.
    #[cfg(test)]
    checkpoints_left: AtomicU64,
    #[cfg(test)]
    hook: Hook,
    #[cfg(test)]
    rename_hook: Hook,
}

impl Interrupter {
    pub(crate) fn new() -> Self {
        Self(Arc::new(State {
            is_interrupted: AtomicBool::new(false),
            deadline: AtomicU64::new(NEVER),
            completions: Completions::default(),
            #[cfg(test)]
            checkpoints_left: AtomicU64::new(0),
            #[cfg(test)]
            hook: Hook::default(),
            #[cfg(test)]
            rename_hook: Hook::default(),
        }))
    }

    /// Ends the call that runs, and those that follow.
    pub fn interrupt(&self) {
        self.0.is_interrupted.store(true, Ordering::Relaxed);
    }

    /// Ends the call that runs at `deadline`, and those that follow, as by
    /// [`interrupt`](Self::interrupt). Replaces an earlier deadline.
    ///
    /// A deadline for each call of the plugin is set before the embedder calls the plugin. The
    /// clock has a resolution of some milliseconds.
    pub fn set_deadline(&self, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        let at = now().saturating_add(nanoseconds(left));
        self.0.deadline.store(at.min(NEVER - 1), Ordering::Relaxed);
    }

    /// Lets the plugin make calls again: removes the interruption and the deadline.
    pub fn reset(&self) {
        self.0.deadline.store(NEVER, Ordering::Relaxed);
        self.0.is_interrupted.store(false, Ordering::Relaxed);
    }

    /// Returns whether calls of the plugin fail now: after [`interrupt`](Self::interrupt), and
    /// after the deadline.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        // Most plugins have no deadline, and do not pay for the clock.
        self.0.is_interrupted.load(Ordering::Relaxed)
            || match self.0.deadline.load(Ordering::Relaxed) {
                NEVER => false,
                deadline => deadline <= now(),
            }
    }

    /// Waits until the updates that were interrupted have happened or are undone, which takes some
    /// tenths of a second for 10,000 keys on a local disk.
    ///
    /// Until then, the directory stays locked against other processes, calls of this process that
    /// may change one of the keys wait, and calls that only read may find the state before. An
    /// embedder that ends the process after an interruption waits before, because the end of a
    /// process stops an update halfway, as a crash does. This blocks the thread: in an asynchronous
    /// host, call it by Tokio's `spawn_blocking`.
    pub fn wait_for_updates(&self) {
        self.0.completions.wait();
    }

    /// Completes an update, and calls `at_end`. If the calls of the plugin are ended meanwhile, one
    /// of many files goes on or is undone in a thread.
    pub(crate) fn complete<D: Directory>(
        &self,
        completion: Completion<D>,
        at_end: impl FnOnce(&Completion<D>) + Send + 'static,
    ) -> Result<()>
    where
        Completion<D>: Send + 'static,
    {
        let (completions, checkpoint) = (&self.0.completions, || self.checkpoint());
        if completion.files() < MIN_FILES {
            return completions.complete_here(completion, at_end, &checkpoint);
        }
        completions.complete_in_thread(completion, at_end, &checkpoint)
    }

    /// Fails with [`IoErrorKind::Interrupted`] if calls of the plugin fail now.
    pub(crate) fn checkpoint(&self) -> IoResult<()> {
        #[cfg(test)]
        self.count();
        if self.is_interrupted() { Err(IoErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

/// Returns the time since the system was started, in nanoseconds. This clock costs a few
/// nanoseconds, and its resolution is that of the system's timer: 1 to 10 milliseconds.
fn now() -> u64 {
    let time = clock_gettime(ClockId::MonotonicCoarse);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(time.tv_nsec).unwrap_or(0))
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(NEVER)
}

/// What a test does at a checkpoint instead of an interruption, or before a file is renamed.
#[cfg(test)]
#[derive(Default)]
struct Hook(std::sync::Mutex<Option<Box<dyn FnOnce() + Send>>>);

#[cfg(test)]
impl std::fmt::Debug for Hook {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hook")
    }
}

#[cfg(test)]
impl Interrupter {
    /// Interrupts at the checkpoint with this number; the next one is 1.
    pub(crate) fn interrupt_at(&self, checkpoint: u64) {
        self.0.checkpoints_left.store(checkpoint, Ordering::Relaxed);
    }

    /// Calls `hook` at the checkpoint with this number, and interrupts nothing.
    pub(crate) fn call_at(&self, checkpoint: u64, hook: impl FnOnce() + Send + 'static) {
        *self.0.hook.0.lock().unwrap() = Some(Box::new(hook));
        self.interrupt_at(checkpoint);
    }

    /// Calls `hook` before the plugin's next file is renamed, in the thread that renames it.
    pub(crate) fn call_at_rename(&self, hook: impl FnOnce() + Send + 'static) {
        *self.0.rename_hook.0.lock().unwrap() = Some(Box::new(hook));
    }

    /// Calls the hook of [`call_at_rename`](Self::call_at_rename).
    pub(crate) fn begin_rename(&self) {
        let hook = self.0.rename_hook.0.lock().unwrap().take();
        if let Some(hook) = hook {
            hook();
        }
    }

    /// Interrupts the plugin before its next file is renamed. The thread that renames it then waits
    /// for a message of the returned sender.
    pub(crate) fn interrupt_at_rename(&self) -> std::sync::mpsc::Sender<()> {
        let (sender, receiver) = std::sync::mpsc::channel();
        let interrupter = self.clone();
        self.call_at_rename(move || {
            interrupter.interrupt();
            _ = receiver.recv();
        });
        sender
    }

    /// Returns the number of checkpoints until an interruption.
    pub(crate) fn checkpoints_left(&self) -> u64 {
        self.0.checkpoints_left.load(Ordering::Relaxed)
    }

    /// Forgets the hook. Returns whether it was called.
    pub(crate) fn forget_hook(&self) -> bool {
        self.interrupt_at(0);
        self.0.hook.0.lock().unwrap().take().is_none()
    }

    /// Counts a checkpoint.
    fn count(&self) {
        let less = |left: u64| left.checked_sub(1);
        let left = &self.0.checkpoints_left;
        if left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) == Ok(1) {
            match self.0.hook.0.lock().unwrap().take() {
                Some(hook) => hook(),
                None => self.interrupt(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_ends_calls_until_it_is_reset() {
        let handle = Interrupter::new();
        assert!(handle.checkpoint().is_ok());
        std::thread::scope(|scope| {
            scope.spawn(|| handle.clone().interrupt());
        });
        assert_eq!(handle.checkpoint(), Err(IoErrorKind::Interrupted.into()));
        assert!(handle.is_interrupted());
        handle.reset();
        assert!(handle.checkpoint().is_ok() && !handle.is_interrupted());
    }

    #[test]
    fn a_deadline_ends_calls_when_it_has_passed() {
        let handle = Interrupter::new();
        handle.set_deadline(Instant::now());
        assert!(handle.is_interrupted());
        handle.set_deadline(Instant::now() + Duration::from_hours(1));
        assert!(!handle.is_interrupted(), "a later deadline replaces an earlier one");
        // Further away than the clock can count.
        handle.set_deadline(Instant::now() + Duration::from_secs(u64::MAX >> 2));
        assert!(!handle.is_interrupted());
        handle.set_deadline(Instant::now());
        handle.reset();
        assert!(!handle.is_interrupted());
        // It ends a loop that does nothing but ask.
        handle.set_deadline(Instant::now() + Duration::from_millis(20));
        while handle.checkpoint().is_ok() {}
    }

    #[test]
    fn a_deadline_does_not_undo_an_interruption() {
        let handle = Interrupter::new();
        handle.interrupt();
        handle.set_deadline(Instant::now() + Duration::from_hours(1));
        assert!(handle.is_interrupted());
    }
}
