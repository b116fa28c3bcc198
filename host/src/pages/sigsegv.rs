//! The `SIGSEGV` handler: survives host writes to read-only windows in a plugin's memory.
//!
//! If the plugin's own code writes there, that is a trap, which Wasmtime handles. But the host
//! writes there too: results whose address the plugin has chosen, `memory.copy` and `memory.fill`,
//! and short blocks of constant length, which are compiled to stores that Wasmtime does not expect
//! to fail. For such a write this handler makes the window a private copy, which can be written.
//!
//! Wasmtime's handler passes on the signals that it does not know to the handler that was installed
//! before it. That has to be this one, so it is installed before the first engine of the process is
//! made. If Wasmtime's were first, it would restore the system's default for the whole process on
//! a signal that it does not know, and a trap of another thread at that moment would end the
//! process.

#![expect(unsafe_code, reason = "a signal handler gets raw pointers")]

use std::ffi::c_int;
use std::io;

use libc::{SA_NODEFER, SA_ONSTACK, SIGSEGV, c_void, siginfo_t};

use super::chained_handler::{ChainedHandler, fault_address};
use super::window_table;

/// The handler, with the flags of Wasmtime's handler.
static HANDLER: ChainedHandler = ChainedHandler::new(SIGSEGV, SA_ONSTACK | SA_NODEFER, handle);

/// Installs the handler, once for the process.
pub(super) fn install() -> io::Result<()> {
    HANDLER.install()
}

/// Returns whether Wasmtime's handler was installed after this one, and calls it. The caller is
/// a running plugin, so Wasmtime's handler is installed: if the current handler is not this one, it
/// is Wasmtime's.
pub(crate) fn is_called_after_wasmtime() -> bool {
    HANDLER.is_replaced()
}

/// Runs between two instructions of any thread, so it neither allocates nor locks.
extern "C" fn handle(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the arguments are the kernel's.
    unsafe {
        if !fault_address(signal, info).is_some_and(window_table::make_private) {
            HANDLER.pass_on(signal, info, context);
        }
    }
}
