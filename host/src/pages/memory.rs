//! Linear memories that files can be mapped into.
//!
//! Wasmtime asks an embedder for memories, if it is told to, and this one remembers where each of
//! them lies. That is all that it takes to put pages of a file into one: `mmap` with `MAP_FIXED`,
//! over pages that the plugin has.

#![expect(unsafe_code, reason = "memory is reserved, protected and replaced by system calls")]

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use wasmtime::{Config, LinearMemory, MemoryCreator, MemoryType};

use super::{sigsegv, window_table};

/// A large page of the system, in bytes. Memories begin at one, so that a window can, and the
/// system may map its file by such pages.
const LARGE_PAGE: usize = 2 << 20;

/// How much address space a memory has, in bytes: all that a 32-bit plugin can have, so that it
/// never moves.
const RESERVATION: u64 = 4 << 30;

/// The memories of this process, by the addresses where they begin.
static MEMORIES: Mutex<BTreeMap<usize, Weak<Memory>>> = Mutex::new(BTreeMap::new());

/// Makes the plugins of an engine ones that can have files in their memory, if their
/// [`Ctx`](crate::Ctx) allows it too
/// ([`CtxBuilder::map_into_guest`](crate::CtxBuilder::map_into_guest)). Other engines of the
/// process are as before.
///
/// This is called before the first engine of the process is made, also before one for other
/// plugins: a signal handler has to be there before Wasmtime's. Where it was not, `place` is
/// `unsupported`. What it sets in `config` is not to be set otherwise afterwards.
///
/// A memory is 4 GiB of address space from the start, as Wasmtime's own are, and is filled by
/// copying when a plugin starts, where Wasmtime would map it from the compiled code.
pub fn map_into_guest(config: &mut Config) -> &mut Config {
    // Where this fails, no window is placed.
    _ = sigsegv::install();
    config.signals_based_traps(true).memory_reservation(RESERVATION).memory_init_cow(false);
    config.with_host_memory(Arc::new(Memories))
}

/// Makes memories, and remembers them.
struct Memories;

/// A linear memory: a range of addresses, of which the first part can be used.
#[derive(Debug)]
pub(crate) struct Memory {
    base: usize,
    /// Where the reservation begins, which is a little before.
    start: usize,
    /// How many bytes can be used. They only become more.
    size: AtomicUsize,
    /// How many bytes there are for it to grow.
    capacity: usize,
    /// How many bytes are reserved in all; those behind the capacity can never be used.
    reserved: usize,
    /// What is taken by windows: where each begins, and ends.
    windows: Mutex<BTreeMap<usize, usize>>,
}

/// Why a part of a memory is not to be had.
#[derive(Debug)]
pub(crate) enum Taken {
    /// It is not all there.
    Outside,
    /// A window is there already.
    ByAnother,
}

/// What Wasmtime holds of a memory.
struct Owned(Arc<Memory>);

// SAFETY: `new_memory` returns memory of zeroes that nobody else has, with as much behind it
// reserved and inaccessible as is asked for. What is placed in it later is placed by a call of the
// plugin that owns it, within its size.
unsafe impl MemoryCreator for Memories {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        let page = rustix::param::page_size();
        let capacity = reserved.or(maximum).unwrap_or(minimum).max(minimum).next_multiple_of(page);
        let memory = Memory::reserve(capacity, guard.next_multiple_of(page))
            .map_err(|error| error.to_string())?;
        memory.grow_to(minimum).map_err(|error| error.to_string())?;
        let memory = Arc::new(memory);
        memories().insert(memory.base, Arc::downgrade(&memory));
        Ok(Box::new(Owned(memory)))
    }
}

// SAFETY: the memory stays where it is until `Owned` is dropped, as large as `byte_size` says, and
// nobody else makes it smaller.
unsafe impl LinearMemory for Owned {
    fn byte_size(&self) -> usize {
        self.0.size()
    }

    fn byte_capacity(&self) -> usize {
        self.0.capacity
    }

    fn grow_to(&mut self, new_size: usize) -> wasmtime::Result<()> {
        Ok(self.0.grow_to(new_size)?)
    }

    fn as_ptr(&self) -> *mut u8 {
        ptr::with_exposed_provenance_mut(self.0.base)
    }
}

impl Memory {
    /// The memory that has a byte at this address.
    pub(crate) fn of(byte: *const u8) -> Option<Arc<Self>> {
        // The lock is released before the memory is: to drop the last owner takes it again.
        let memory =
            memories().range(..=byte.addr()).next_back().and_then(|(_, memory)| memory.upgrade());
        memory.filter(|memory| memory.position(byte).is_some())
    }

    /// Where in the memory an address is.
    pub(crate) fn position(&self, byte: *const u8) -> Option<usize> {
        byte.addr().checked_sub(self.base).filter(|&at| at < self.size())
    }

    /// How many bytes the plugin has.
    pub(crate) fn size(&self) -> usize {
        self.size.load(Ordering::Acquire)
    }

    /// The address of a byte.
    pub(crate) const fn address(&self, at: usize) -> usize {
        self.base + at
    }

    /// Takes a part of the memory for a window.
    pub(crate) fn take(&self, part: &Range<usize>) -> Result<(), Taken> {
        let mut windows = self.windows();
        let before = windows.range(..part.end).next_back();
        if part.end > self.size() {
            return Err(Taken::Outside);
        }
        if before.is_some_and(|(_, &end)| end > part.start) {
            return Err(Taken::ByAnother);
        }
        windows.insert(part.start, part.end);
        Ok(())
    }

    /// Gives back a part that was taken.
    pub(crate) fn give_back(&self, start: usize) {
        self.windows().remove(&start);
    }

    fn windows(&self) -> MutexGuard<'_, BTreeMap<usize, usize>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A memory of that size, for tests.
    #[cfg(test)]
    pub(crate) fn with_size(size: usize) -> Self {
        let memory = Self::reserve(size, 0).unwrap();
        memory.grow_to(size).unwrap();
        memory
    }

    /// Reserves addresses that cannot be used yet.
    fn reserve(capacity: usize, guard: usize) -> io::Result<Self> {
        let reserved = capacity
            .checked_add(guard)
            .and_then(|reserved| reserved.checked_add(LARGE_PAGE))
            .ok_or(io::ErrorKind::OutOfMemory)?;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: the system chooses addresses that are not in use, and nothing else changes.
        let base = unsafe { libc::mmap(ptr::null_mut(), reserved, libc::PROT_NONE, flags, -1, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = base.expose_provenance();
        let base = start.next_multiple_of(LARGE_PAGE);
        Ok(Self {
            base,
            start,
            size: AtomicUsize::new(0),
            capacity,
            reserved,
            windows: Mutex::default(),
        })
    }

    /// Lets the plugin use more of it.
    fn grow_to(&self, size: usize) -> io::Result<()> {
        let old = self.size();
        if size > self.capacity {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        if size > old {
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            // A memory may be measured in other pages than the system's.
            let page = rustix::param::page_size();
            let (old, new) = (old.next_multiple_of(page), size.next_multiple_of(page));
            // SAFETY: the pages from the old size to the new one lie within what `reserve` has
            // reserved, and nobody uses them yet.
            let protected = unsafe {
                libc::mprotect(
                    ptr::with_exposed_provenance_mut(self.base + old),
                    new - old,
                    protection,
                )
            };
            if protected != 0 {
                return Err(io::Error::last_os_error());
            }
            self.size.store(size, Ordering::Release);
        }
        Ok(())
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        memories().remove(&self.base);
        // Before somebody else can have the addresses: windows may be known for longer
        // (`Store::into_data`).
        window_table::forget(self.base, self.base + self.capacity);
        // SAFETY: the addresses were reserved by `reserve`, and this was the last who knew them:
        // Wasmtime has dropped its `Owned`, and windows reach the memory only as long as it is
        // there.
        unsafe { libc::munmap(ptr::with_exposed_provenance_mut(self.start), self.reserved) };
    }
}

fn memories() -> MutexGuard<'static, BTreeMap<usize, Weak<Memory>>> {
    MEMORIES.lock().unwrap_or_else(PoisonError::into_inner)
}
