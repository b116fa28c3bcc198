//! Linear memories of plugins: of large pages, and that files can be mapped into.
//!
//! If [`large_pages`] or [`map_into_guest`] has configured an engine, Wasmtime asks this file for
//! the memories of its plugins. For the latter, the file records their addresses, so that `place`
//! can find the memory of a byte, and which parts of a memory are windows. It does not place any;
//! `window` does.

#![expect(unsafe_code, reason = "memory is reserved and protected by system calls")]

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use wasmtime::{Config, LinearMemory, MemoryCreator, MemoryType};

use super::{sigsegv, window_table};

/// The size of a huge page of the system, in bytes. Memories begin at a multiple of it, so that
/// windows can, and the system may map their files with huge pages.
const HUGE_PAGE: usize = 2 << 20;

/// The address space of a memory, in bytes: the maximum of a 32-bit plugin, so that a memory never
/// moves.
const RESERVATION: u64 = 4 << 30;

/// The memories of this process, by their first addresses.
static MEMORIES: Mutex<BTreeMap<usize, Weak<GuestMemory>>> = Mutex::new(BTreeMap::new());

/// Configures an engine so that the system may use large pages (2 MiB) for the memories of its
/// plugins. The first access to a page of the system's default size (4 KiB) takes a microsecond,
/// so a plugin that fills 1 GiB of new memory takes half as long with large pages.
///
/// A memory of less than 2 MiB stays the same. A larger one may take up to 2 MiB more of the host
/// at each of its ends, but never more than its size, which a `ResourceLimiter` limits. A plugin's
/// initial data is copied into its memory, whereas Wasmtime maps it from the compiled code.
///
/// Do not change `memory_init_cow` and `with_host_memory` afterwards, which this function sets.
/// [`map_into_guest`] includes it. On a system that has turned off large pages
/// (`/sys/kernel/mm/transparent_hugepage/enabled`), it changes nothing.
///
/// ```no_run
/// let mut config = wasmtime::Config::new();
/// filemap_host::large_pages(&mut config);
/// let engine = wasmtime::Engine::new(&config)?;
/// # Ok::<(), wasmtime::Error>(())
/// ```
pub fn large_pages(config: &mut Config) -> &mut Config {
    config.memory_init_cow(false);
    config.with_host_memory(Arc::new(GuestMemoryCreator { for_windows: false }))
}

/// Configures an engine so that its plugins can have files in their memory, if their
/// [`Ctx`](crate::Ctx) allows it too
/// ([`CtxBuilder::map_into_guest`](crate::CtxBuilder::map_into_guest)). Other engines of the
/// process are not affected.
///
/// Call this before the first engine of the process is made, even if that one is for other plugins:
/// it installs a `SIGSEGV` handler, which must be there before Wasmtime's. Otherwise `place` is
/// `unsupported`. Do not change the following settings afterwards, which this function makes:
/// `signals_based_traps`, `memory_reservation`, `memory_init_cow` and `with_host_memory`.
///
/// Each memory reserves 4 GiB of address space at its start, as Wasmtime's own memories do. A
/// plugin's initial data is copied into its memory, whereas Wasmtime maps it from the compiled
/// code.
///
/// ```no_run
/// let mut config = wasmtime::Config::new();
/// filemap_host::map_into_guest(&mut config);
/// let engine = wasmtime::Engine::new(&config)?;
/// let ctx = filemap_host::CtxBuilder::new().map_into_guest(true).build();
/// # Ok::<(), wasmtime::Error>(())
/// ```
pub fn map_into_guest(config: &mut Config) -> &mut Config {
    // If this fails, `is_called_after_wasmtime` is false, and `place` is `unsupported`.
    _ = sigsegv::install();
    config.signals_based_traps(true).memory_reservation(RESERVATION).memory_init_cow(false);
    config.with_host_memory(Arc::new(GuestMemoryCreator { for_windows: true }))
}

/// Creates memories for Wasmtime.
struct GuestMemoryCreator {
    /// Whether to record the memories in [`MEMORIES`], so that windows can be placed in them.
    for_windows: bool,
}

/// A linear memory: a range of addresses, the first `size` bytes of which the plugin can use.
#[derive(Debug)]
pub(crate) struct GuestMemory {
    /// The address of the memory's first byte.
    base: usize,
    /// The address where the reservation begins, less than [`HUGE_PAGE`] before `base`.
    start: usize,
    /// The number of bytes that the plugin can use. It only grows.
    size: AtomicUsize,
    /// The number of bytes to which the memory can grow.
    capacity: usize,
    /// The length of the reservation in bytes. The part after the capacity is never accessible.
    reserved: usize,
    /// The parts that are windows: the offset of the end of each, by the offset of its start.
    windows: Mutex<BTreeMap<usize, usize>>,
}

/// Why a range of a memory cannot become a window.
#[derive(Debug)]
pub(crate) enum RangeError {
    /// The range is not entirely in the memory.
    OutOfBounds,
    /// The range overlaps another window.
    Overlap,
}

/// Wasmtime's reference to a memory. The memory lives as long as this, or longer if a call that
/// places or removes a window is using it.
struct OwnedMemory(Arc<GuestMemory>);

// SAFETY: `new_memory` returns memory of zeroes that nobody else uses, followed by as many reserved
// and inaccessible bytes as Wasmtime asks for. Windows are placed in it later only by calls of the
// plugin that owns it, and only within its size.
unsafe impl MemoryCreator for GuestMemoryCreator {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        let page = rustix::param::page_size();
        let round_up = |bytes: usize| bytes.checked_next_multiple_of(page);
        let capacity = round_up(reserved.or(maximum).unwrap_or(minimum).max(minimum));
        let (Some(capacity), Some(guard)) = (capacity, round_up(guard)) else {
            return Err("a memory of this size does not fit in the address space".into());
        };
        let memory = GuestMemory::reserve(capacity, guard).map_err(|error| error.to_string())?;
        memory.grow_to(minimum).map_err(|error| error.to_string())?;
        let memory = Arc::new(memory);
        if self.for_windows {
            memories().insert(memory.base, Arc::downgrade(&memory));
        }
        Ok(Box::new(OwnedMemory(memory)))
    }
}

// SAFETY: the memory does not move before `OwnedMemory` is dropped, has the size that `byte_size`
// returns, and never shrinks.
unsafe impl LinearMemory for OwnedMemory {
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

impl GuestMemory {
    /// Finds the memory that contains the byte at an address of the host.
    pub(crate) fn containing(byte: *const u8) -> Option<Arc<Self>> {
        // This statement releases the lock before the memory can be dropped: the drop of the last
        // reference takes the lock too.
        let memory =
            memories().range(..=byte.addr()).next_back().and_then(|(_, memory)| memory.upgrade());
        memory.filter(|memory| memory.offset_of(byte).is_some())
    }

    /// The offset in the memory of the byte at an address of the host.
    pub(crate) fn offset_of(&self, byte: *const u8) -> Option<usize> {
        byte.addr().checked_sub(self.base).filter(|&offset| offset < self.size())
    }

    /// The number of bytes that the plugin can use.
    pub(crate) fn size(&self) -> usize {
        self.size.load(Ordering::Acquire)
    }

    /// The address in the host of the byte at an offset.
    pub(super) const fn address(&self, offset: usize) -> usize {
        self.base + offset
    }

    /// Claims a range of offsets for a window.
    pub(super) fn claim(&self, range: &Range<usize>) -> Result<(), RangeError> {
        let mut windows = self.windows();
        let before = windows.range(..range.end).next_back();
        if range.end > self.size() {
            return Err(RangeError::OutOfBounds);
        }
        if before.is_some_and(|(_, &end)| end > range.start) {
            return Err(RangeError::Overlap);
        }
        windows.insert(range.start, range.end);
        Ok(())
    }

    /// Releases the claimed range that begins at `start`.
    pub(super) fn release(&self, start: usize) {
        self.windows().remove(&start);
    }

    fn windows(&self) -> MutexGuard<'_, BTreeMap<usize, usize>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A memory of this size that is not in [`MEMORIES`].
    #[cfg(test)]
    pub(super) fn with_size(size: usize) -> Self {
        let memory = Self::reserve(size, 0).unwrap();
        memory.grow_to(size).unwrap();
        memory
    }

    /// Reserves addresses, none of which is accessible yet.
    fn reserve(capacity: usize, guard: usize) -> io::Result<Self> {
        let reserved = capacity
            .checked_add(guard)
            .and_then(|reserved| reserved.checked_add(HUGE_PAGE))
            .ok_or(io::ErrorKind::OutOfMemory)?;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: the system chooses addresses that are not in use, and no other mapping changes.
        let start = unsafe { libc::mmap(ptr::null_mut(), reserved, libc::PROT_NONE, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = start.expose_provenance();
        let base = start.next_multiple_of(HUGE_PAGE);
        // A system without large pages refuses, and small pages do too.
        //
        // SAFETY: the addresses are within those that were just reserved, and the advice changes
        // nothing but the size of their pages.
        unsafe {
            libc::madvise(ptr::with_exposed_provenance_mut(base), capacity, libc::MADV_HUGEPAGE)
        };
        Ok(Self {
            base,
            start,
            size: AtomicUsize::new(0),
            capacity,
            reserved,
            windows: Mutex::default(),
        })
    }

    /// Makes the bytes up to `size` accessible to the plugin.
    fn grow_to(&self, size: usize) -> io::Result<()> {
        let old = self.size();
        if size > self.capacity {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        if size > old {
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            // The size is a multiple of the memory's own pages, which can be smaller than the
            // system's.
            let page = rustix::param::page_size();
            let (old, new) = (old.next_multiple_of(page), size.next_multiple_of(page));
            // SAFETY: the pages from the old size to the new one are within the capacity that
            // `reserve` has reserved, and nobody uses them yet.
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

impl Drop for GuestMemory {
    fn drop(&mut self) {
        memories().remove(&self.base);
        // The handlers must not know windows here any more when the addresses become free. Windows
        // can outlive their memory (`Store::into_data`).
        window_table::forget(self.base, self.base + self.capacity);
        // SAFETY: `reserve` has reserved the addresses, and nobody uses them any more: Wasmtime has
        // dropped its `OwnedMemory`, and windows have weak references only.
        unsafe { libc::munmap(ptr::with_exposed_provenance_mut(self.start), self.reserved) };
    }
}

fn memories() -> MutexGuard<'static, BTreeMap<usize, Weak<GuestMemory>>> {
    MEMORIES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_that_no_address_space_has_is_an_error() {
        let creator = GuestMemoryCreator { for_windows: true };
        for (minimum, maximum, guard) in [
            (usize::MAX, None, 0),
            (0, Some(usize::MAX), 0),
            (0, None, usize::MAX),
            (1 << 62, None, 0),
        ] {
            let memory =
                creator.new_memory(MemoryType::new(0, None), minimum, maximum, None, guard);
            assert!(memory.is_err(), "{minimum}, {maximum:?}, {guard}");
        }
    }
}
