//! The guard that lets a copy survive missing pages.
//!
//! It follows libwayland's `wl_shm`: before a thread accesses a mapping, it records the range of
//! addresses in a thread-local variable. If an access raises `SIGBUS`, the
//! [handler](super::sigbus) finds the address in that range, replaces the mapping with zeroes, and
//! records the fault. The access continues, and afterwards the guard turns the record into an
//! error.

#![expect(unsafe_code, reason = "a guarded access works on raw pointers")]

use std::sync::atomic::{AtomicUsize, Ordering, compiler_fence};

use memmap2::MmapRaw;

use super::remap::{has_memory_for, replace_with_zeroes, split_off_zeroes};
use super::signal_mask::unblock_sigbus;

/// An access to a mapping has found a page missing. Any page of the mapping may have been replaced
/// with zeroes, so the mapping must not be used any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FaultedPages {
    /// The offset in the mapping of the first missing page, in bytes.
    pub(super) offset: usize,
}

/// The range that a thread accesses, and the fault in it. Only the thread itself and the handler
/// that interrupts it use this. The fields are atomic for the compiler, which must expect that
/// the handler changes them.
struct Guarded {
    /// The addresses of the pages. `end` is 0 if nothing is guarded.
    begin: AtomicUsize,
    end: AtomicUsize,
    page_size: AtomicUsize,
    /// The address of the first missing page; 0 if there was none.
    faulted: AtomicUsize,
}

thread_local! {
    /// It has no destructor and a constant initializer, so that the handler can access it without
    /// registering or running anything. If this crate is in a library that was loaded with
    /// `dlopen`, the first access of a thread may allocate. The handler only makes such an access
    /// for a fault outside of any guard: in the plugin's own code, which does not allocate, or one
    /// that ends the process.
    static GUARDED: Guarded = const {
        Guarded {
            begin: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            page_size: AtomicUsize::new(0),
            faulted: AtomicUsize::new(0),
        }
    };
}

/// Calls `access` with the address at which the mapping begins. `access` may touch every byte of
/// the mapping.
pub(super) fn guard(map: &mut MmapRaw, access: impl FnOnce(*mut u8)) -> Result<(), FaultedPages> {
    // SAFETY: `map` is borrowed exclusively until this function returns, and its length is that of
    // its memory.
    unsafe { guard_range(map.as_mut_ptr(), map.len(), access) }
}

/// Calls `access` with `start`. `access` may touch the `length` bytes that begin there.
///
/// # Safety
///
/// The pages that contain the `length` bytes at `start` are mapped, and until this function
/// returns, nobody else reads, writes or unmaps them. Other threads may read them under a guard of
/// the same bytes, if the results of all are discarded after a fault in one: the handler replaces
/// the pages for all.
pub(super) unsafe fn guard_range(
    start: *mut u8,
    length: usize,
    access: impl FnOnce(*mut u8),
) -> Result<(), FaultedPages> {
    /// Ends the guard, also if `access` panics.
    struct End<'a>(&'a Guarded);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            compiler_fence(Ordering::SeqCst);
            self.0.end.store(0, Ordering::Relaxed);
        }
    }

    unblock_sigbus();
    let page_size = rustix::param::page_size();
    GUARDED.with(|guarded| {
        debug_assert_eq!(guarded.end.load(Ordering::Relaxed), 0, "guards do not nest");
        // The kernel maps whole pages. A mapping whose file offset is not a multiple of a page
        // begins within its first page.
        guarded.begin.store(start.addr() / page_size * page_size, Ordering::Relaxed);
        guarded.page_size.store(page_size, Ordering::Relaxed);
        guarded.faulted.store(0, Ordering::Relaxed);
        guarded.end.store((start.addr() + length).next_multiple_of(page_size), Ordering::Relaxed);
        let end = End(guarded);
        compiler_fence(Ordering::SeqCst);
        access(start);
        drop(end);
        match guarded.faulted.load(Ordering::Relaxed) {
            0 => Ok(()),
            // The first page begins before `start` if `start` is within a page.
            page => Err(FaultedPages { offset: page.saturating_sub(start.addr()) }),
        }
    })
}

/// Replaces a missing page of the range that this thread guards with zeroes, so that its access can
/// continue. Returns false if the address is not guarded, or if the system refuses.
///
/// Is called by a signal handler.
pub(super) fn replace_missing_pages(address: usize) -> bool {
    GUARDED.with(|guarded| guarded.replace_missing_pages(address))
}

impl Guarded {
    fn replace_missing_pages(&self, address: usize) -> bool {
        let (begin, end) = (self.begin.load(Ordering::Relaxed), self.end.load(Ordering::Relaxed));
        if !(begin..end).contains(&address) {
            return false;
        }
        let page_size = self.page_size.load(Ordering::Relaxed);
        let page = address / page_size * page_size;
        // First try the whole mapping: replacing a part splits it in two, which fails if the
        // process has the maximum number of mappings. But if the system does not overcommit
        // memory, there may be enough for one page only.
        //
        // SAFETY: `guard_range`, which this thread is in, has exclusive use of these pages, except
        // for threads that only read and are prepared for zeroes.
        let is_replaced = unsafe {
            has_memory_for(end - begin) && replace_with_zeroes(begin, end)
                || split_off_zeroes(page, page + page_size)
                || replace_with_zeroes(begin, end)
        };
        if !is_replaced {
            return false;
        }
        if self.faulted.load(Ordering::Relaxed) == 0 {
            self.faulted.store(page, Ordering::Relaxed);
        }
        true
    }
}

/// Whether this thread guards a range.
#[cfg(test)]
pub(super) fn is_active() -> bool {
    GUARDED.with(|guarded| guarded.end.load(Ordering::Relaxed) != 0)
}
