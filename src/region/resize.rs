//! Resizing a region together with its file.

use alloc::vec::Vec;

use super::Window;
use crate::fs::{File, IoErrorKind, IoResult, extend, undo_extension};

/// A new length of a region, and a new start of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resize {
    /// The new length of the region in bytes.
    pub length: u64,
    /// The new content of the start of the file; empty to keep the present one.
    pub header: Vec<u8>,
}

impl Resize {
    /// Changes the length of the file and calls `map` with the new window. Returns the new window
    /// and the result of `map`.
    ///
    /// Truncates the file only if the region ended at the end of the file. Keeps the header
    /// consistent with the content at every step, and restores the old length after an error.
    pub fn apply<T>(
        &self,
        file: &impl File,
        window: Window,
        map: impl FnOnce(Window) -> IoResult<T>,
    ) -> IoResult<(Window, T)> {
        let size = file.size()?;
        let old_end = window.offset + window.length;
        if size < old_end {
            return Err(IoErrorKind::Truncated.into());
        }
        let new = Window { length: self.length, ..window };
        let new_end = new.offset + new.length;
        let grow = || -> IoResult<T> {
            if new_end > size {
                extend(file, size..new_end)?;
            }
            let mapped = map(new)?;
            file.write_all(&self.header, 0)?;
            Ok(mapped)
        };
        let mapped = grow().inspect_err(|_| {
            if new_end > size {
                undo_extension(file, size, new_end);
            }
        })?;
        // Another program may have appended something meanwhile.
        if new_end < old_end && file.size()? == old_end {
            file.set_size(new_end)?;
        }
        Ok((new, mapped))
    }
}
