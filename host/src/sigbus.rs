//! Surviving the loss of mapped pages.
//!
//! When a file is truncated, the mapped pages behind its new end are gone, and touching one raises
//! `SIGBUS`, whose default is to end the process. The same happens where the disk is full, or
//! fails. No check before the access can rule it out: whoever truncates may do so in between.
//!
//! So the access is guarded, after the model of libwayland's `wl_shm`: the thread notes which pages
//! it is about to touch, and the signal handler, finding the address among them, puts zeroes in the
//! place of the mapping and makes a note of its own. The access then runs to its end, and the note
//! becomes an error. A signal for any other address goes to the handler that was there before.
//! Pages of a plugin's own memory, which nobody guards, stand in a table ([`windows`]).

#![expect(unsafe_code, reason = "signal handlers are made of system calls")]

use std::ffi::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering, compiler_fence};

use libc::{SA_ONSTACK, SA_SIGINFO, SIG_DFL, SIG_IGN, SIGBUS, c_void, siginfo_t};
use memmap2::MmapRaw;

use crate::windows;

/// A page was missing. Zeroes stand in its place, and may stand anywhere else in the mapping, which
/// is of no more use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LostPages {
    /// Where in the mapping the page begins, in bytes.
    pub(crate) at: usize,
}

/// What a thread is about to touch, and what became of it. The handler interrupts the thread that
/// it belongs to, so that no other ever sees it: atomic it is only for the compiler, which has to
/// expect the interruption.
struct Guarded {
    /// The pages, by their addresses. The end is 0 where nothing is guarded.
    begin: AtomicUsize,
    end: AtomicUsize,
    page_size: AtomicUsize,
    /// The first page that was lost; 0 for none.
    lost: AtomicUsize,
}

thread_local! {
    /// Without a destructor and with a constant beginning, so that nothing is registered or run
    /// when the handler reaches for it.
    static GUARDED: Guarded = const {
        Guarded {
            begin: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            page_size: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
        }
    };
}

/// What handled the signal before. Known before our handler can run.
static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

/// Runs `access`, which gets where the mapping begins and may touch any byte of it.
pub(crate) fn guard(map: &mut MmapRaw, access: impl FnOnce(*mut u8)) -> Result<(), LostPages> {
    // SAFETY: `map` is borrowed for us alone until this function returns, and its length is that of
    // its memory.
    unsafe { guard_range(map.as_mut_ptr(), map.len(), access) }
}

/// The same for a range of memory.
///
/// # Safety
///
/// The pages that `length` bytes from `start` on lie in are mapped, and until this function
/// returns, nobody else reads, writes or unmaps them.
unsafe fn guard_range(
    start: *mut u8,
    length: usize,
    access: impl FnOnce(*mut u8),
) -> Result<(), LostPages> {
    /// Ends the guard, also where `access` panics.
    struct End<'a>(&'a Guarded);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            compiler_fence(Ordering::SeqCst);
            self.0.end.store(0, Ordering::Relaxed);
        }
    }

    let page_size = rustix::param::page_size();
    GUARDED.with(|guarded| {
        debug_assert_eq!(guarded.end.load(Ordering::Relaxed), 0, "guards do not nest");
        // The kernel maps whole pages; a mapping from an offset that is none begins within its
        // first one.
        guarded.begin.store(start.addr() / page_size * page_size, Ordering::Relaxed);
        guarded.page_size.store(page_size, Ordering::Relaxed);
        guarded.lost.store(0, Ordering::Relaxed);
        guarded.end.store((start.addr() + length).next_multiple_of(page_size), Ordering::Relaxed);
        let end = End(guarded);
        compiler_fence(Ordering::SeqCst);
        access(start);
        drop(end);
        match guarded.lost.load(Ordering::Relaxed) {
            0 => Ok(()),
            // The first page begins before the mapping where that begins within it.
            lost => Err(LostPages { at: lost.saturating_sub(start.addr()) }),
        }
    })
}

impl Guarded {
    /// Lets the access go on that has found no page at `address`. False where that is none of the
    /// guarded ones.
    ///
    /// Runs in the signal handler.
    fn repair(&self, address: usize) -> bool {
        let (begin, end) = (self.begin.load(Ordering::Relaxed), self.end.load(Ordering::Relaxed));
        if !(begin..end).contains(&address) {
            return false;
        }
        let page_size = self.page_size.load(Ordering::Relaxed);
        let page = address / page_size * page_size;
        // All of the mapping, because a part would split it in two, for which a process with very
        // many mappings has no room. But where memory is promised only as far as there is some,
        // there may be too little to promise for all.
        //
        // SAFETY: `guard_range`, which this thread is in, has been given these pages for itself.
        if !unsafe { place_zeroes(begin, end) || place_zeroes(page, page + page_size) } {
            return false;
        }
        if self.lost.load(Ordering::Relaxed) == 0 {
            self.lost.store(page, Ordering::Relaxed);
        }
        true
    }
}

/// Puts zeroes in the place of the pages from `begin` to `end`, and says whether that worked.
///
/// Runs in the signal handler.
///
/// # Safety
///
/// The pages are mapped, and nobody but the caller reads, writes or unmaps them.
pub(crate) unsafe fn place_zeroes(begin: usize, end: usize) -> bool {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED | libc::MAP_NORESERVE;
    // SAFETY: `mmap` changes these pages only, which the caller answers for, and is a plain system
    // call. `errno` belongs to the code that was interrupted, and gets its value back.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let placed = libc::mmap(
            ptr::with_exposed_provenance_mut(begin),
            end - begin,
            protection,
            flags,
            -1,
            0,
        );
        *errno = saved;
        placed != libc::MAP_FAILED
    }
}

/// Installs the handler, once for the process. Without it nothing is mapped.
pub(crate) fn install() -> io::Result<()> {
    static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| {
        let mut previous = MaybeUninit::<libc::sigaction>::zeroed();
        let mut ours = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: a `sigaction` of zeroes is a valid one, without flags and with an empty mask, and
        // the system call fills it or reads it. `handle` has the signature that `SA_SIGINFO` asks
        // for, and only does what a handler may do.
        unsafe {
            if libc::sigaction(SIGBUS, ptr::null(), previous.as_mut_ptr()) != 0 {
                return Err(last_error());
            }
            _ = PREVIOUS.set(previous.assume_init());
            (*ours.as_mut_ptr()).sa_sigaction = handle as *const () as usize;
            (*ours.as_mut_ptr()).sa_flags = SA_SIGINFO | SA_ONSTACK;
            if libc::sigaction(SIGBUS, ours.as_ptr(), ptr::null_mut()) != 0 {
                return Err(last_error());
            }
        }
        Ok(())
    });
    installed.map_err(io::Error::from_raw_os_error)
}

pub(crate) fn last_error() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or_default()
}

/// The handler. Runs between two instructions of any thread, and so neither allocates nor locks.
extern "C" fn handle(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel passes a valid `siginfo_t`. Where the address means something is seen by
    // the code.
    let (code, address) = unsafe { ((*info).si_code, (*info).si_addr().addr()) };
    // The codes of what the kernel has found are positive; others come from `kill` and its like.
    let sent = code <= 0;
    let repair = || GUARDED.with(|guarded| guarded.repair(address)) || windows::repair(address);
    if !sent && repair() {
        return;
    }
    if let Some(previous) = PREVIOUS.get() {
        pass_on(previous, signal, info, context, sent);
    }
}

/// Lets the handler from before have a signal that is not for us; `sent` is one that somebody has
/// sent.
pub(crate) fn pass_on(
    previous: &libc::sigaction,
    signal: c_int,
    info: *mut siginfo_t,
    context: *mut c_void,
    sent: bool,
) {
    let (handler, flags) = (previous.sa_sigaction, previous.sa_flags);
    match handler {
        SIG_IGN if sent => {}
        // Nobody can ignore a fault: the instruction would be repeated for ever.
        SIG_DFL | SIG_IGN => {
            // SAFETY: plain system calls with valid arguments, which a handler may make. The signal
            // is blocked while its handler runs, and ends the process when that returns.
            unsafe {
                libc::signal(signal, SIG_DFL);
                libc::raise(signal);
            }
        }
        // SAFETY: what `sigaction` returned as handler is one, with the signature that its flags
        // tell.
        _ => unsafe {
            if flags & SA_SIGINFO != 0 {
                type Handler = extern "C" fn(c_int, *mut siginfo_t, *mut c_void);
                std::mem::transmute::<usize, Handler>(handler)(signal, info, context);
            } else {
                std::mem::transmute::<usize, extern "C" fn(c_int)>(handler)(signal);
            }
        },
    }
}

#[cfg(test)]
mod tests;
