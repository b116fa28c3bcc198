//! Memory of the plugin that shows a range of an array: all `unsafe` code of this crate.
//!
//! A window gets its content in one of two ways: the provider places the pages of the file over the
//! memory, or, if it cannot, the bytes are read into the memory.

#![allow(unsafe_code, reason = "the host places pages over memory in which no Rust value lives")]

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;

use bytemuck::Pod;

use crate::error::{Error, Result};
use crate::target::Target;

/// The size of a page of WebAssembly. A window starts at a page and consists of whole pages.
const PAGE: usize = 65_536;

/// The size of a large page of the system. If a window starts at a large page, the system can map
/// the file by large pages.
const LARGE_PAGE: usize = 2 << 20;

/// The array that a window shows.
pub(crate) trait WindowSource {
    /// Places the bytes `offset` to `offset + length` over the memory that begins with `here`.
    /// Returns the address of the first byte.
    fn place(&self, offset: u64, length: u64, here: FirstByte, prefault: bool) -> Result<u64>;
    /// Removes the pages that were placed with this address and length.
    fn remove(&self, address: u64, length: u64) -> Result<()>;
    /// Fills the target with the bytes from `offset` on.
    fn read(&mut self, offset: u64, target: &mut Target<'_>) -> Result<()>;
}

/// The first byte of a window's memory, which is initialized. The host finds the memory by it, and
/// replaces it: so it is a pointer, and becomes a slice only where the host is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FirstByte(NonNull<u8>);

impl FirstByte {
    /// Returns the address, exposed because the host writes there.
    pub(crate) fn address(self) -> u64 {
        self.0.as_ptr().expose_provenance() as u64
    }

    /// Passes the byte to a call of the host, which takes it as a list.
    pub(crate) fn pass<R>(self, call: impl FnOnce(&[u8]) -> R) -> R {
        // SAFETY: the byte is initialized, and the memory lives as long as its window, which waits
        // for this call. The generated function gives the host the address, and reads nothing after
        // the host has replaced the byte.
        call(unsafe { std::slice::from_raw_parts(self.0.as_ptr(), 1) })
    }
}

/// The content of a window's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// Undefined bytes.
    Nothing,
    /// Pages of the file, which were placed with this length.
    Placed { length: usize },
    /// A copy of the bytes of the file.
    Copied,
}

/// Memory that shows ranges of one array, one after the other, as elements of type `T`.
#[derive(Debug)]
pub(crate) struct Window<S: WindowSource, T: Pod> {
    start: NonNull<u8>,
    layout: Layout,
    content: Content,
    /// The first element and the number of elements. They are stored, so that an access to an
    /// element costs no more than in any other slice.
    first: NonNull<T>,
    count: usize,
    /// Whether to ask the provider for pages.
    tries_to_place: bool,
    pub(crate) source: S,
}

impl<S: WindowSource, T: Pod> Window<S, T> {
    /// Allocates memory for ranges of up to `length` bytes.
    pub(crate) fn new(source: S, length: u64) -> Result<Self> {
        let too_large = || {
            Error::LimitExceeded(format!(
                "there is no memory for a window of {length} bytes; map a smaller range"
            ))
        };
        let layout = layout::<T>(length).ok_or_else(too_large)?;
        // SAFETY: the layout has at least one page.
        let start = NonNull::new(unsafe { alloc(layout) }).ok_or_else(too_large)?;
        let (content, first, count) = (Content::Nothing, NonNull::dangling(), 0);
        Ok(Self { start, layout, content, first, count, tries_to_place: true, source })
    }

    /// Replaces the content by `count` elements of the array, starting at byte `offset` of the
    /// array.
    pub(crate) fn show(&mut self, offset: u64, count: usize, prefault: bool) -> Result<()> {
        self.clear()?;
        let length = count.checked_mul(size_of::<T>()).filter(|&length| length > 0);
        let length = length.filter(|&length| {
            layout::<T>(length as u64).is_some_and(|needed| needed.size() <= self.layout.size())
        });
        let length = length.unwrap_or_else(|| panic!("{count} elements do not fit in the window"));
        if self.tries_to_place {
            match self.place(offset, length, prefault) {
                Ok(skipped) if skipped % align_of::<T>() == 0 => {
                    self.set_elements(skipped, count);
                    return Ok(());
                }
                // A reference to an unaligned element is undefined behaviour. Offsets are multiples
                // of the item size, so that the next range of the array would not be aligned
                // either.
                Ok(_) => {
                    self.clear()?;
                    self.tries_to_place = false;
                }
                Err(Error::Unsupported(_)) => self.tries_to_place = false,
                Err(error) => return Err(error),
            }
        }
        self.copy(offset, length)?;
        self.set_elements(0, count);
        Ok(())
    }

    /// Lets the provider place pages. Returns the distance of the first byte from the start of the
    /// memory.
    fn place(&mut self, offset: u64, length: usize, prefault: bool) -> Result<usize> {
        // SAFETY: the memory is ours and has at least one page. The host reads its first byte,
        // which must be initialised for that.
        unsafe { self.start.write(0) };
        let (here, address) = (FirstByte(self.start), self.address());
        let first = self.source.place(offset, length as u64, here, prefault)?;
        self.content = Content::Placed { length };
        let skipped = usize::try_from(first.wrapping_sub(address)).unwrap_or(usize::MAX);
        if skipped >= PAGE {
            self.clear()?;
            return Err(Error::Other(format!(
                "the provider placed pages at {first}, which is not in the page at {address}"
            )));
        }
        Ok(skipped)
    }

    /// Reads bytes of the array into the memory.
    fn copy(&mut self, offset: u64, length: usize) -> Result<()> {
        // SAFETY: `show` has checked that `length` bytes fit in the memory, which need not be
        // initialized here. No slice of the memory exists while `self` is borrowed mutably.
        let memory = unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr().cast(), length) };
        let mut target = Target::new(memory);
        self.source.read(offset, &mut target)?;
        let filled = target.filled();
        assert!(
            target.is_of(self.start) && filled == length,
            "the provider returned {filled} bytes of {length}"
        );
        self.content = Content::Copied;
        Ok(())
    }

    /// Sets the elements: `count` of them, starting `skipped` bytes after the start of the memory.
    fn set_elements(&mut self, skipped: usize, count: usize) {
        // SAFETY: `place` has checked that less than a page is skipped, and the memory has two.
        self.first = unsafe { self.start.add(skipped) }.cast();
        self.count = count;
    }

    /// Removes the content. [`Error::Truncated`] reports that pages were lost since they were
    /// placed; they are removed nevertheless.
    pub(crate) fn clear(&mut self) -> Result<()> {
        let removed = match self.content {
            Content::Placed { length } => self.source.remove(self.address(), length as u64),
            Content::Nothing | Content::Copied => Ok(()),
        };
        if matches!(removed, Ok(()) | Err(Error::Truncated(_))) {
            (self.content, self.first, self.count) = (Content::Nothing, NonNull::dangling(), 0);
        }
        removed
    }

    /// Whether the content is a copy, whose changes do not go to the file.
    pub(crate) fn is_copy(&self) -> bool {
        self.content == Content::Copied
    }

    /// Returns the elements.
    pub(crate) fn elements(&self) -> &[T] {
        // SAFETY: if `count` is not 0, `set_elements` has set `first` and `count`. The elements lie
        // within the memory, because `show` has checked that it has room for them and one page
        // more, and less than a page is skipped. They are aligned, because `show` has checked it or
        // they start at a page. They are initialised, because `copy` has filled them or the
        // provider has placed pages over them, and any bytes are a `T`. The slice borrows `self`;
        // `clear`, `show` and `drop`, which end the elements, borrow `self` mutably.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.count) }
    }

    /// Returns the elements as a mutable slice. A change of a page of an array that is not
    /// writeable traps.
    pub(crate) fn elements_mut(&mut self) -> &mut [T] {
        // SAFETY: as for `elements`, and `self` is borrowed mutably: no other slice of them exists.
        unsafe { std::slice::from_raw_parts_mut(self.first.as_ptr(), self.count) }
    }

    /// Returns the address of the memory.
    fn address(&self) -> u64 {
        FirstByte(self.start).address()
    }
}

impl<S: WindowSource, T: Pod> Drop for Window<S, T> {
    /// Removes the content and frees the memory. If the pages cannot be removed, the memory is
    /// leaked, so that no other allocation gets pages of a file.
    fn drop(&mut self) {
        // A drop cannot report lost pages. `clear` reports them.
        let _ = self.clear();
        if self.content == Content::Nothing {
            // SAFETY: the memory was allocated with this layout, is freed once, and no slice of it
            // exists any more. The pages that were placed over it were removed, so that it belongs
            // to the plugin again.
            unsafe { dealloc(self.start.as_ptr(), self.layout) };
        }
    }
}

/// Returns the memory for a window of `length` bytes: whole pages, and one more, because the first
/// byte may lie anywhere in the first page. `None` if it is too large for any memory.
fn layout<T>(length: u64) -> Option<Layout> {
    let pages = usize::try_from(length).ok()?.div_ceil(PAGE).checked_add(1)?;
    let align = if pages.checked_mul(PAGE)? >= LARGE_PAGE { LARGE_PAGE } else { PAGE };
    Layout::from_size_align(pages.checked_mul(PAGE)?, align.max(align_of::<T>())).ok()
}

#[cfg(test)]
mod tests;
