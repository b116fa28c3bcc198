//! Memory that a plugin has for a window.

#![expect(
    unsafe_code,
    reason = "what a window holds changes by itself, and is reached by pointers"
)]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::mem::ManuallyDrop;

use crate::bindings::filemap::data::mapping::{place, remove};
use crate::bindings::{Error, Memmap};

/// A page of WebAssembly.
pub(crate) const PAGE: usize = 65_536;

/// Memory of its own, in whole pages.
pub(crate) struct Memory {
    pointer: *mut u8,
    layout: Layout,
}

impl Memory {
    /// Room for a window of so many bytes, wherever it begins in its page.
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

    /// Copies bytes out of it.
    pub(crate) fn bytes_at(&self, at: usize, length: usize) -> Vec<u8> {
        assert!(at + length <= self.layout.size());
        let mut bytes = vec![0; length];
        for (number, byte) in bytes.iter_mut().enumerate() {
            // SAFETY: the byte lies within the memory. It may be one of a file that changes
            // meanwhile.
            *byte = unsafe { self.pointer.add(at + number).read_volatile() };
        }
        bytes
    }

    /// Writes bytes into it, one by one.
    pub(crate) fn write_at(&self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.layout.size());
        for (number, byte) in bytes.iter().enumerate() {
            // SAFETY: as above.
            unsafe { self.pointer.add(at + number).write_volatile(*byte) };
        }
    }

    /// Writes bytes into it by one instruction for all of them.
    pub(crate) fn fill_at(&self, at: usize, length: usize, byte: u8) {
        assert!(at + length <= self.layout.size());
        // SAFETY: as above.
        unsafe {
            self.pointer
                .add(at)
                .write_bytes(std::hint::black_box(byte), std::hint::black_box(length));
        };
    }

    /// Copies 100 bytes to its beginning, by an instruction with a constant length.
    pub(crate) fn copy_100(&self, byte: u8) {
        let from = std::hint::black_box([byte; 100]);
        // SAFETY: the memory has as many bytes.
        unsafe { std::ptr::copy(from.as_ptr(), std::hint::black_box(self.pointer), 100) };
    }

    /// Whether all of it is zero.
    pub(crate) fn is_zero(&self) -> bool {
        self.bytes_at(0, self.layout.size()).iter().all(|byte| *byte == 0)
    }

    /// Places a part of an array here.
    pub(crate) fn place(&self, array: &Memmap, offset: u64, length: u64) -> Result<usize, Error> {
        place_at(array, (offset, length), self.address(), self.pointer)
            .map(|first| usize::try_from(first - self.address()).unwrap())
    }

    /// Takes it away again.
    pub(crate) fn remove(&self, length: u64) -> Result<(), Error> {
        remove(self.address(), length)
    }

    /// Leaves the memory allocated for ever.
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
    // SAFETY: the byte is one of the plugin's memory, and is only handed on.
    let here = unsafe { std::slice::from_raw_parts(here, 1) };
    place(array, offset, length, address, here, false)
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout. Cases take their windows away before.
        unsafe { dealloc(self.pointer, self.layout) };
    }
}
