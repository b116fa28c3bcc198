//! Windows: pages of a file in the memory of a plugin.
//!
//! A window replaces pages of a [`GuestMemory`] by `mmap` with `MAP_FIXED`. Outside of a window's
//! lifetime these pages are ordinary memory of the plugin. The owners of a window and
//! its reservations from the plugin's budgets are in `placed_window`.

#![expect(unsafe_code, reason = "pages of a file are placed at fixed addresses")]

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::AsRawFd as _;
use std::ptr;
use std::sync::{Arc, Weak};

use filemap::checkpoint::Checkpoint;
use filemap::fs::{IoError, IoErrorKind, IoResult};
use filemap::region::Sharing;

use super::guest_memory::{GuestMemory, RangeError};
use super::map::map_error;
use super::remap::{pointer, replace_with_inaccessible, replace_with_zeroes};
use super::sigbus;
use super::window_table::{CAPACITY, Registration, WindowRange};
use crate::files::io_error;
use crate::limits::{MAX_FETCHED, over_limit};

/// The size of a page of WebAssembly, in bytes.
pub(crate) const WASM_PAGE: u64 = 65_536;

/// The number of bytes that one system call fetches for a window. A multiple of the system's page.
const PREFAULTED_AT_ONCE: usize = 1 << 20;

/// The place for a window that a plugin asks for.
#[derive(Debug)]
pub(crate) struct WindowTarget {
    pub(crate) memory: Arc<GuestMemory>,
    /// The offset in the memory, in bytes: a multiple of [`WASM_PAGE`].
    pub(crate) offset: usize,
    /// Whether the pages are fetched at once.
    pub(crate) prefault: bool,
}

/// Whole pages of a file.
#[derive(Debug)]
pub(super) struct FilePages<'a> {
    pub(super) file: &'a File,
    /// The offset in the file, in bytes: a multiple of the system's page.
    pub(super) offset: u64,
    /// The number of bytes: a multiple of the system's page.
    pub(super) length: usize,
}

/// Why a window cannot be placed.
#[derive(Debug)]
pub(crate) enum PlaceError {
    /// The range of the memory is not available.
    Memory(RangeError),
    /// The file cannot be mapped, or the plugin or the process has too many windows.
    File(IoError),
}

impl From<RangeError> for PlaceError {
    fn from(error: RangeError) -> Self {
        Self::Memory(error)
    }
}

impl From<IoError> for PlaceError {
    fn from(error: IoError) -> Self {
        Self::File(error)
    }
}

/// A window. When it is dropped, its pages become zeroes again.
#[derive(Debug)]
pub(super) struct GuestWindow {
    /// The memory can be dropped before its windows.
    memory: Weak<GuestMemory>,
    /// The offset in the memory and the number of bytes of the pages.
    offset: usize,
    length: usize,
    registration: Registration,
}

impl GuestWindow {
    /// Puts pages of a file at the start of a range of a memory. The window claims the whole range.
    pub(super) fn place(
        memory: &Arc<GuestMemory>,
        range: Range<usize>,
        pages: &FilePages<'_>,
        sharing: Sharing,
    ) -> Result<Self, PlaceError> {
        let FilePages { file, offset: file_offset, length } = *pages;
        assert!(length <= range.len(), "more pages than the range has");
        sigbus::install().map_err(io_error)?;
        let file_offset =
            libc::off_t::try_from(file_offset).map_err(|_| IoError::from(IoErrorKind::Invalid))?;
        memory.claim(&range)?;
        let offset = range.start;
        let begin = memory.address(offset);
        let is_read_only = sharing == Sharing::ReadOnly;
        let entry = WindowRange { begin, end: begin + length, is_read_only };
        let Some(registration) = Registration::new(entry) else {
            memory.release(offset);
            return Err(over_limit(format!(
                "the fixed limit of all plugins of this process is {CAPACITY} windows, and all are \
                 in use: remove some first"
            ))
            .into());
        };
        // From now on, dropping the window releases the range.
        let window = Self { memory: Arc::downgrade(memory), offset, length, registration };
        let (protection, kind) = match sharing {
            // Private, so that the host can write to a copy of a page (`sigsegv`).
            Sharing::ReadOnly => (libc::PROT_READ, libc::MAP_PRIVATE),
            Sharing::Private => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE),
            Sharing::Shared => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED),
        };
        let flags = kind | libc::MAP_FIXED | libc::MAP_NORESERVE;
        // SAFETY: the pages are in the range of a plugin's memory that `claim` has found to be
        // within the memory and in no other window. The plugin has asked for the window and waits,
        // so nobody else accesses them, and `memory` keeps them mapped until this call returns.
        let placed = unsafe {
            libc::mmap(pointer(begin), length, protection, flags, file.as_raw_fd(), file_offset)
        };
        if placed == libc::MAP_FAILED {
            return Err(map_error(io::Error::last_os_error(), sharing).into());
        }
        Ok(window)
    }

    /// Fetches the first pages in parts, with a checkpoint before each. An error of the system has
    /// no effect.
    pub(super) fn prefault(&self, checkpoint: Checkpoint<'_, IoError>) -> IoResult<()> {
        let Some(memory) = self.memory.upgrade() else { return Ok(()) };
        let begin = memory.address(self.offset);
        let end = self.length.min(MAX_FETCHED);
        for part in (0..end).step_by(PREFAULTED_AT_ONCE) {
            checkpoint()?;
            let length = PREFAULTED_AT_ONCE.min(end - part);
            // SAFETY: making pages of a mapping present does not change their content.
            unsafe { libc::madvise(pointer(begin + part), length, libc::MADV_POPULATE_READ) };
        }
        Ok(())
    }

    /// Writes bytes to a private window at a position. The file does not change.
    pub(super) fn write(&self, position: usize, bytes: &[u8]) {
        let end = position.checked_add(bytes.len());
        assert!(end.is_some_and(|end| end <= self.length), "more bytes than the window has");
        if let Some(memory) = self.memory.upgrade() {
            // SAFETY: the bytes are within the window, which is mapped for writing, and whose
            // plugin waits. If the file is truncated meanwhile, the `SIGBUS` handler replaces the
            // page.
            unsafe {
                let target = pointer(memory.address(self.offset) + position).cast::<u8>();
                target.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
        }
    }

    /// Whether the window is in this memory.
    pub(super) fn is_in(&self, memory: &Arc<GuestMemory>) -> bool {
        ptr::eq(self.memory.as_ptr(), Arc::as_ptr(memory))
    }

    /// Whether a page of the window has faulted and was replaced with zeroes.
    pub(super) fn has_faulted(&self) -> bool {
        self.registration.has_faulted()
    }
}

impl Drop for GuestWindow {
    fn drop(&mut self) {
        let Some(memory) = self.memory.upgrade() else { return };
        let begin = memory.address(self.offset);
        let end = begin + self.length;
        // SAFETY: the pages are those that `place` has placed or was about to place, and `memory`
        // keeps them mapped meanwhile.
        if unsafe { replace_with_zeroes(begin, end) } {
            memory.release(self.offset);
            return;
        }
        // The plugin must not reach the file any more. So the pages become inaccessible, and stay
        // claimed until the memory is dropped. They must not be unmapped: the system could give the
        // addresses to another part of the process, and the plugin could access that.
        //
        // SAFETY: as above.
        if !unsafe { replace_with_inaccessible(begin, end) } {
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::window_table;

    #[test]
    fn a_window_leaves_the_table_when_its_memory_is_dropped() {
        let memory = Arc::new(GuestMemory::with_size(1 << 20));
        let file = File::from(
            rustix::fs::memfd_create("filemap-test", rustix::fs::MemfdFlags::CLOEXEC).unwrap(),
        );
        file.set_len(65_536).unwrap();
        let pages = FilePages { file: &file, offset: 0, length: 65_536 };
        let window = GuestWindow::place(&memory, 0..65_536, &pages, Sharing::ReadOnly).unwrap();
        let address = memory.address(0);
        assert!(window_table::contains(address));
        // As with `Store::into_data`: the memory is dropped before the embedder's state with the
        // arrays in it.
        drop(memory);
        assert!(
            !window_table::contains(address),
            "the handler would replace pages of the next owner of these addresses"
        );
        drop(window);
    }
}
