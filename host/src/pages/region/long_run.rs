//! Reading a long run of bytes: from the file, not through the mapped pages.
//!
//! The first access to mapped pages enters each of them into the page tables, which takes longer
//! than the copy of a page. A read of the file needs no page tables, and cannot fault.

use filemap::fs::{File as _, IoErrorKind, IoResult};
use filemap::layout::Transfer;

use super::mapping::Mapping;

/// The minimum length of a read of the file, in bytes. A shorter copy from pages costs less than
/// the system call.
const MIN_LENGTH: usize = 64 << 10;

impl Mapping {
    /// The engine's `Region::read_vec`.
    pub(super) fn read_vec(&mut self, transfer: Transfer, length: usize) -> IoResult<Vec<u8>> {
        let run = transfer.as_run().filter(|&(_, run)| run == length && run >= MIN_LENGTH);
        let Some((start, _)) = run.filter(|_| !self.has_changes()) else {
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(length).map_err(|_| IoErrorKind::NoMemory)?;
            bytes.resize(length, 0);
            self.read(transfer, &mut bytes)?;
            return Ok(bytes);
        };
        self.check_size()?;
        let bytes = self.file.read_vec(length, self.window.offset + start)?;
        if bytes.len() < length { Err(IoErrorKind::Truncated.into()) } else { Ok(bytes) }
    }
}
