//! The `SIGXFSZ` handler: survives writes past the maximum size of files (`RLIMIT_FSIZE`).
//!
//! Such a write raises the signal, which ends the process by default. If the signal has a handler,
//! the write fails with `EFBIG` instead.

use std::ffi::c_int;
use std::io;

use libc::{SA_ONSTACK, SA_RESTART, SIG_DFL, SIGXFSZ, c_void, siginfo_t};

use super::chained_handler::ChainedHandler;

static HANDLER: ChainedHandler = ChainedHandler::new(SIGXFSZ, SA_ONSTACK | SA_RESTART, handle);

/// Installs the handler, once for the process, unless the embedder handles or ignores the signal.
///
/// The signal is not ignored, because child processes would ignore it too.
pub(super) fn install() -> io::Result<()> {
    if HANDLER.current_address()? == SIG_DFL { HANDLER.install() } else { Ok(()) }
}

/// Does nothing: the system call that has raised the signal reports the error.
extern "C" fn handle(_: c_int, _: *mut siginfo_t, _: *mut c_void) {}
