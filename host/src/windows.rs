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
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use filemap::fs::{IoError, IoErrorKind};
use filemap::region::Sharing;

use crate::files::io_error;
use crate::limits::MAX_TOUCHED;
use crate::memory::{Memory, Taken};
use crate::sigbus::place_zeroes;

/// How many windows a process has at once.
const MOST: usize = 4096;

/// A window as the signal handlers see it. Handlers read while others write, and know by `turn`
/// when what they have read is of two windows.
struct Slot {
    /// How often the slot was begun or ended to be changed: odd in between.
    turn: AtomicUsize,
    begin: AtomicUsize,
    /// 0 where there is none.
    end: AtomicUsize,
    is_read_only: AtomicBool,
    /// Whether pages of it were lost.
    is_torn: AtomicBool,
}

/// What a slot says.
#[derive(Clone, Copy)]
struct Seen {
    begin: usize,
    end: usize,
    is_read_only: bool,
}

static SLOTS: [Slot; MOST] = [const {
    Slot {
        turn: AtomicUsize::new(0),
        begin: AtomicUsize::new(0),
        end: AtomicUsize::new(0),
        is_read_only: AtomicBool::new(false),
        is_torn: AtomicBool::new(false),
    }
}; MOST];

/// How many of the slots were ever in use: handlers look no further.
static FRESH: AtomicUsize = AtomicUsize::new(0);

/// The slots that were in use, and are not. Who has the lock changes slots.
static FREE: Mutex<Vec<usize>> = Mutex::new(Vec::new());

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
    /// Puts `length` bytes of a file from `offset` on in the place of as much memory; all three are
    /// in pages of the system. Of the memory, `taken` bytes are the window's.
    pub(crate) fn place(
        memory: &Arc<Memory>,
        (at, taken): (usize, usize),
        file: &File,
        (offset, length): (u64, usize),
        sharing: Sharing,
    ) -> Result<Self, PlaceError> {
        crate::sigbus::install().map_err(io_error)?;
        let offset =
            libc::off_t::try_from(offset).map_err(|_| IoError::from(IoErrorKind::Invalid))?;
        let end = at.checked_add(taken).ok_or(Taken::Outside)?;
        memory.take(&(at..end))?;
        // From here on it is taken away by the drop.
        let begin = memory.address(at);
        let seen = Seen { begin, end: begin + length, is_read_only: sharing == Sharing::ReadOnly };
        let Some(slot) = take_slot(seen) else {
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
            let most = usize::try_from(MAX_TOUCHED)
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
    pub(crate) fn is_torn(&self) -> bool {
        SLOTS[self.slot].is_torn.load(Ordering::Relaxed)
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
            let is_zero = unsafe { place_zeroes(begin, begin + self.length) };
            if is_zero {
                memory.give_back(self.at);
            } else if !unsafe { place_nothing(begin, self.length) } {
                std::process::abort();
            }
        }
        give_slot_back(self.slot);
    }
}

impl Slot {
    /// Only one thread changes slots at a time.
    fn set(&self, seen: Seen) {
        let turn = self.turn.load(Ordering::Relaxed);
        self.turn.store(turn.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        self.begin.store(seen.begin, Ordering::Relaxed);
        self.end.store(seen.end, Ordering::Relaxed);
        self.is_read_only.store(seen.is_read_only, Ordering::Relaxed);
        self.turn.store(turn.wrapping_add(2), Ordering::Release);
    }

    /// Nothing while it is being changed. The window that a thread touches is not.
    fn seen(&self) -> Option<Seen> {
        let turn = self.turn.load(Ordering::Acquire);
        let seen = Seen {
            begin: self.begin.load(Ordering::Relaxed),
            end: self.end.load(Ordering::Relaxed),
            is_read_only: self.is_read_only.load(Ordering::Relaxed),
        };
        fence(Ordering::Acquire);
        (turn.is_multiple_of(2) && self.turn.load(Ordering::Relaxed) == turn).then_some(seen)
    }
}

/// A slot without a window.
const EMPTY: Seen = Seen { begin: 0, end: 0, is_read_only: false };

fn take_slot(seen: Seen) -> Option<usize> {
    let free = &mut *FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let fresh = FRESH.load(Ordering::Relaxed);
    let number = free.pop().or_else(|| (fresh < MOST).then_some(fresh))?;
    SLOTS[number].is_torn.store(false, Ordering::Relaxed);
    SLOTS[number].set(seen);
    FRESH.store(fresh.max(number + 1), Ordering::Release);
    Some(number)
}

fn give_slot_back(number: usize) {
    let free = &mut *FREE.lock().unwrap_or_else(PoisonError::into_inner);
    SLOTS[number].set(EMPTY);
    free.push(number);
}

/// Ends what the handlers know of the windows between two addresses, because their memory is about
/// to be unmapped: somebody else may have the addresses next. Their slots stay taken until the
/// windows are dropped.
pub(crate) fn forget(begin: usize, end: usize) {
    let _guard = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    for slot in &SLOTS[..FRESH.load(Ordering::Relaxed)] {
        if slot.seen().is_some_and(|seen| begin <= seen.begin && seen.end <= end) {
            slot.set(EMPTY);
        }
    }
}

/// The window that an address lies in.
///
/// Runs in signal handlers. A window that this thread touches stays where it is meanwhile.
fn find(address: usize) -> Option<(&'static Slot, Seen)> {
    SLOTS[..FRESH.load(Ordering::Acquire)].iter().find_map(|slot| {
        let seen = slot.seen()?;
        (seen.begin..seen.end).contains(&address).then_some((slot, seen))
    })
}

/// Puts zeroes where a page of a window was lost, and where all behind it are. False where there is
/// no window.
///
/// Runs in a signal handler.
pub(crate) fn repair(address: usize) -> bool {
    let Some((slot, Seen { begin, end, .. })) = find(address) else { return false };
    let page = rustix::param::page_size();
    slot.is_torn.store(true, Ordering::Relaxed);
    // SAFETY: the pages are those of a window that the interrupted code is in: its plugin's, or a
    // call for it. A part splits the mapping in two, for which a process with very many has no
    // room; then all of it has to go.
    unsafe { place_zeroes(address / page * page, end) || place_zeroes(begin, end) }
}

/// Lets a window that is only read be written to: as a copy, which nobody else sees. False where
/// there is no such window.
///
/// Runs in a signal handler.
pub(crate) fn make_private(address: usize) -> bool {
    let Some((_, Seen { begin, end, is_read_only: true })) = find(address) else { return false };
    // SAFETY: the pages are those of a window that the interrupted code is in, and are mapped
    // privately. All of them at once, because a process has not mappings enough for each by itself.
    // `errno` belongs to the code that was interrupted, and gets its value back. Where there is no
    // room for copies, zeroes have to do.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let changed =
            libc::mprotect(pointer(begin), end - begin, libc::PROT_READ | libc::PROT_WRITE);
        *errno = saved;
        changed == 0 || place_zeroes(begin, end)
    }
}

/// Puts pages that nobody can touch in the place of others, and says whether that worked.
///
/// # Safety
///
/// The pages are those of a window, which nobody uses any more.
unsafe fn place_nothing(begin: usize, length: usize) -> bool {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED | libc::MAP_NORESERVE;
    // SAFETY: the caller answers for the pages, and nothing else changes.
    unsafe { libc::mmap(pointer(begin), length, libc::PROT_NONE, flags, -1, 0) != libc::MAP_FAILED }
}

fn pointer(address: usize) -> *mut libc::c_void {
    ptr::with_exposed_provenance_mut(address)
}

#[cfg(test)]
mod tests;
