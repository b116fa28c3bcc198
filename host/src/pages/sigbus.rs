//! The `SIGBUS` handler: survives accesses to missing pages of mapped files.
//!
//! If a file is truncated, its mapped pages after the new end are gone. An access to one raises
//! `SIGBUS`, which ends the process by default. A full disk and a disk error have the same effect.
//! No check before the access can exclude this, because another process can truncate the file
//! between the check and the access.
//!
//! The handler repairs two kinds of accesses: those under a [`guard`], and those to a
//! window in a plugin's memory, which it finds in the [`window_table`]. All other
//! signals go to the handler that was installed before.

#![expect(unsafe_code, reason = "a signal handler gets raw pointers")]

use std::ffi::c_int;
use std::io;

use libc::{SA_ONSTACK, SIGBUS, c_void, siginfo_t};

use super::chained_handler::{ChainedHandler, fault_address};
use super::{guard, window_table};

static HANDLER: ChainedHandler = ChainedHandler::new(SIGBUS, SA_ONSTACK, handle);

/// Installs the handler, once for the process. No file is mapped before.
pub(super) fn install() -> io::Result<()> {
    HANDLER.install()
}

/// Runs between two instructions of any thread, so it neither allocates nor locks.
extern "C" fn handle(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let repair = |address| {
        guard::replace_missing_pages(address) || window_table::replace_missing_pages(address)
    };
    // SAFETY: the arguments are the kernel's.
    unsafe {
        if !fault_address(signal, info).is_some_and(repair) {
            HANDLER.pass_on(signal, info, context);
        }
    }
}

#[cfg(test)]
mod tests;
