//! Memory that bytes are read into, without a copy in between.
//!
//! A function of the interface returns bytes as a list. The host asks the plugin for the memory of
//! the list by the function `cabi_import_realloc`, and writes the bytes there. This file exports
//! that function, and answers the one request for a list that is being read with the memory where
//! the caller wants the bytes. All other requests get new memory.

#![allow(unsafe_code, reason = "the host writes into memory that is not initialized")]

use std::mem::MaybeUninit;
use std::ptr::NonNull;

use bytemuck::Pod;

use crate::bindings::wasi::io::streams::{InputStream, StreamError};
use crate::error::{Error, Result, to_error};
use crate::memory::{reserve, to_usize};

/// The rest of a buffer that is being filled from its start.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    buffer: &'a mut [MaybeUninit<u8>],
    /// The number of bytes at the start of the buffer that are initialized.
    filled: usize,
}

impl<'a> Target<'a> {
    /// The target of memory that need not be initialized.
    pub(crate) const fn new(buffer: &'a mut [MaybeUninit<u8>]) -> Self {
        Self { buffer, filled: 0 }
    }

    /// The target of bytes, which keep their values until they are overwritten.
    pub(crate) const fn over(bytes: &'a mut [u8]) -> Self {
        let (start, length) = (bytes.as_mut_ptr().cast(), bytes.len());
        // SAFETY: the pointer and the length are those of an exclusive slice. This file writes only
        // initialized bytes to the buffer, so that the slice is initialized when it is used again.
        Self::new(unsafe { std::slice::from_raw_parts_mut(start, length) })
    }

    /// Returns the number of bytes that were filled.
    pub(crate) const fn filled(&self) -> usize {
        self.filled
    }

    /// Returns the number of bytes that are left to fill.
    pub(crate) const fn left(&self) -> usize {
        self.buffer.len() - self.filled
    }

    /// Whether the target fills the memory that begins at `start`: nobody has put another target in
    /// its place.
    pub(crate) fn is_of<T>(&self, start: NonNull<T>) -> bool {
        self.buffer.as_ptr().cast() == start.as_ptr()
    }

    /// Copies bytes to the next place.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<()> {
        let end = self.filled + bytes.len();
        let Some(place) = self.buffer.get_mut(self.filled..end) else {
            let (length, left) = (bytes.len(), self.left());
            return Err(Error::Other(format!(
                "the provider returned {length} bytes for a read of at most {left}"
            )));
        };
        place.write_copy_of_slice(bytes);
        self.filled = end;
        Ok(())
    }

    /// Reads the next bytes of a stream, at most `max`. Reads none at the end of the stream.
    pub(crate) fn read_stream(&mut self, stream: &InputStream, max: u64) -> Result<()> {
        let rest = &mut self.buffer[self.filled..];
        let max = usize::try_from(max).unwrap_or(usize::MAX).min(rest.len());
        match list::blocking_read(stream, &mut rest[..max]) {
            Ok(Place::Buffer { length }) => self.filled += length,
            Ok(Place::Vec(bytes)) => self.push(&bytes)?,
            Err(StreamError::Closed) => {}
            Err(error) => return Err(to_error(error)),
        }
        Ok(())
    }
}

/// Where the bytes of a list are.
enum Place {
    /// At the start of the buffer that was offered.
    #[cfg_attr(not(target_family = "wasm"), expect(dead_code, reason = "there is no host"))]
    Buffer { length: usize },
    /// In memory of their own.
    Vec(Vec<u8>),
}

/// Appends the elements that `read` fills, at most `count`, to `data`. Initializes no memory
/// before.
pub(crate) fn append<T: Pod>(
    data: &mut Vec<T>,
    count: u64,
    read: impl FnOnce(&mut Target<'_>) -> Result<()>,
) -> Result<()> {
    reserve(data, count)?;
    let spare = &mut data.spare_capacity_mut()[..to_usize(count)?];
    let (start, length) = (NonNull::from(&mut *spare).cast(), size_of_val(spare));
    // SAFETY: the memory is that of the elements, which are borrowed exclusively and need not be
    // initialized.
    let mut target = Target::new(unsafe { std::slice::from_raw_parts_mut(start.as_ptr(), length) });
    read(&mut target)?;
    assert!(target.is_of(start), "the target was replaced by another one");
    let filled = target.filled;
    assert!(filled <= length, "the target was replaced by a longer one");
    let appended = filled.checked_div(size_of::<T>()).unwrap_or(0);
    // SAFETY: the target has initialized all bytes of these elements, which are within the capacity
    // by the assertion, and any bytes are a `T`.
    unsafe { data.set_len(data.len() + appended) };
    Ok(())
}

#[cfg(target_family = "wasm")]
mod list {
    //! Lists that the host writes into memory of the caller.

    use std::cell::Cell;
    use std::mem::MaybeUninit;
    use std::ptr;

    use super::Place;
    use crate::bindings::wasi::io::error::Error;
    use crate::bindings::wasi::io::streams::{InputStream, StreamError};

    /// Memory that the host may write a list to: its address and its length.
    type Offer = (*mut u8, usize);

    const NOTHING: Offer = (ptr::null_mut(), 0);

    thread_local! {
        /// The memory for the list that the current call of the host returns.
        static OFFER: Cell<Offer> = const { Cell::new(NOTHING) };
    }

    /// What `blocking-read` writes to memory: `result<list<u8>, stream-error>`.
    #[repr(C)]
    struct Returned {
        is_error: u8,
        /// The address of the list, or the case of the error in the first byte.
        first: u32,
        /// The length of the list, or the handle of the error.
        second: u32,
    }

    #[link(wasm_import_module = "wasi:io/streams@0.2.0")]
    unsafe extern "C" {
        #[link_name = "[method]input-stream.blocking-read"]
        fn import_blocking_read(stream: u32, max: u64, returned: *mut Returned);
    }

    /// Returns memory for what a call of the host returns. The component model takes this function
    /// for imports and `cabi_realloc` for exports, if a plugin has both.
    ///
    /// # Safety
    ///
    /// Those of `cabi_realloc`: `old` is null, or memory that was returned for `old_length` bytes
    /// of this alignment.
    #[unsafe(export_name = "cabi_import_realloc")]
    unsafe extern "C" fn import_realloc(
        old: *mut u8,
        old_length: usize,
        align: usize,
        length: usize,
    ) -> *mut u8 {
        let (start, offered) = OFFER.replace(NOTHING);
        if old_length == 0 && align == 1 && (1..=offered).contains(&length) {
            return start;
        }
        // SAFETY: the caller's promise. Memory that was offered does not come back as `old`:
        // `blocking-read` returns a list, and a list is allocated by one request.
        unsafe { allocate(old, old_length, align, length) }
    }

    /// Returns memory from the C library, as its own `cabi_realloc` does. The symbol of that name
    /// is not called: in some orders of its inputs, the linker takes another library's, which lacks
    /// a part on this target. The library aligns memory for every type of the component model.
    ///
    /// # Safety
    ///
    /// `old` is null, or memory that this function has returned for more than 0 bytes.
    #[cfg(target_env = "p2")]
    unsafe fn allocate(old: *mut u8, _: usize, align: usize, length: usize) -> *mut u8 {
        unsafe extern "C" {
            fn realloc(old: *mut u8, length: usize) -> *mut u8;
        }
        if length == 0 {
            return ptr::without_provenance_mut(align);
        }
        // SAFETY: `old` is null, or memory that this function has returned.
        let start = unsafe { realloc(old, length) };
        if start.is_null() {
            std::process::abort();
        }
        start
    }

    #[cfg(not(target_env = "p2"))]
    use wit_bindgen::rt::cabi_realloc as allocate;

    /// Calls `blocking-read` for at most as many bytes as the buffer has.
    pub(super) fn blocking_read(
        stream: &InputStream,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<Place, StreamError> {
        let (start, max) = (buffer.as_mut_ptr().cast::<u8>(), buffer.len());
        let mut returned = Returned { is_error: 0, first: 0, second: 0 };
        OFFER.set((start, max));
        // SAFETY: this is the function of the interface in the form of the canonical ABI. The
        // handle is valid while `stream` is borrowed. The host writes `returned`, and at most `max`
        // bytes to the buffer, which is borrowed exclusively.
        unsafe { import_blocking_read(stream.handle(), max as u64, &raw mut returned) };
        OFFER.set(NOTHING);
        let Returned { is_error, first, second } = returned;
        if is_error == 0 {
            let (list, length) = (first as usize, second as usize);
            if list == start.addr() && length > 0 {
                assert!(length <= max, "the host returned more bytes than it had memory for");
                return Ok(Place::Buffer { length });
            }
            // An empty list has no memory, and a host may give it any address.
            if length == 0 {
                return Ok(Place::Vec(Vec::new()));
            }
            // SAFETY: the list is not in the buffer, so `allocate` has allocated it for `length`
            // bytes, and its memory belongs to the plugin's allocator.
            return Ok(Place::Vec(unsafe {
                Vec::from_raw_parts(ptr::with_exposed_provenance_mut(list), length, length)
            }));
        }
        // The first case has a handle, the second one has nothing.
        if first.to_le_bytes()[0] == 0 {
            // SAFETY: the host has just given the plugin this handle.
            return Err(StreamError::LastOperationFailed(unsafe { Error::from_handle(second) }));
        }
        Err(StreamError::Closed)
    }
}

#[cfg(not(target_family = "wasm"))]
mod list {
    //! The same function in programs without a host, where every call panics.

    use std::mem::MaybeUninit;

    use super::Place;
    use crate::bindings::wasi::io::streams::{InputStream, StreamError};

    pub(super) fn blocking_read(
        stream: &InputStream,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<Place, StreamError> {
        stream.blocking_read(buffer.len() as u64).map(Place::Vec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_filled_from_its_start() {
        let mut bytes = [9; 5];
        let mut target = Target::over(&mut bytes);
        target.push(&[1, 2]).unwrap();
        target.push(&[3]).unwrap();
        assert_eq!((target.filled(), target.left()), (3, 2));
        assert!(matches!(target.push(&[4, 5, 6]), Err(Error::Other(_))));
        assert_eq!(target.left(), 2, "nothing was copied");
        assert_eq!(bytes, [1, 2, 3, 9, 9]);
    }

    #[test]
    fn elements_are_appended_to_memory_that_is_not_initialized() {
        let mut data = vec![7_u16];
        append(&mut data, 2, |target| target.push(&[1, 0, 2, 0])).unwrap();
        append(&mut data, 0, |_| Ok(())).unwrap();
        append(&mut data, 3, |target| target.push(&[3, 0, 9])).unwrap();
        assert_eq!(data, [7, 1, 2, 3], "half an element does not count");
        assert!(append(&mut data, 1, |target| target.push(&[1, 0, 2])).is_err());
        assert!(matches!(append(&mut data, u64::MAX, |_| Ok(())), Err(Error::LimitExceeded(_))));
        assert_eq!(data.len(), 4);
    }

    #[test]
    #[should_panic(expected = "replaced by another one")]
    fn the_bytes_of_another_target_do_not_count() {
        let other = Box::leak(Box::new([MaybeUninit::new(0); 2]));
        _ = append(&mut Vec::<u16>::new(), 1, |target| {
            *target = Target::new(other);
            target.push(&[0; 2])
        });
    }
}
