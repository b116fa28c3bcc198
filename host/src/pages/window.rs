//! Pages of files in the memory of plugins, and what becomes of them when somebody touches what is
//! not there.
//!
//! Who touches them is the plugin's own code, or the host on its behalf, and neither is under a
//! guard of ours. So all windows of the process stand in a table that the signal handlers read:
//!
//! - `SIGBUS`: the file was truncated. Zeroes take the place of the page and of all behind it, and
//!   the window is marked.
//! - `SIGSEGV` in a window that is only read, where it is no trap: the window becomes a private
//!   copy, which can be written to.

#![expect(
    unsafe_code,
    reason = "pages are placed by system calls, and signal handlers are made of them"
)]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::ptr;
use std::sync::{Arc, Weak};

use filemap::fs::{IoError, IoErrorKind};
use filemap::region::Sharing;

use super::memory::{Memory, Taken};
use super::remap::{pointer, replace_with_inaccessible, replace_with_zeroes};
use super::sigbus;
use super::window_table::{CAPACITY, Registration, WindowRange};
use crate::files::io_error;
use crate::limits::MAX_TOUCHED_PAGES;

/// The size of a page of WebAssembly, in bytes.
pub(crate) const WASM_PAGE: u64 = 65_536;

/// Where a window is placed.
#[derive(Debug)]
pub(crate) struct WindowTarget {
    pub(crate) memory: Arc<Memory>,
    /// The offset in the memory, in bytes: a multiple of [`WASM_PAGE`].
    pub(crate) offset: usize,
    /// Whether the pages are fetched at once.
    pub(crate) prefault: bool,
}

/// Why a window cannot be placed.
#[derive(Debug)]
pub(crate) enum PlaceError {
    Memory(Taken),
    File(IoError),
}

impl From<Taken> for PlaceError {
    fn from(error: Taken) -> Self {
        Self::Memory(error)
    }
}

impl From<IoError> for PlaceError {
    fn from(error: IoError) -> Self {
        Self::File(error)
    }
}

/// Pages of a file in the memory of a plugin. They are taken away when it is dropped.
#[derive(Debug)]
pub(crate) struct Window {
    /// The memory may be gone before its windows are.
    memory: Weak<Memory>,
    /// Where in the memory the pages begin, and how many bytes they have.
    at: usize,
    length: usize,
    registration: Registration,
}

impl Window {
    /// Puts `length` bytes of a file from `offset` on in the place of as much memory; all three are
    /// in pages of the system. Of the memory, `taken` bytes are the window's.
    pub(crate) fn place(
        memory: &Arc<Memory>,
        (at, taken): (usize, usize),
        file: &File,
        (offset, length): (u64, usize),
        sharing: Sharing,
    ) -> Result<Self, PlaceError> {
        sigbus::install().map_err(io_error)?;
        let offset =
            libc::off_t::try_from(offset).map_err(|_| IoError::from(IoErrorKind::Invalid))?;
        let end = at.checked_add(taken).ok_or(Taken::Outside)?;
        memory.take(&(at..end))?;
        // From here on it is taken away by the drop.
        let begin = memory.address(at);
        let window =
            WindowRange { begin, end: begin + length, is_read_only: sharing == Sharing::ReadOnly };
        let Some(registration) = Registration::new(window) else {
            memory.give_back(at);
            let detail = format!("this host has {CAPACITY} windows already");
            return Err(IoError { kind: IoErrorKind::OverLimit, detail }.into());
        };
        let window = Self { memory: Arc::downgrade(memory), at, length, registration };
        let (protection, sharing) = match sharing {
            // Private, so that a page can be copied when the host writes to it.
            Sharing::ReadOnly => (libc::PROT_READ, libc::MAP_PRIVATE),
            Sharing::Private => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE),
            Sharing::Shared => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED),
        };
        let flags = sharing | libc::MAP_FIXED | libc::MAP_NORESERVE;
        // SAFETY: the pages are those of a plugin's memory that `take` has found to be all there
        // and in no other window. The plugin has asked for it and waits, so that nobody else reads
        // or writes them, and `memory` keeps them until the call returns.
        let placed = unsafe {
            libc::mmap(
                pointer(memory.address(at)),
                length,
                protection,
                flags,
                file.as_raw_fd(),
                offset,
            )
        };
        if placed == libc::MAP_FAILED {
            return Err(io_error(io::Error::last_os_error()).into());
        }
        Ok(window)
    }

    /// Fetches its first pages, as many as one call may touch, as far as that can be done.
    pub(crate) fn prefault(&self) {
        if let Some(memory) = self.memory.upgrade() {
            let most = usize::try_from(MAX_TOUCHED_PAGES)
                .unwrap_or(usize::MAX)
                .saturating_mul(rustix::param::page_size());
            let length = self.length.min(most);
            // SAFETY: to make pages of a mapping present changes nothing that can be seen, and
            // where it fails, nothing.
            unsafe {
                libc::madvise(pointer(memory.address(self.at)), length, libc::MADV_POPULATE_READ)
            };
        }
    }

    /// Writes to a private window, which the file does not see.
    pub(crate) fn fill(&self, position: usize, bytes: &[u8]) {
        let end = position.checked_add(bytes.len());
        assert!(end.is_some_and(|end| end <= self.length), "more bytes than the window has");
        if let Some(memory) = self.memory.upgrade() {
            // SAFETY: the bytes lie within the window, which is mapped for writing, and whose
            // plugin waits. A page that is lost meanwhile is replaced by the handler.
            unsafe {
                let target = pointer(memory.address(self.at) + position).cast::<u8>();
                target.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
        }
    }

    /// Whether it is in that memory.
    pub(crate) fn is_in(&self, memory: &Arc<Memory>) -> bool {
        ptr::eq(self.memory.as_ptr(), Arc::as_ptr(memory))
    }

    /// Whether pages of it were lost since it was placed.
    pub(crate) fn has_faulted(&self) -> bool {
        self.registration.has_faulted()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.upgrade() {
            let begin = memory.address(self.at);
            // SAFETY: the pages are those that `place` has placed, or was about to, and `memory`
            // keeps them meanwhile. Where the system cannot make zeroes of them, the plugin must
            // not reach them: they become pages that nobody can touch, and stay taken until the
            // memory ends. Whoever got these addresses otherwise would be in its reach.
            let end = begin + self.length;
            let is_zero = unsafe { replace_with_zeroes(begin, end) };
            if is_zero {
                memory.give_back(self.at);
            } else if !unsafe { replace_with_inaccessible(begin, end) } {
                std::process::abort();
            }
        }
    }
}

#[cfg(test)]
mod tests;
