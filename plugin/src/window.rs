//! Memory of the plugin that shows a piece of an array: all `unsafe` code of this crate.
//!
//! A window is filled in one of two ways: the provider places the pages of the file over it, or, if
//! it cannot, the bytes are read into it.

#![allow(
    unsafe_code,
    reason = "pages are placed over memory that no Rust value lives in, and bytes are lent from it"
)]

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;

use bytemuck::Pod;

use crate::error::{Error, Result};

/// A page of WebAssembly, in bytes. A window begins at one and has whole ones.
const PAGE: usize = 65_536;

/// A large page of the system, in bytes. If a window begins at one, the system may map the file by
/// large pages.
const LARGE_PAGE: usize = 2 << 20;

/// The array whose bytes a window shows.
pub(crate) trait Source {
    /// Places `length` bytes from `offset` over the memory at `address`, whose first byte is
    /// `here`. Returns the address of the first of them.
    fn place(
        &self,
        offset: u64,
        length: u64,
        address: u64,
        here: &[u8],
        prefault: bool,
    ) -> Result<u64>;
    /// Removes what was placed with this address and length.
    fn remove(&self, address: u64, length: u64) -> Result<()>;
    /// Passes `length` bytes from `offset` to `sink`, piece by piece.
    fn read(&mut self, offset: u64, length: u64, sink: &mut dyn FnMut(&[u8])) -> Result<()>;
}

/// The content of a window's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// Nothing that may be shown.
    Nothing,
    /// Pages of the file, which were placed with this length.
    Placed { length: usize },
    /// A copy.
    Copied,
}

/// Memory in which pieces of one array are shown, one after the other, as elements of type `T`.
#[derive(Debug)]
pub(crate) struct Window<S: Source, T: Pod> {
    start: NonNull<u8>,
    layout: Layout,
    content: Content,
    /// The first element that is shown, and the number of elements. They are kept, so that an
    /// access to an element costs no more than in any other slice.
    first: NonNull<T>,
    count: usize,
    /// Whether the provider is asked for pages.
    places: bool,
    pub(crate) source: S,
}

impl<S: Source, T: Pod> Window<S, T> {
    /// Allocates memory for pieces of up to `length` bytes.
    pub(crate) fn new(source: S, length: u64) -> Result<Self> {
        let too_large = || {
            Error::LimitExceeded(format!(
                "there is no memory for a window of {length} bytes; map smaller ones"
            ))
        };
        let layout = layout::<T>(length).ok_or_else(too_large)?;
        // SAFETY: the layout has at least one page.
        let start = NonNull::new(unsafe { alloc(layout) }).ok_or_else(too_large)?;
        let (content, first, count) = (Content::Nothing, NonNull::dangling(), 0);
        Ok(Self { start, layout, content, first, count, places: true, source })
    }

    /// Shows `count` elements of the array, the first of which is `offset` bytes from its start, in
    /// place of what was shown before.
    pub(crate) fn show(&mut self, offset: u64, count: usize, prefault: bool) -> Result<()> {
        self.hide()?;
        let length = count.checked_mul(size_of::<T>()).filter(|&length| length > 0);
        let length = length.filter(|&length| {
            layout::<T>(length as u64).is_some_and(|needed| needed.size() <= self.layout.size())
        });
        let length = length.unwrap_or_else(|| panic!("{count} elements do not fit in the window"));
        if self.places {
            match self.place(offset, length, prefault) {
                Ok(skipped) if skipped % align_of::<T>() == 0 => {
                    self.lend(skipped, count);
                    return Ok(());
                }
                // A reference to elements there would be undefined behaviour. All pieces of an
                // array lie alike, because offsets are multiples of the item size: the next one
                // would not be aligned either.
                Ok(_) => {
                    self.hide()?;
                    self.places = false;
                }
                Err(Error::Unsupported(_)) => self.places = false,
                Err(error) => return Err(error),
            }
        }
        self.copy(offset, length)?;
        self.lend(0, count);
        Ok(())
    }

    /// Lets the provider place pages, and returns how far behind the start of the memory the first
    /// byte lies.
    fn place(&mut self, offset: u64, length: usize, prefault: bool) -> Result<usize> {
        // SAFETY: the memory is ours and has at least one page. The host looks at its first byte,
        // which must be initialised for that.
        let here = unsafe {
            self.start.write(0);
            std::slice::from_raw_parts(self.start.as_ptr(), 1)
        };
        let address = self.address();
        let first = self.source.place(offset, length as u64, address, here, prefault)?;
        self.content = Content::Placed { length };
        let skipped = usize::try_from(first.wrapping_sub(address)).unwrap_or(usize::MAX);
        if skipped >= PAGE {
            self.hide()?;
            return Err(Error::Other(format!(
                "the provider placed pages at {first}, which is not in the page at {address}"
            )));
        }
        Ok(skipped)
    }

    /// Reads the bytes into the memory.
    fn copy(&mut self, offset: u64, length: usize) -> Result<()> {
        let start = self.start.as_ptr();
        let mut at = 0;
        self.source.read(offset, length as u64, &mut |piece| {
            assert!(piece.len() <= length - at, "the provider gave more bytes than were asked for");
            // SAFETY: `show` has checked that `length` bytes fit in the memory, and
            // `at + piece.len()` is not more. The piece does not overlap with the memory, of which
            // no slice is lent while `self` is borrowed mutably.
            unsafe { start.add(at).copy_from_nonoverlapping(piece.as_ptr(), piece.len()) };
            at += piece.len();
        })?;
        assert_eq!(at, length, "the provider gave fewer bytes than were asked for");
        self.content = Content::Copied;
        Ok(())
    }

    /// Shows the elements that begin `skipped` bytes behind the start of the memory.
    fn lend(&mut self, skipped: usize, count: usize) {
        // SAFETY: `place` has checked that less than a page is skipped, and the memory has two.
        self.first = unsafe { self.start.add(skipped) }.cast();
        self.count = count;
    }

    /// Ends what is shown. `truncated` reports that pages were lost meanwhile; they are removed all
    /// the same.
    pub(crate) fn hide(&mut self) -> Result<()> {
        let removed = match self.content {
            Content::Placed { length } => self.source.remove(self.address(), length as u64),
            Content::Nothing | Content::Copied => Ok(()),
        };
        if matches!(removed, Ok(()) | Err(Error::Truncated(_))) {
            (self.content, self.first, self.count) = (Content::Nothing, NonNull::dangling(), 0);
        }
        removed
    }

    /// Whether a copy is shown, whose changes do not go to the file.
    pub(crate) fn is_copy(&self) -> bool {
        self.content == Content::Copied
    }

    /// The elements that are shown.
    pub(crate) fn elements(&self) -> &[T] {
        // SAFETY: if `count` is not 0, `lend` has set both. The elements lie within the memory,
        // because `show` has checked that it has room for them and one page more, and less than a
        // page is skipped. They are aligned, because `show` has checked it or they begin a page.
        // They are initialised, because `copy` has written them or the provider has placed pages
        // over them, and any bytes are a `T`. They are lent no longer than `self`; `hide`, `show`
        // and `drop`, which end them, need `self` mutably.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.count) }
    }

    /// The elements that are shown, mutably. Pages of an array that is not writeable trap at the
    /// first change.
    pub(crate) fn elements_mut(&mut self) -> &mut [T] {
        // SAFETY: as for `elements`, and `self` is borrowed mutably: no other slice of them exists.
        unsafe { std::slice::from_raw_parts_mut(self.first.as_ptr(), self.count) }
    }

    /// The address of the memory, exposed to the host, which writes there.
    fn address(&self) -> u64 {
        self.start.as_ptr().expose_provenance() as u64
    }
}

impl<S: Source, T: Pod> Drop for Window<S, T> {
    /// Ends what is shown, and then frees the memory. If the pages cannot be removed, the memory is
    /// leaked, so that nothing else gets pages of a file.
    fn drop(&mut self) {
        // A drop has nobody to report lost pages to. `hide` reports them.
        let _ = self.hide();
        if self.content == Content::Nothing {
            // SAFETY: the memory was allocated with this layout, is freed once, and no slice of it
            // is lent any more. What was placed over it was removed, so that it is the plugin's
            // again.
            unsafe { dealloc(self.start.as_ptr(), self.layout) };
        }
    }
}

/// The memory for a window of `length` bytes: whole pages, and one more, because the first byte may
/// lie anywhere in the first page. None if it is too large for any memory.
fn layout<T>(length: u64) -> Option<Layout> {
    let pages = usize::try_from(length).ok()?.div_ceil(PAGE).checked_add(1)?;
    let align = if pages.checked_mul(PAGE)? >= LARGE_PAGE { LARGE_PAGE } else { PAGE };
    Layout::from_size_align(pages.checked_mul(PAGE)?, align.max(align_of::<T>())).ok()
}

#[cfg(test)]
mod tests;
