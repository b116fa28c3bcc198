//! System calls that replace or protect a range of pages.
//!
//! Signal handlers call these functions, so they neither allocate nor lock, and they keep `errno`,
//! which belongs to the interrupted code.

#![expect(unsafe_code, reason = "pages are replaced and protected by system calls")]

use std::{iter, ptr};

use libc::{PROT_NONE, PROT_READ, PROT_WRITE, c_int, c_void};

use super::spare;

/// Replaces the pages from `begin` to `end` with zeroes, which can be read and written. If the
/// process has the maximum number of mappings, gives up some of those in [reserve](spare). Returns
/// false if the system refuses; the pages are unchanged then.
///
/// # Safety
///
/// The pages are mapped, and nobody but the caller reads, writes or unmaps them.
pub(super) unsafe fn replace_with_zeroes(begin: usize, end: usize) -> bool {
    let mut released = iter::repeat_with(spare::release).take_while(|&is_released| is_released);
    // SAFETY: the caller's promise.
    keep_errno(|| unsafe {
        replace(begin, end, PROT_READ | PROT_WRITE)
            || released.any(|_| replace(begin, end, PROT_READ | PROT_WRITE))
    })
}

/// Like [`replace_with_zeroes`], but leaves the reserve alone: for a part of a mapping, whose
/// replacement makes more mappings out of one.
///
/// # Safety
///
/// The pages are mapped, and nobody but the caller reads, writes or unmaps them.
pub(super) unsafe fn split_off_zeroes(begin: usize, end: usize) -> bool {
    // SAFETY: the caller's promise.
    keep_errno(|| unsafe { replace(begin, end, PROT_READ | PROT_WRITE) })
}

/// Replaces the pages from `begin` to `end` with pages that nobody can access. Returns false if the
/// system refuses; the pages are unchanged then.
///
/// # Safety
///
/// The pages are mapped, and nobody reads, writes or unmaps them any more.
pub(super) unsafe fn replace_with_inaccessible(begin: usize, end: usize) -> bool {
    // SAFETY: the caller's promise.
    keep_errno(|| unsafe { replace(begin, end, PROT_NONE) })
}

/// Lets the pages from `begin` to `end` be written. Returns false if the system refuses.
///
/// # Safety
///
/// The pages are mapped privately, and nobody but the caller reads, writes or unmaps them.
pub(super) unsafe fn allow_writes(begin: usize, end: usize) -> bool {
    // SAFETY: `mprotect` changes the protection of these pages only, for which the caller answers.
    unsafe {
        keep_errno(|| libc::mprotect(pointer(begin), end - begin, PROT_READ | PROT_WRITE)) == 0
    }
}

/// The pointer for an address whose provenance was exposed.
pub(super) fn pointer(address: usize) -> *mut c_void {
    ptr::with_exposed_provenance_mut(address)
}

/// # Safety
///
/// The pages are mapped, and nobody but the caller reads, writes or unmaps them.
unsafe fn replace(begin: usize, end: usize, protection: c_int) -> bool {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED | libc::MAP_NORESERVE;
    // SAFETY: `mmap` changes these pages only, for which the caller answers.
    unsafe { libc::mmap(pointer(begin), end - begin, protection, flags, -1, 0) != libc::MAP_FAILED }
}

fn keep_errno<T>(call: impl FnOnce() -> T) -> T {
    // SAFETY: `errno` is this thread's own.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let result = call();
        *errno = saved;
        result
    }
}
