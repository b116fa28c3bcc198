//! Reading a long run of bytes: from the file, not through the mapped pages.
//!
//! The first access to mapped pages enters each of them into the page tables, which takes longer
//! than the copy of a page. A read of the file needs no page tables, and cannot fault.

use filemap::fs::{File as _, IoResult, zeroed};
use filemap::layout::Transfer;

use super::mapping::Mapping;

/// The minimum length of a read of the file, in bytes. A shorter copy from pages costs less than
/// the system call.
const MIN_LENGTH: u64 = 64 << 10;

impl Mapping {
    /// The engine's `Region::read_vec`.
    pub(super) fn read_vec(&mut self, transfer: Transfer, length: u64) -> IoResult<Vec<u8>> {
        let run = transfer.as_run().filter(|&(_, run)| run as u64 == length);
        if let Some((start, _)) = run
            && length >= MIN_LENGTH
            && !self.has_changes()
        {
            self.check_size()?;
            self.check_pages(|| transfer.clone())?;
            return self.file.read_vec(length, self.window.offset + start);
        }
        let mut bytes = zeroed(length, &|| self.file.checkpoint())?;
        self.read(transfer, &mut bytes)?;
        Ok(bytes)
    }
}
