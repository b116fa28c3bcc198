//! Another length for a mapped part of a file.

use alloc::vec::Vec;

use super::Window;
use crate::fs::{File, IoErrorKind, IoResult};

/// Another length for a region, and for the part of the file that it maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resize {
    /// The new length of the region in bytes.
    pub length: u64,
    /// What the file begins with then; empty where that stays as it is.
    pub header: Vec<u8>,
}

impl Resize {
    /// Gives the file its new length, with the region as `map` makes it, and returns the new window
    /// and what `map` did.
    ///
    /// The file is cut off only where the region ended at its end. Wherever this stops, the file
    /// holds what its header promises, and after an error it has its old length.
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
                file.reserve(size..new_end)?;
            }
            let mapped = map(new)?;
            file.write_all(&self.header, 0)?;
            Ok(mapped)
        };
        let mapped = grow().inspect_err(|_| {
            if new_end > size {
                _ = file.set_size(size);
            }
        })?;
        if new_end < old_end && old_end == size {
            file.set_size(new_end)?;
        }
        Ok((new, mapped))
    }
}
