//! Mappings in reserve, for a process that has the maximum number of them.
//!
//! The system refuses such a process every new mapping, also one that takes the place of another.
//! Then pages could not be replaced by zeroes: a truncated file would end the process, and a window
//! could not be removed. So a process keeps some mappings of no use, and unmaps them in that case.

#![expect(unsafe_code, reason = "pages are mapped and unmapped by system calls")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::{io, ptr};

use filemap::fs::IoResult;

use crate::files::io_error;

/// The number of mappings in reserve.
const COUNT: usize = 16;

/// The address of each mapping; 0 if there is none.
static SPARES: [AtomicUsize; COUNT] = [const { AtomicUsize::new(0) }; COUNT];

/// The number of mappings that are missing.
static MISSING: AtomicUsize = AtomicUsize::new(COUNT);

/// Makes the missing mappings. Fails if the system refuses one; then the process must not make
/// other mappings, so that a plugin cannot use up the reserve.
pub(super) fn fill() -> IoResult<()> {
    if MISSING.load(Ordering::Relaxed) == 0 {
        return Ok(());
    }
    let page = rustix::param::page_size();
    // A shared mapping is not merged with its neighbours, so unmapping it leaves one less.
    let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    for spare in SPARES.iter().filter(|spare| spare.load(Ordering::Relaxed) == 0) {
        // SAFETY: the system chooses an address that is not in use, and nobody accesses the page.
        let made = unsafe { libc::mmap(ptr::null_mut(), page, libc::PROT_NONE, flags, -1, 0) };
        if made == libc::MAP_FAILED {
            return Err(io_error(io::Error::last_os_error()));
        }
        let address = made.expose_provenance();
        if spare.compare_exchange(0, address, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            MISSING.fetch_sub(1, Ordering::Relaxed);
        } else {
            unmap(address);
        }
    }
    Ok(())
}

/// Unmaps one mapping. Returns false if there is none left.
///
/// Is called by signal handlers.
pub(super) fn release() -> bool {
    let taken = SPARES.iter().map(|spare| spare.swap(0, Ordering::Relaxed));
    let Some(address) = taken.into_iter().find(|address| *address != 0) else { return false };
    MISSING.fetch_add(1, Ordering::Relaxed);
    unmap(address);
    true
}

/// Unmaps a mapping that was just made, or taken out of [`SPARES`].
fn unmap(address: usize) {
    // SAFETY: the mapping is one page, which only its owner, the caller, knows.
    unsafe {
        libc::munmap(ptr::with_exposed_provenance_mut(address), rustix::param::page_size());
    }
}
