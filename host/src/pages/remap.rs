//! System calls that replace or protect a range of pages.
//!
//! Signal handlers call these functions, except [`replace_with_pages`], so they neither allocate
//! nor lock, and they keep `errno`, which belongs to the interrupted code.

#![expect(unsafe_code, reason = "pages are replaced and protected by system calls")]

use std::{io, iter, mem, ptr};

use libc::{MAP_ANONYMOUS, MAP_FIXED, MAP_NORESERVE, MAP_PRIVATE};
use libc::{PROT_NONE, PROT_READ, PROT_WRITE, c_int, c_void};
use memmap2::MmapRaw;

use super::spare;

/// Replaces the pages from `begin` to `end` with zeroes, which can be read and written. If the
/// process has the maximum number of mappings, gives up some of those in [reserve](spare). Returns
/// false if the system refuses; the pages are unchanged then, or zeroes that can only be read.
///
/// # Safety
///
/// The pages are mapped, and nobody but the caller reads, writes or unmaps them.
pub(super) unsafe fn replace_with_zeroes(begin: usize, end: usize) -> bool {
    let mut released = iter::repeat_with(spare::release).take_while(|&is_released| is_released);
    // SAFETY: the caller's promise.
    keep_errno(|| unsafe {
        split_off_zeroes(begin, end) || released.any(|_| split_off_zeroes(begin, end))
    })
}

/// Like [`replace_with_zeroes`], but leaves the reserve alone: for a part of a mapping, whose
/// replacement makes more mappings out of one.
///
/// The pages never become free addresses, which another thread could get. Before Linux 6.12, a
/// kernel that does not overcommit memory unmaps the old pages before it refuses new ones that can
/// be written. It does not refuse pages that can only be read, so these come first.
///
/// # Safety
///
/// As for [`replace_with_zeroes`].
pub(super) unsafe fn split_off_zeroes(begin: usize, end: usize) -> bool {
    // SAFETY: the caller's promise. The new pages are private.
    unsafe { replace(begin, end, PROT_READ) && allow_writes(begin, end) }
}

/// Replaces the pages from `begin` to `end` with pages that nobody can access. Returns false if the
/// system refuses; the pages are unchanged then.
///
/// # Safety
///
/// The pages are mapped, and nobody but the caller reads, writes or unmaps them.
pub(super) unsafe fn replace_with_inaccessible(begin: usize, end: usize) -> bool {
    // SAFETY: the caller's promise.
    unsafe { replace(begin, end, PROT_NONE) }
}

/// Replaces pages, of which the first begins at `begin`, with those of a mapping, which is gone
/// then. After an error, the old pages are unchanged.
///
/// `mmap` with `MAP_FIXED` would not do: the kernel asks the file system after it has unmapped the
/// old pages, and another thread could get their addresses if that refuses.
///
/// # Safety
///
/// As many pages as the mapping has are mapped at `begin`, and nobody but the caller reads, writes
/// or unmaps them.
pub(super) unsafe fn replace_with_pages(begin: usize, pages: MmapRaw) -> io::Result<()> {
    let (start, length) = (pages.as_mut_ptr().cast(), pages.len());
    let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
    // SAFETY: the caller answers for the pages at `begin`, and the mapping is ours.
    if unsafe { libc::mremap(start, length, length, flags, pointer(begin)) } == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // It has no pages any more that a drop could unmap.
    mem::forget(pages);
    Ok(())
}

/// Whether the system has memory for `length` bytes of new pages that can be written. False also if
/// the process has the maximum number of mappings.
pub(super) fn has_memory_for(length: usize) -> bool {
    // SAFETY: the system chooses addresses that are not in use, and only these are unmapped.
    unsafe {
        let pages = map_anonymous(ptr::null_mut(), length, PROT_READ | PROT_WRITE, 0);
        pages != libc::MAP_FAILED && keep_errno(|| libc::munmap(pages, length)) == 0
    }
}

/// Lets the pages from `begin` to `end` be written. Returns false if the system refuses.
///
/// # Safety
///
/// The pages are mapped: privately, or from a file that is open for writing. Nobody but the caller
/// reads, writes or unmaps them.
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
/// As for [`replace_with_zeroes`].
unsafe fn replace(begin: usize, end: usize, protection: c_int) -> bool {
    // SAFETY: `mmap` changes these pages only, for which the caller answers.
    unsafe { map_anonymous(pointer(begin), end - begin, protection, MAP_FIXED) != libc::MAP_FAILED }
}

/// Maps pages of zeroes.
///
/// # Safety
///
/// With `MAP_FIXED`, the caller answers for the pages at `start`.
unsafe fn map_anonymous(
    start: *mut c_void,
    length: usize,
    protection: c_int,
    flags: c_int,
) -> *mut c_void {
    let flags = flags | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    // SAFETY: the caller's promise. Without `MAP_FIXED`, the system chooses free addresses.
    unsafe { keep_errno(|| libc::mmap(start, length, protection, flags, -1, 0)) }
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
