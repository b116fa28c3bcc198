//! Memory for a window.

#![expect(
    unsafe_code,
    reason = "other programs change the content of a window, so it is accessed by raw pointers"
)]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::mem::ManuallyDrop;

use crate::bindings::filemap::data::mapping::{place, remove};
use crate::bindings::{Error, Memmap};

/// A page of WebAssembly.
pub(crate) const PAGE: usize = 65_536;

/// Whole pages of memory.
pub(crate) struct Memory {
    pointer: *mut u8,
    layout: Layout,
}

impl Memory {
    /// Allocates memory for a window of `bytes` bytes that starts anywhere in its first page.
    pub(crate) fn for_bytes(bytes: usize) -> Self {
        Self::of_pages(bytes.div_ceil(PAGE) + 1)
    }

    pub(crate) fn of_pages(pages: usize) -> Self {
        let layout = Layout::from_size_align(pages * PAGE, PAGE).unwrap();
        // SAFETY: the layout has a size.
        let pointer = unsafe { alloc_zeroed(layout) };
        assert!(!pointer.is_null());
        Self { pointer, layout }
    }

    pub(crate) fn address(&self) -> u64 {
        self.pointer.addr() as u64
    }

    /// Reads bytes.
    pub(crate) fn bytes_at(&self, at: usize, length: usize) -> Vec<u8> {
        assert!(at + length <= self.layout.size());
        let mut bytes = vec![0; length];
        for (number, byte) in bytes.iter_mut().enumerate() {
            // SAFETY: the byte is in the memory. It may belong to a file that changes at the same
            // time.
            *byte = unsafe { self.pointer.add(at + number).read_volatile() };
        }
        bytes
    }

    /// Writes bytes, one by one.
    pub(crate) fn write_at(&self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.layout.size());
        for (number, byte) in bytes.iter().enumerate() {
            // SAFETY: as above.
            unsafe { self.pointer.add(at + number).write_volatile(*byte) };
        }
    }

    /// Writes bytes by one instruction.
    pub(crate) fn fill_at(&self, at: usize, length: usize, byte: u8) {
        assert!(at + length <= self.layout.size());
        // SAFETY: as above.
        unsafe {
            self.pointer
                .add(at)
                .write_bytes(std::hint::black_box(byte), std::hint::black_box(length));
        };
    }

    /// Writes 100 bytes to the start, by an instruction with a constant length.
    pub(crate) fn copy_100(&self, byte: u8) {
        let from = std::hint::black_box([byte; 100]);
        // SAFETY: the memory has as many bytes.
        unsafe { std::ptr::copy(from.as_ptr(), std::hint::black_box(self.pointer), 100) };
    }

    /// Whether all bytes are zero.
    pub(crate) fn is_zero(&self) -> bool {
        self.bytes_at(0, self.layout.size()).iter().all(|byte| *byte == 0)
    }

    /// Places a part of an array over the memory. Returns the offset of its first byte.
    pub(crate) fn place(&self, array: &Memmap, offset: u64, length: u64) -> Result<usize, Error> {
        place_at(array, (offset, length), self.address(), self.pointer)
            .map(|first| usize::try_from(first - self.address()).unwrap())
    }

    /// Removes the window.
    pub(crate) fn remove(&self, length: u64) -> Result<(), Error> {
        remove(self.address(), length)
    }

    /// Leaks the memory, with its window.
    pub(crate) fn leak(self) {
        _ = ManuallyDrop::new(self);
    }
}

/// Calls `place` with the byte at `here`.
pub(crate) fn place_at(
    array: &Memmap,
    (offset, length): (u64, u64),
    address: u64,
    here: *const u8,
) -> Result<u64, Error> {
    // SAFETY: the byte is in the plugin's memory, and is only passed to the host.
    let here = unsafe { std::slice::from_raw_parts(here, 1) };
    place(array, offset, length, address, here, false)
}

/// Reads a byte behind the end of the plugin's memory, which traps.
pub(crate) fn read_out_of_bounds() {
    let last = std::ptr::with_exposed_provenance::<u8>(usize::MAX - 1);
    // SAFETY: WebAssembly checks the address; the trap is what the caller wants.
    _ = unsafe { std::hint::black_box(last).read_volatile() };
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the memory was allocated with this layout. Cases remove their windows before.
        unsafe { dealloc(self.pointer, self.layout) };
    }
}
