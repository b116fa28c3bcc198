//! Surviving what the host stores into a window that a plugin may only read.
//!
//! A plugin chooses where the host puts its results, and can choose such a window. What its own code stores there is a trap, and
//! Wasmtime's business. The two are told apart by where the code is that stores: the host's was loaded as a program or a library, a plugin's
//! was not. To let Wasmtime's handler find out instead would not do: what it does not know it leaves to the system, for the whole process, and
//! another thread's trap in that moment would end it.

#![expect(unsafe_code, reason = "signal handlers are made of system calls")]

use std::ffi::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr;
use std::sync::OnceLock;

use libc::{SA_NODEFER, SA_ONSTACK, SA_SIGINFO, SIGSEGV, c_void, siginfo_t};

use crate::sigbus::{last_error, pass_on};
use crate::windows;

/// What handled the signal before. Known before our handler can run.
static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

/// Where the code of programs and libraries is. Known before our handler can run. What is loaded later has no part in this: the host that we are
/// part of, and what it copies memory with, are there.
static LOADED: OnceLock<Vec<Range<usize>>> = OnceLock::new();

/// Installs the handler, once for the process, and after Wasmtime's. Without it no window is placed.
pub(crate) fn install() -> io::Result<()> {
    static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| {
        if !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
            return Err(libc::ENOTSUP);
        }
        LOADED.get_or_init(loaded);
        let mut previous = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: a `sigaction` of zeroes is a valid one, which the system call fills.
        unsafe {
            if libc::sigaction(SIGSEGV, ptr::null(), previous.as_mut_ptr()) != 0 {
                return Err(last_error());
            }
            _ = PREVIOUS.set(previous.assume_init());
        }
        let mut ours = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: a `sigaction` of zeroes is a valid one, without flags and with an empty mask, which the system call reads. `handle` has the signature
        // that `SA_SIGINFO` asks for, and only does what a handler may do. The flags are those of Wasmtime's.
        unsafe {
            (*ours.as_mut_ptr()).sa_sigaction = handle as *const () as usize;
            (*ours.as_mut_ptr()).sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
            if libc::sigaction(SIGSEGV, ours.as_ptr(), ptr::null_mut()) != 0 {
                return Err(last_error());
            }
        }
        Ok(())
    });
    installed.map_err(io::Error::from_raw_os_error)
}

/// The parts of programs and libraries that are code.
fn loaded() -> Vec<Range<usize>> {
    unsafe extern "C" fn add(info: *mut libc::dl_phdr_info, _: usize, ranges: *mut c_void) -> c_int {
        // SAFETY: the system passes a valid description of something loaded, with as many headers as it says, and what was passed to it, which
        // is the list below.
        unsafe {
            let ranges = &mut *ranges.cast::<Vec<Range<usize>>>();
            let headers = std::slice::from_raw_parts((*info).dlpi_phdr, usize::from((*info).dlpi_phnum));
            for header in
                headers.iter().filter(|header| header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_X != 0)
            {
                let [begin, length] = [(*info).dlpi_addr + header.p_vaddr, header.p_memsz]
                    .map(|number| usize::try_from(number).unwrap_or(usize::MAX));
                ranges.push(begin..begin.saturating_add(length));
            }
        }
        0
    }

    let mut ranges = Vec::new();
    // SAFETY: `add` has the signature that is asked for, and gets the list, which nobody else has meanwhile.
    unsafe { libc::dl_iterate_phdr(Some(add), (&raw mut ranges).cast()) };
    ranges
}

/// The handler. Runs between two instructions of any thread, and so neither allocates nor locks.
extern "C" fn handle(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel passes a valid `siginfo_t`. Where the address means something is seen by the code.
    let (code, address) = unsafe { ((*info).si_code, (*info).si_addr().addr()) };
    let is_ours = || code > 0 && windows::is_read_only(address) && is_host(program_counter(context));
    if is_ours() && windows::make_private(address) {
        return;
    }
    if let Some(previous) = PREVIOUS.get() {
        pass_on(previous, signal, info, context, code <= 0);
    }
}

/// Whether code is the host's.
fn is_host(program_counter: u64) -> bool {
    let address = usize::try_from(program_counter).unwrap_or(0);
    LOADED.get().is_some_and(|ranges| ranges.iter().any(|range| range.contains(&address)))
}

/// Where the code is that was interrupted.
fn program_counter(context: *mut c_void) -> u64 {
    // SAFETY: the kernel passes a valid `ucontext_t` to a handler that was installed with `SA_SIGINFO`.
    let context = unsafe { &*context.cast::<libc::ucontext_t>() };
    #[cfg(target_arch = "x86_64")]
    return context.uc_mcontext.gregs[usize::try_from(libc::REG_RIP).unwrap_or(0)].cast_unsigned();
    #[cfg(target_arch = "aarch64")]
    return context.uc_mcontext.pc;
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        _ = context;
        0
    }
}
