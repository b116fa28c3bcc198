//! A signal handler that passes signals it does not handle to the previous handler.
//!
//! A signal has one handler for the whole process. So ours, once installed, must call the one that
//! it has replaced: that of the embedder, or the system's default.

#![expect(unsafe_code, reason = "signal handlers are installed and called through raw pointers")]

use std::ffi::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;

use libc::{BUS_MCEERR_AO, SA_SIGINFO, SIG_DFL, SIG_IGN, SIGBUS, c_void, siginfo_t};

/// The signature of a handler with `SA_SIGINFO`.
pub(super) type Handler = extern "C" fn(c_int, *mut siginfo_t, *mut c_void);

/// A handler of ours for one signal, and the handler that it has replaced.
pub(super) struct ChainedHandler {
    signal: c_int,
    flags: c_int,
    handle: Handler,
    /// Is set before `handle` can run.
    previous: OnceLock<libc::sigaction>,
    /// Whether it was installed, or the error number.
    installed: OnceLock<Result<(), i32>>,
}

impl ChainedHandler {
    /// A handler that is not installed yet. `SA_SIGINFO` is added to the flags. `handle` does only
    /// what a signal handler may do: it neither allocates nor locks.
    pub(super) const fn new(signal: c_int, flags: c_int, handle: Handler) -> Self {
        let flags = flags | SA_SIGINFO;
        Self { signal, flags, handle, previous: OnceLock::new(), installed: OnceLock::new() }
    }

    /// Installs the handler. Only the first call does anything; later ones return its result.
    pub(super) fn install(&self) -> io::Result<()> {
        let install = || {
            _ = self.previous.set(self.current()?);
            let mut action = MaybeUninit::<libc::sigaction>::zeroed();
            // SAFETY: a `sigaction` of zeroes is a valid one, without flags and with an empty mask,
            // which the system call reads. `handle` has the signature that `SA_SIGINFO` asks for,
            // and does only what a handler may do.
            unsafe {
                (*action.as_mut_ptr()).sa_sigaction = self.address();
                (*action.as_mut_ptr()).sa_flags = self.flags;
                if libc::sigaction(self.signal, action.as_ptr(), ptr::null_mut()) != 0 {
                    return Err(last_error());
                }
            }
            Ok(())
        };
        self.installed.get_or_init(install).map_err(io::Error::from_raw_os_error)
    }

    /// Whether this handler was installed, and another one after it.
    pub(super) fn is_replaced(&self) -> bool {
        self.installed.get() == Some(&Ok(()))
            && self.current().is_ok_and(|current| current.sa_sigaction != self.address())
    }

    /// Calls the handler that this one has replaced.
    ///
    /// If a process has sent the signal, the action of the signal is the same afterwards. The
    /// handler of Rust's standard library takes every signal that it does not know for a fault: it
    /// restores the system's default and returns, so that the fault recurs and ends the process. A
    /// sent signal does not recur, and would leave the process without this handler.
    ///
    /// # Safety
    ///
    /// The arguments are those that the kernel has passed to `handle`.
    pub(super) unsafe fn pass_on(&self, signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
        let Some(previous) = self.previous.get() else { return };
        // SAFETY: the caller's promise.
        let is_fault = unsafe { fault_address(signal, info).is_some() };
        match previous.sa_sigaction {
            SIG_IGN if !is_fault => {}
            // A fault cannot be ignored: the instruction would be repeated for ever.
            SIG_DFL | SIG_IGN => {
                // SAFETY: plain system calls with valid arguments, which a handler may make. The
                // signal ends the process: at once, or, if it is blocked while its handler runs,
                // when that returns.
                unsafe {
                    libc::signal(signal, SIG_DFL);
                    libc::raise(signal);
                }
            }
            // SAFETY: any other value that `sigaction` returns is the address of a handler, with
            // the signature that the flags tell.
            address => unsafe {
                let action = self.current();
                if previous.sa_flags & SA_SIGINFO != 0 {
                    std::mem::transmute::<usize, Handler>(address)(signal, info, context);
                } else {
                    std::mem::transmute::<usize, extern "C" fn(c_int)>(address)(signal);
                }
                if let (false, Ok(action)) = (is_fault, action) {
                    libc::sigaction(self.signal, &raw const action, ptr::null_mut());
                }
            },
        }
    }

    /// The address of the function that handles the signal now, `SIG_DFL` or `SIG_IGN`.
    pub(super) fn current_address(&self) -> io::Result<usize> {
        let current = self.current().map_err(io::Error::from_raw_os_error)?;
        Ok(current.sa_sigaction)
    }

    /// What handles the signal now, or the error number.
    fn current(&self) -> Result<libc::sigaction, i32> {
        let mut current = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: a `sigaction` of zeroes is a valid one, which the system call fills.
        unsafe {
            if libc::sigaction(self.signal, ptr::null(), current.as_mut_ptr()) != 0 {
                return Err(last_error());
            }
            Ok(current.assume_init())
        }
    }

    fn address(&self) -> usize {
        self.handle as *const () as usize
    }
}

/// The address whose access has raised a signal. `None` if no access of this thread has: a process
/// has sent the signal, or the kernel reports a page of broken memory that nobody has accessed.
///
/// # Safety
///
/// `info` is what the kernel has passed to the handler of `signal`.
pub(super) unsafe fn fault_address(signal: c_int, info: *const siginfo_t) -> Option<usize> {
    // SAFETY: the kernel passes a valid `siginfo_t`.
    let code = unsafe { (*info).si_code };
    // The codes of faults are positive; those of `kill` and similar calls are not.
    if code <= 0 || (signal == SIGBUS && code == BUS_MCEERR_AO) {
        return None;
    }
    // SAFETY: as above, and the address is set for faults.
    Some(unsafe { (*info).si_addr().addr() })
}

fn last_error() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    extern "C" fn handle(_: c_int, _: *mut siginfo_t, _: *mut c_void) {}

    #[test]
    fn a_handler_that_was_not_installed_is_not_replaced() {
        // The system tells the action of this signal, and refuses to change it.
        let handler = ChainedHandler::new(libc::SIGKILL, 0, handle);
        assert!(handler.install().is_err());
        assert!(!handler.is_replaced());
    }
}
