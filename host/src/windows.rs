//! Pages of files in the memory of plugins, and what becomes of them when somebody touches what is not there.
//!
//! Who touches them is the plugin's own code, or the host on its behalf, and neither is under a guard of ours. So all windows of the process
//! stand in a table that the signal handlers read:
//!
//! - `SIGBUS`: the file was truncated. Zeroes take the place of the page and of all behind it, and the window is marked.
//! - `SIGSEGV` in a window that is only read: a store of the plugin's is a trap of Wasmtime's, which its handler sees first. What the host
//!   itself stores there, on behalf of a plugin that tells it to, goes to a private copy of the page.

#![expect(unsafe_code, reason = "pages are placed by system calls, and signal handlers are made of them")]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use filemap::fs::{IoError, IoErrorKind};
use filemap::region::Sharing;

use crate::files::io_error;
use crate::memory::{Memory, Taken};
use crate::sigbus::place_zeroes;

/// How many windows a process has at once.
const MOST: usize = 4096;

/// A window as the signal handlers see it.
struct Slot {
    begin: AtomicUsize,
    /// 0 where there is none.
    end: AtomicUsize,
    is_read_only: AtomicBool,
    /// Whether pages of it were lost.
    is_torn: AtomicBool,
}

static SLOTS: [Slot; MOST] = [const {
    Slot {
        begin: AtomicUsize::new(0),
        end: AtomicUsize::new(0),
        is_read_only: AtomicBool::new(false),
        is_torn: AtomicBool::new(false),
    }
}; MOST];

/// The slots that are not in use, but for those that never were: those come from the second number on.
static FREE: Mutex<(Vec<usize>, usize)> = Mutex::new((Vec::new(), 0));

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
    slot: usize,
}

impl Window {
    /// Puts `length` bytes of a file from `offset` on in the place of as much memory; all three are in pages of the system. Of the memory, `taken` bytes
    /// are the window's.
    pub(crate) fn place(
        memory: &Arc<Memory>,
        (at, taken): (usize, usize),
        file: &File,
        (offset, length): (u64, usize),
        sharing: Sharing,
    ) -> Result<Self, PlaceError> {
        crate::sigbus::install().and_then(|()| crate::sigsegv::install()).map_err(io_error)?;
        let offset = libc::off_t::try_from(offset).map_err(|_| IoError::from(IoErrorKind::Invalid))?;
        let end = at.checked_add(taken).ok_or(Taken::Outside)?;
        memory.take(&(at..end))?;
        // From here on it is taken away by the drop.
        let slot = take_slot(memory.address(at), memory.address(at) + length, sharing == Sharing::ReadOnly);
        let Some(slot) = slot else {
            memory.give_back(at);
            let detail = format!("this host has {MOST} windows already");
            return Err(IoError { kind: IoErrorKind::OverLimit, detail }.into());
        };
        let window = Self { memory: Arc::downgrade(memory), at, length, slot };
        let (protection, sharing) = match sharing {
            // Private, so that a page can be copied when the host writes to it.
            Sharing::ReadOnly => (libc::PROT_READ, libc::MAP_PRIVATE),
            Sharing::Private => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE),
            Sharing::Shared => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED),
        };
        let flags = sharing | libc::MAP_FIXED | libc::MAP_NORESERVE;
        // SAFETY: the pages are those of a plugin's memory that `take` has found to be all there and in no other window. The plugin has asked for
        // it and waits, so that nobody else reads or writes them, and `memory` keeps them until the call returns.
        let placed =
            unsafe { libc::mmap(pointer(memory.address(at)), length, protection, flags, file.as_raw_fd(), offset) };
        if placed == libc::MAP_FAILED {
            return Err(io_error(io::Error::last_os_error()).into());
        }
        Ok(window)
    }

    /// Fetches all pages, as far as that can be done.
    pub(crate) fn prefault(&self) {
        if let Some(memory) = self.memory.upgrade() {
            // SAFETY: to make pages of a mapping present changes nothing that can be seen, and where it fails, nothing.
            unsafe { libc::madvise(pointer(memory.address(self.at)), self.length, libc::MADV_POPULATE_READ) };
        }
    }

    /// Writes to a private window, which the file does not see.
    pub(crate) fn fill(&self, position: usize, bytes: &[u8]) {
        let end = position.checked_add(bytes.len());
        assert!(end.is_some_and(|end| end <= self.length), "more bytes than the window has");
        if let Some(memory) = self.memory.upgrade() {
            // SAFETY: the bytes lie within the window, which is mapped for writing, and whose plugin waits. A page that is lost meanwhile is
            // replaced by the handler.
            unsafe {
                let target = pointer(memory.address(self.at) + position).cast::<u8>();
                target.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
        }
    }

    /// Whether pages of it were lost since it was placed.
    pub(crate) fn is_torn(&self) -> bool {
        SLOTS[self.slot].is_torn.load(Ordering::Relaxed)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.upgrade() {
            let begin = memory.address(self.at);
            // SAFETY: the pages are those that `place` has placed, and `memory` keeps them meanwhile. Where the system cannot make zeroes of them,
            // they stay, and stay taken: nobody may place another window there, and they end with the memory.
            if unsafe { place_zeroes(begin, begin + self.length) } {
                memory.give_back(self.at);
            } else {
                return;
            }
        }
        give_slot_back(self.slot);
    }
}

fn take_slot(begin: usize, end: usize, is_read_only: bool) -> Option<usize> {
    let (free, fresh) = &mut *FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let number = match free.pop() {
        Some(number) => number,
        None if *fresh < MOST => {
            *fresh += 1;
            *fresh - 1
        }
        None => return None,
    };
    let slot = &SLOTS[number];
    slot.begin.store(begin, Ordering::Relaxed);
    slot.is_read_only.store(is_read_only, Ordering::Relaxed);
    slot.is_torn.store(false, Ordering::Relaxed);
    // Last: a handler that sees the end sees the rest.
    slot.end.store(end, Ordering::Release);
    Some(number)
}

fn give_slot_back(number: usize) {
    SLOTS[number].end.store(0, Ordering::Release);
    let (free, _) = &mut *FREE.lock().unwrap_or_else(PoisonError::into_inner);
    free.push(number);
}

/// The window that an address lies in, and where that ends.
///
/// Runs in signal handlers. A window that this thread touches stays where it is meanwhile; others may come and go, and hold other addresses.
fn find(address: usize) -> Option<(&'static Slot, usize)> {
    SLOTS.iter().find_map(|slot| {
        let end = slot.end.load(Ordering::Acquire);
        let is_inside = address < end && slot.begin.load(Ordering::Relaxed) <= address;
        is_inside.then_some((slot, end))
    })
}

/// Puts zeroes where a page of a window was lost, and where all behind it are. False where there is no window.
///
/// Runs in a signal handler.
pub(crate) fn repair(address: usize) -> bool {
    let Some((slot, end)) = find(address) else { return false };
    let page = rustix::param::page_size();
    slot.is_torn.store(true, Ordering::Relaxed);
    // SAFETY: the pages are those of a window that the interrupted code is in: its plugin's, or a call for it.
    unsafe { place_zeroes(address / page * page, end) }
}

/// Whether a store to that address is one to a window that is only read.
///
/// Runs in a signal handler.
pub(crate) fn is_read_only(address: usize) -> bool {
    find(address).is_some_and(|(slot, _)| slot.is_read_only.load(Ordering::Relaxed))
}

/// Lets the host write to a page of a window that is only read: to a copy, which nobody else sees.
///
/// Runs in a signal handler.
pub(crate) fn make_private(address: usize) -> bool {
    let page = rustix::param::page_size();
    let begin = address / page * page;
    // SAFETY: the page is one of a window that the interrupted code is in, and is mapped privately. `errno` belongs to the code that was interrupted,
    // and gets its value back. Where there is no room for a copy, zeroes have to do.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let changed = libc::mprotect(pointer(begin), page, libc::PROT_READ | libc::PROT_WRITE);
        *errno = saved;
        changed == 0 || place_zeroes(begin, begin + page)
    }
}

fn pointer(address: usize) -> *mut libc::c_void {
    ptr::with_exposed_provenance_mut(address)
}
