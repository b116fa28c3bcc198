//! Surviving what is stored into a window that a plugin may only read, but not by an instruction
//! that Wasmtime knows can fail.
//!
//! An ordinary store of the plugin's is a trap, which is Wasmtime's business. But the host stores
//! there too: results whose place the plugin has chosen, and what an instruction for a block of
//! memory does; and short blocks of a constant length are compiled to stores that are not expected
//! to fail. Wasmtime's handler hands on what it does not know to the handler from before. That has
//! to be ours, and so it is installed before the first engine of a process is made: the other way
//! round, a signal that is nobody's would already have been left to the system, for the whole
//! process, and another thread's trap in that moment would end it.

#![expect(unsafe_code, reason = "signal handlers are made of system calls")]

use std::ffi::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;

use libc::{SA_NODEFER, SA_ONSTACK, SA_SIGINFO, SIGSEGV, c_void, siginfo_t};

use crate::sigbus::{last_error, pass_on};
use crate::windows;

/// What handled the signal before. Known before our handler can run.
static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

/// Installs the handler, once for the process.
pub(crate) fn install() -> io::Result<()> {
    static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| {
        _ = PREVIOUS.set(current().map_err(|_| last_error())?);
        let mut ours = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: a `sigaction` of zeroes is a valid one, without flags and with an empty mask,
        // which the system call reads. `handle` has the signature that `SA_SIGINFO` asks for, and
        // only does what a handler may do. The flags are those of Wasmtime's.
        unsafe {
            (*ours.as_mut_ptr()).sa_sigaction = handler();
            (*ours.as_mut_ptr()).sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
            if libc::sigaction(SIGSEGV, ours.as_ptr(), ptr::null_mut()) != 0 {
                return Err(last_error());
            }
        }
        Ok(())
    });
    installed.map_err(io::Error::from_raw_os_error)
}

/// Whether Wasmtime's handler has been installed after ours: a plugin runs, so that there is one,
/// and ours is not the first.
pub(crate) fn is_behind_wasmtime() -> bool {
    PREVIOUS.get().is_some() && current().is_ok_and(|current| current.sa_sigaction != handler())
}

/// What handles the signal now.
fn current() -> io::Result<libc::sigaction> {
    let mut current = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a `sigaction` of zeroes is a valid one, which the system call fills.
    unsafe {
        if libc::sigaction(SIGSEGV, ptr::null(), current.as_mut_ptr()) != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(current.assume_init())
    }
}

fn handler() -> usize {
    handle as *const () as usize
}

/// The handler. Runs between two instructions of any thread, and so neither allocates nor locks.
extern "C" fn handle(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel passes a valid `siginfo_t`. Where the address means something is seen by
    // the code.
    let (code, address) = unsafe { ((*info).si_code, (*info).si_addr().addr()) };
    // The codes of what the kernel has found are positive; others come from `kill` and its like.
    let sent = code <= 0;
    if !sent && windows::make_private(address) {
        return;
    }
    if let Some(previous) = PREVIOUS.get() {
        pass_on(previous, signal, info, context, sent);
    }
}
