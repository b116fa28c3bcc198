//! Windows: pages of a file in the memory of a plugin.
//!
//! A window replaces pages of a [`GuestMemory`]. Outside of a window's lifetime these pages are
//! ordinary memory of the plugin. The owners of a window and its reservations from the plugin's
//! budgets are in `placed_window`.

#![expect(unsafe_code, reason = "pages of a file are placed at fixed addresses")]

use std::fs::File;
use std::ops::Range;
use std::ptr;
use std::sync::{Arc, Weak};

use filemap::checkpoint::Checkpoint;
use filemap::fs::{IoError, IoErrorKind, IoResult};
use filemap::region::Sharing;
use memmap2::{MmapOptions, MmapRaw};

use super::guest_memory::{GuestMemory, RangeError};
use super::map::map_error;
use super::remap::{
    allow_writes, pointer, replace_with_inaccessible, replace_with_pages, replace_with_zeroes,
};
use super::signal_mask::unblock_sigbus;
use super::window_table::{CAPACITY, Registration, WindowRange};
use super::{sigbus, spare};
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

impl FilePages<'_> {
    /// Maps the pages at addresses that the system chooses, so that the memory of the plugin is
    /// unchanged if the file system refuses. They cannot be written yet.
    fn map(&self, sharing: Sharing) -> IoResult<MmapRaw> {
        let mut options = MmapOptions::new();
        options.offset(self.offset).len(self.length).no_reserve_swap();
        let mapped = match sharing {
            Sharing::Shared => options.map_raw_read_only(self.file),
            // A read-only window is private too, so that the host can write to a copy of a page
            // (`sigsegv`).
            //
            // SAFETY: the bytes are never lent as a slice: the mapping becomes a raw one.
            Sharing::ReadOnly | Sharing::Private => unsafe {
                options.map_copy_read_only(self.file).map(MmapRaw::from)
            },
        };
        mapped.map_err(|error| map_error(error, sharing))
    }
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
    /// Is `None` only while the window is dropped.
    registration: Option<Registration>,
}

impl GuestWindow {
    /// Puts pages of a file at the start of a range of a memory. The window claims the whole range.
    pub(super) fn place(
        memory: &Arc<GuestMemory>,
        range: Range<usize>,
        pages: &FilePages<'_>,
        sharing: Sharing,
    ) -> Result<Self, PlaceError> {
        let length = pages.length;
        assert!((1..=range.len()).contains(&length), "no pages, or more than the range has");
        sigbus::install().map_err(io_error)?;
        // The plugin and its host access the window in this thread, without a guard.
        unblock_sigbus();
        spare::fill()?;
        memory.claim(&range)?;
        let offset = range.start;
        let mapped = pages.map(sharing).inspect_err(|_| memory.release(offset))?;
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
        let window = Self {
            memory: Arc::downgrade(memory),
            offset,
            length,
            registration: Some(registration),
        };
        // SAFETY: the pages are in the range of a plugin's memory that `claim` has found to be
        // within the memory and in no other window. The plugin has asked for the window and waits,
        // so nobody else accesses them, and `memory` keeps them mapped until this call returns.
        unsafe { replace_with_pages(begin, mapped) }.map_err(io_error)?;
        // The system may have to reserve memory for private pages that can be written.
        //
        // SAFETY: the pages are those of the file now, and are the plugin's only.
        if !is_read_only && !unsafe { allow_writes(begin, begin + length) } {
            return Err(IoError::from(IoErrorKind::NoMemory).into());
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
        self.registration.as_ref().is_some_and(Registration::has_faulted)
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
        // The pages become inaccessible, and stay claimed until the memory is dropped. They must
        // not be unmapped: the system could give the addresses to another part of the process, and
        // the plugin could access that.
        //
        // SAFETY: as above.
        if unsafe { replace_with_inaccessible(begin, end) } {
            return;
        }
        // The process has more mappings than it may have. So the window stays, claimed and in the
        // table, until the memory is dropped: its plugin sees a file that it could open anyway.
        std::mem::forget(self.registration.take());
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::FileExt as _;
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::pages::in_child::{in_child, use_up_mappings};
    use crate::pages::window_table;

    const PAGE: usize = 65_536;

    /// A file of this many bytes, which are zero.
    fn file(size: usize) -> File {
        let flags = rustix::fs::MemfdFlags::CLOEXEC;
        let file = File::from(rustix::fs::memfd_create("filemap-test", flags).unwrap());
        file.set_len(size as u64).unwrap();
        file
    }

    fn place(
        memory: &Arc<GuestMemory>,
        file: &File,
        sharing: Sharing,
    ) -> Result<GuestWindow, PlaceError> {
        GuestWindow::place(memory, 0..PAGE, &FilePages { file, offset: 0, length: PAGE }, sharing)
    }

    /// The first byte of a page of a memory.
    fn first_byte(memory: &GuestMemory, page: usize) -> *mut u8 {
        pointer(memory.address(page * PAGE)).cast()
    }

    #[test]
    fn memory_is_unchanged_if_the_file_system_refuses_to_map_the_file() {
        let memory = Arc::new(GuestMemory::with_size(PAGE));
        // SAFETY: the memory is this test's.
        unsafe { first_byte(&memory, 0).write_volatile(7) };
        // The kernel asks the driver of a socket late, when it has reserved the addresses.
        let (socket, _other) = UnixStream::pair().unwrap();
        let socket = File::from(OwnedFd::from(socket));
        for sharing in [Sharing::ReadOnly, Sharing::Private, Sharing::Shared] {
            let Err(PlaceError::File(error)) = place(&memory, &socket, sharing) else {
                panic!("a socket was mapped")
            };
            assert_eq!(error.kind, IoErrorKind::Unsupported);
            // SAFETY: as above.
            assert_eq!(unsafe { first_byte(&memory, 0).read_volatile() }, 7, "{sharing:?}");
        }
        assert!(place(&memory, &file(PAGE), Sharing::Shared).is_ok(), "the range is free again");
    }

    #[test]
    fn a_window_shows_the_file_and_leaves_zeroes() {
        let memory = Arc::new(GuestMemory::with_size(PAGE));
        for (sharing, in_file) in
            [(Sharing::ReadOnly, 7), (Sharing::Private, 7), (Sharing::Shared, 8)]
        {
            let (file, byte) = (file(PAGE), first_byte(&memory, 0));
            file.write_all_at(&[7], 0).unwrap();
            let window = place(&memory, &file, sharing).unwrap();
            // SAFETY: the memory is this test's.
            assert_eq!(unsafe { byte.read_volatile() }, 7);
            if sharing != Sharing::ReadOnly {
                // SAFETY: as above, and the window can be written.
                unsafe { byte.write_volatile(8) };
            }
            let mut bytes = [0];
            file.read_exact_at(&mut bytes, 0).unwrap();
            assert_eq!(bytes, [in_file], "{sharing:?}");
            drop(window);
            // SAFETY: as above.
            unsafe {
                assert_eq!(byte.read_volatile(), 0);
                byte.write_volatile(9);
            }
        }
    }

    /// Places neighbours, which the system sees as one mapping. The bytes of the file are 7.
    fn place_neighbours(memory: &Arc<GuestMemory>, count: usize) -> (Vec<GuestWindow>, File) {
        let file = file(count * PAGE);
        file.write_all_at(&vec![7; count * PAGE], 0).unwrap();
        let place = |number: usize| {
            let range = number * PAGE..(number + 1) * PAGE;
            let pages = FilePages { file: &file, offset: range.start as u64, length: PAGE };
            GuestWindow::place(memory, range, &pages, Sharing::Shared).unwrap()
        };
        ((0..count).map(place).collect(), file)
    }

    #[test]
    fn every_other_window_is_dropped_although_no_further_mapping_is_possible() {
        let test = "every_other_window_is_dropped_although_no_further_mapping_is_possible";
        let status = in_child(module_path!(), test, || {
            const COUNT: usize = 64;
            let memory = Arc::new(GuestMemory::with_size(COUNT * PAGE));
            let (windows, _file) = place_neighbours(&memory, COUNT);
            use_up_mappings();
            // More than the mappings in reserve suffice for.
            let (dropped, kept): (Vec<_>, Vec<_>) =
                (0..).zip(windows).partition(|(number, _)| number % 2 == 0);
            drop(dropped);
            drop(memory);
            drop(kept);
            std::process::exit(50);
        });
        assert!(status.is_none_or(|status| status.code() == Some(50)), "{status:?}");
    }

    #[test]
    fn a_window_is_removed_although_no_further_mapping_is_possible() {
        let test = "a_window_is_removed_although_no_further_mapping_is_possible";
        let status = in_child(module_path!(), test, || {
            let memory = Arc::new(GuestMemory::with_size(16 * PAGE));
            let (windows, _file) = place_neighbours(&memory, 4);
            use_up_mappings();
            for (number, window) in windows.into_iter().enumerate() {
                // SAFETY: the byte is in the memory, which this test owns.
                let first = || unsafe { first_byte(&memory, number).read_volatile() };
                assert_eq!(first(), 7);
                drop(window);
                assert_eq!(first(), 0);
            }
            std::process::exit(48);
        });
        assert!(status.is_none_or(|status| status.code() == Some(48)), "{status:?}");
    }

    #[test]
    fn a_window_leaves_the_table_when_its_memory_is_dropped() {
        let memory = Arc::new(GuestMemory::with_size(1 << 20));
        let window = place(&memory, &file(PAGE), Sharing::ReadOnly).unwrap();
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
