//! The table of all windows of this process, which the signal handlers read.
//!
//! The plugin's own code accesses windows, and so does the host on its behalf, outside of any
//! [guard](super::guard). When such an access faults, the handler finds the window by the address:
//!
//! - `SIGBUS`: the file was truncated. The handler replaces the page and all pages after it with
//!   zeroes, and marks the window as faulted.
//! - `SIGSEGV` in a read-only window, if Wasmtime does not make it a trap: the handler makes the
//!   window a private copy, which can be written.
//!
//! Handlers must not lock or allocate, so the table consists of blocks of atomics that stay where
//! they are, and each slot is a seqlock. Only threads that change slots take a lock. The table
//! grows by a block when its slots are used up, so that the windows of one plugin take no slots
//! from another.

#![expect(unsafe_code, reason = "the handlers' repairs replace and protect pages")]

use std::sync::OnceLock;

use super::remap::{
    allow_writes, replace_with_inaccessible, replace_with_zeroes, split_off_zeroes,
};
use crate::sync::{AtomicBool, AtomicUsize, Mutex, Ordering, PoisonError, fence};

/// The number of slots of a block.
const BLOCK: usize = 64;

/// The maximum number of blocks. Their slots are four times as many as the mappings that a process
/// can have by default.
const MAX_BLOCKS: usize = 4096;

/// The maximum number of windows of a process.
pub(super) const CAPACITY: usize = BLOCK * MAX_BLOCKS;

/// A window as the signal handlers see it. Handlers read while other threads write: if `version`
/// has changed meanwhile, the fields may be of two different windows.
#[derive(Debug)]
struct Slot {
    /// Is incremented before and after each change, so it is odd during one.
    version: AtomicUsize,
    begin: AtomicUsize,
    /// 0 in an empty slot.
    end: AtomicUsize,
    is_read_only: AtomicBool,
    has_faulted: AtomicBool,
}

/// A window's addresses, in whole pages of the system, and its protection.
#[derive(Clone, Copy)]
pub(super) struct WindowRange {
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) is_read_only: bool,
}

/// A window's slot in the table, which is emptied when this is dropped.
#[derive(Debug)]
pub(super) struct Registration {
    slot: &'static Slot,
    number: usize,
}

/// The content of an empty slot.
const EMPTY: WindowRange = WindowRange { begin: 0, end: 0, is_read_only: false };

/// The blocks, of which the first ones exist. To look at one, a handler needs an atomic load.
static BLOCKS: [OnceLock<Box<[Slot]>>; MAX_BLOCKS] = [const { OnceLock::new() }; MAX_BLOCKS];

/// The number of leading slots that have ever been used. Handlers search only these.
static USED: AtomicUsize = AtomicUsize::new(0);

/// The empty slots among the used ones. A thread changes slots only while it holds this lock.
static FREE: Mutex<Vec<usize>> = Mutex::new(Vec::new());

impl Registration {
    /// Adds a window to the table. Returns `None` if the table is full.
    pub(super) fn new(window: WindowRange) -> Option<Self> {
        let free = &mut *FREE.lock().unwrap_or_else(PoisonError::into_inner);
        let used = USED.load(Ordering::Relaxed);
        let number = free.pop().unwrap_or(used);
        let block = BLOCKS.get(number / BLOCK)?.get_or_init(Slot::block);
        let slot = &block[number % BLOCK];
        slot.has_faulted.store(false, Ordering::Relaxed);
        slot.set(window);
        USED.store(used.max(number + 1), Ordering::Release);
        Some(Self { slot, number })
    }

    /// Whether a page of the window has faulted and was replaced with zeroes.
    pub(super) fn has_faulted(&self) -> bool {
        self.slot.has_faulted.load(Ordering::Relaxed)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let free = &mut *FREE.lock().unwrap_or_else(PoisonError::into_inner);
        self.slot.set(EMPTY);
        free.push(self.number);
    }
}

impl Slot {
    /// Returns a block of empty slots.
    fn block() -> Box<[Self]> {
        let empty = || Self {
            version: AtomicUsize::new(0),
            begin: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            is_read_only: AtomicBool::new(false),
            has_faulted: AtomicBool::new(false),
        };
        (0..BLOCK).map(|_| empty()).collect()
    }

    /// Changes the slot. The caller holds the lock of [`FREE`].
    fn set(&self, window: WindowRange) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        self.begin.store(window.begin, Ordering::Relaxed);
        self.end.store(window.end, Ordering::Relaxed);
        self.is_read_only.store(window.is_read_only, Ordering::Relaxed);
        self.version.store(version.wrapping_add(2), Ordering::Release);
    }

    /// Reads the slot. Returns `None` if another thread is changing it: then it is not the slot of
    /// a window that the calling thread touches.
    fn get(&self) -> Option<WindowRange> {
        let version = self.version.load(Ordering::Acquire);
        let window = WindowRange {
            begin: self.begin.load(Ordering::Relaxed),
            end: self.end.load(Ordering::Relaxed),
            is_read_only: self.is_read_only.load(Ordering::Relaxed),
        };
        fence(Ordering::Acquire);
        let is_unchanged = self.version.load(Ordering::Relaxed) == version;
        (version.is_multiple_of(2) && is_unchanged).then_some(window)
    }
}

/// Empties the slots of all windows between two addresses. The caller is about to unmap the memory
/// there, and another part of the process may get the addresses next. The slots are not reused
/// before their [`Registration`]s are dropped.
pub(super) fn forget(begin: usize, end: usize) {
    let _lock = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    for slot in used_slots() {
        if slot.get().is_some_and(|window| begin <= window.begin && window.end <= end) {
            slot.set(EMPTY);
        }
    }
}

/// Replaces a missing page of a window, and all later pages of the window, with zeroes. Returns
/// false if the address is in no window, or if the system refuses.
///
/// Is called by a signal handler.
pub(super) fn replace_missing_pages(address: usize) -> bool {
    let Some((slot, WindowRange { begin, end, .. })) = find(address) else { return false };
    let page = rustix::param::page_size();
    slot.has_faulted.store(true, Ordering::Relaxed);
    // Replacing a part splits the mapping in two, which fails if the process has the maximum number
    // of mappings; then all of the window is replaced. If there is no memory for zeroes, the plugin
    // traps when it repeats the access.
    //
    // SAFETY: the pages are those of a window that the interrupted code accesses: code of the
    // window's plugin, or a host call for that plugin.
    unsafe {
        split_off_zeroes(address / page * page, end)
            || replace_with_zeroes(begin, end)
            || replace_with_inaccessible(begin, end)
    }
}

/// Makes a read-only window writeable, as a copy that only its plugin sees. Returns false if the
/// address is in no read-only window, or if the system refuses.
///
/// Is called by a signal handler.
pub(super) fn make_private(address: usize) -> bool {
    let Some((_, WindowRange { begin, end, is_read_only: true })) = find(address) else {
        return false;
    };
    // SAFETY: the pages are those of a window that the interrupted code accesses, and are mapped
    // privately. All of them change at once, because a process cannot have a mapping for each page.
    // If there is no memory for copies, zeroes take their place.
    unsafe { allow_writes(begin, end) || replace_with_zeroes(begin, end) }
}

/// Finds the window that contains an address.
///
/// Is called by signal handlers. A window that the interrupted thread touches stays in its slot
/// meanwhile.
fn find(address: usize) -> Option<(&'static Slot, WindowRange)> {
    used_slots().find_map(|slot| {
        let window = slot.get()?;
        (window.begin..window.end).contains(&address).then_some((slot, window))
    })
}

/// Returns the slots that have ever been used.
fn used_slots() -> impl Iterator<Item = &'static Slot> {
    let used = USED.load(Ordering::Acquire);
    BLOCKS.iter().map_while(OnceLock::get).flat_map(|block| &block[..]).take(used)
}

/// Whether a signal handler would find a window at an address.
#[cfg(test)]
pub(super) fn contains(address: usize) -> bool {
    find(address).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_grows_by_blocks() {
        // Addresses at which no test maps anything.
        let begin = |number: usize| 0x2000_0000_0000 + number * 0x2000;
        let window = |number| {
            let begin = begin(number);
            WindowRange { begin, end: begin + 0x1000, is_read_only: true }
        };
        let windows: Vec<_> =
            (0..=BLOCK).map(|number| Registration::new(window(number)).unwrap()).collect();
        for number in 0..windows.len() {
            assert!(contains(begin(number) + 0xfff), "{number}");
            assert!(!contains(begin(number) + 0x1000), "{number}");
        }
        drop(windows);
        assert!((0..=BLOCK).all(|number| !contains(begin(number))));
    }

    #[test]
    fn an_address_between_two_windows_is_in_none() {
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            // One thread registers a window far above the address, and then one far below it, in
            // the same slot.
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    for begin in [0x9000_0000_0000, 0x1000_0000_0000] {
                        let end = begin + 0x1000;
                        let window = WindowRange { begin, end, is_read_only: true };
                        drop(Registration::new(window).unwrap());
                    }
                }
            });
            let found = (0..2_000_000_u64)
                .find_map(|_| find(0x5000_0000_0000).map(|(_, window)| window.end));
            is_over.store(true, Ordering::Relaxed);
            assert_eq!(found, None, "the handler would replace the pages up to there");
        });
    }
}
