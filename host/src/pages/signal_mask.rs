//! The signals that a thread blocks.

#![expect(unsafe_code, reason = "the mask of a thread is changed by a system call")]

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;

use libc::{SIG_UNBLOCK, SIGBUS};

thread_local! {
    /// Whether this thread has unblocked the signal.
    static IS_UNBLOCKED: Cell<bool> = const { Cell::new(false) };
}

/// Lets `SIGBUS` reach this thread, at the first call in it.
///
/// The kernel ends a process if a thread that blocks the signal accesses a missing page, whatever
/// handler is installed. Threads of services often block all signals and leave them to one thread,
/// and a thread inherits what its creator blocks.
pub(super) fn unblock_sigbus() {
    if IS_UNBLOCKED.get() {
        return;
    }
    let mut signals = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the first call fills the set, the second adds a valid signal to it, and the third
    // reads it. The mask is this thread's own. With valid arguments none of them fails.
    unsafe {
        libc::sigemptyset(signals.as_mut_ptr());
        libc::sigaddset(signals.as_mut_ptr(), SIGBUS);
        libc::pthread_sigmask(SIG_UNBLOCK, signals.as_ptr(), ptr::null_mut());
    }
    IS_UNBLOCKED.set(true);
}
