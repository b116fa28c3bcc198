//! A regular file of the host, opened with the permissions of the plugin.
//!
//! The file carries the plugin's budgets, because a mapping of the file reserves a part of them.
//! The module `pages` maps files.

use std::fs::File as StdFile;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use filemap::checkpoint::PIECE;
use filemap::fs::{Access, File, IoError, IoErrorKind, IoResult, reserve_bytes, write_zeroes};
use rustix::buffer::spare_capacity;
use rustix::fs::{FallocateFlags, FileType};
use rustix::io::{pread, retry_on_intr};
use wasmtime_wasi::filesystem::{self as wasi, OpenMode};

use super::io_error::retry;
use crate::limits::Budgets;

/// The maximum number of bytes that one system call reads: some milliseconds, or tens of them on a
/// slow disk.
const READ_AT_ONCE: usize = 4 << 20;

/// The maximum number of bytes that one system call allocates: some milliseconds on a file system
/// in memory, which clears them.
const ALLOCATED_AT_ONCE: u64 = 64 << 20;

/// A regular file.
#[derive(Clone, Debug)]
pub(crate) struct NativeFile {
    pub(crate) file: Arc<StdFile>,
    /// What the descriptor allows, which can be less than what the file handle can do.
    access: Access,
    pub(crate) budgets: Budgets,
}

impl NativeFile {
    /// Wraps a file that was just opened, and returns it with its length. Fails unless it is a
    /// regular file.
    pub(super) fn from_opened(
        file: StdFile,
        access: Access,
        budgets: &Budgets,
    ) -> IoResult<(Self, u64)> {
        let size = regular_size(&file)?;
        Ok((Self::from_created(file, access, budgets), size))
    }

    /// Wraps a file that was just created, which is a regular file.
    pub(super) fn from_created(file: StdFile, access: Access, budgets: &Budgets) -> Self {
        Self { file: Arc::new(file), access, budgets: budgets.clone() }
    }

    /// Takes the file of a plugin's descriptor, with the descriptor's permissions. Fails unless it
    /// is a regular file.
    pub(crate) fn from_descriptor(descriptor: wasi::File, budgets: &Budgets) -> IoResult<Self> {
        let wasi::File { file, perms, open_mode, .. } = descriptor;
        let write = open_mode.contains(OpenMode::WRITE) && !perms.write_not_permitted();
        let access = Access { read: open_mode.contains(OpenMode::READ), write };
        regular_size(&file)?;
        Ok(Self { file, access, budgets: budgets.clone() })
    }

    /// Fails if the disk is known not to have the space for a range. `fallocate` finds that out
    /// too, but on some file systems only after it has taken all free space, and other writers fail
    /// meanwhile.
    fn check_free_space(&self, range: &Range<u64>) -> IoResult<()> {
        // A sandbox may refuse the call. A file system that cannot answer says that it has no
        // blocks at all: one in memory without a size, and some over FUSE.
        let Ok(disk) = retry_on_intr(|| rustix::fs::fstatvfs(&*self.file)) else { return Ok(()) };
        if disk.f_blocks == 0 {
            return Ok(());
        }
        let status = retry(|| Ok(rustix::fs::fstat(&*self.file)?))?;
        // The range may have some of its blocks already.
        let allocated = u64::try_from(status.st_blocks).unwrap_or(0).saturating_mul(512);
        let missing = (range.end - range.start).saturating_sub(allocated);
        if missing <= disk.f_bavail.saturating_mul(disk.f_frsize) {
            return Ok(());
        }
        if range.end > u64::try_from(status.st_size).unwrap_or(0) {
            // A size over the file system's maximum is a different error, which this call returns.
            self.set_size(range.end)?;
        }
        Err(IoErrorKind::NoSpace.into())
    }

    /// Allocates a range in parts, with a checkpoint before each.
    fn fallocate(&self, flags: FallocateFlags, range: &Range<u64>) -> IoResult<()> {
        let mut start = range.start;
        while start < range.end {
            self.checkpoint()?;
            let length = ALLOCATED_AT_ONCE.min(range.end - start);
            retry(|| Ok(rustix::fs::fallocate(&*self.file, flags, start, length)?))?;
            start += length;
        }
        Ok(())
    }

    /// Extends the file by writing zeroes, where `fallocate` is missing. One call writes a limited
    /// number of bytes.
    fn reserve_by_writing(&self, range: &Range<u64>) -> IoResult<()> {
        if range.end - range.start > self.budgets.call.scanned {
            return Err(IoErrorKind::Unsupported.into());
        }
        let size = self.size()?;
        if size >= range.end {
            return Ok(());
        }
        // An impossible size fails here, before anything is written.
        self.set_size(range.end)?;
        write_zeroes(self, size..range.end)
    }
}

impl File for NativeFile {
    fn checkpoint(&self) -> IoResult<()> {
        self.budgets.interrupter.checkpoint()
    }

    fn access(&self) -> IoResult<Access> {
        Ok(self.access)
    }

    fn size(&self) -> IoResult<u64> {
        // Every read through a mapping asks for the size twice, and `File::metadata` (`statx`)
        // takes 1.5 times as long as this call.
        let status = retry(|| Ok(rustix::fs::fstat(&*self.file)?))?;
        Ok(u64::try_from(status.st_size).unwrap_or(0))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> IoResult<usize> {
        retry(|| self.file.read_at(buffer, offset))
    }

    fn read_vec(&self, length: u64, offset: u64) -> IoResult<Vec<u8>> {
        let mut bytes = Vec::new();
        let length = reserve_bytes(&mut bytes, length)?;
        if length > READ_AT_ONCE {
            // The memory for a piece is cleared first, in the processor's cache.
            while bytes.len() < length {
                self.checkpoint()?;
                let start = bytes.len();
                bytes.resize(length.min(start + PIECE), 0);
                self.read_exact(&mut bytes[start..], offset.saturating_add(start as u64))?;
            }
            return Ok(bytes);
        }
        self.checkpoint()?;
        // The memory may have room for more bytes, and then the read may return more.
        while bytes.len() < length {
            let at = offset.saturating_add(bytes.len() as u64);
            let room = || Ok(pread(&*self.file, spare_capacity(&mut bytes), at)?);
            if retry(room)? == 0 {
                return Err(IoErrorKind::Truncated.into());
            }
        }
        bytes.truncate(length);
        Ok(bytes)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> IoResult<usize> {
        retry(|| self.file.write_at(bytes, offset))
    }

    fn set_size(&self, size: u64) -> IoResult<()> {
        retry(|| self.file.set_len(size))
    }

    fn reserve(&self, range: Range<u64>) -> IoResult<()> {
        if range.is_empty() {
            return Ok(());
        }
        self.check_free_space(&range)?;
        match self.fallocate(FallocateFlags::empty(), &range) {
            Err(error) if is_missing(&error) => self.reserve_by_writing(&range),
            result => result,
        }
    }

    fn clear(&self, end: u64) -> IoResult<()> {
        if end == 0 {
            return Ok(());
        }
        match self.fallocate(FallocateFlags::ZERO_RANGE, &(0..end)) {
            Err(error) if is_missing(&error) => {
                if end <= self.budgets.call.scanned {
                    return write_zeroes(self, 0..end);
                }
                // The file is too long to write all of it in one call.
                let size = self.size()?;
                self.set_size(0)?;
                self.reserve(0..size)
            }
            result => result,
        }
    }

    fn sync_data(&self) -> IoResult<()> {
        retry(|| self.file.sync_data())
    }
}

/// Whether an error of `fallocate` means that the file system or the kernel does not have the call,
/// or that a sandbox refuses it. If the file itself is the reason, writing to it fails too.
const fn is_missing(error: &IoError) -> bool {
    matches!(
        error.kind,
        IoErrorKind::Unsupported | IoErrorKind::NotPermitted | IoErrorKind::Invalid
    )
}

/// Returns the length of a file. Fails with the kind that says what the file is, unless it is a
/// regular file.
fn regular_size(file: &StdFile) -> IoResult<u64> {
    let status = retry(|| Ok(rustix::fs::fstat(file)?))?;
    match FileType::from_raw_mode(status.st_mode) {
        FileType::RegularFile => Ok(u64::try_from(status.st_size).unwrap_or(0)),
        FileType::Directory => Err(IoErrorKind::IsDirectory.into()),
        _ => Err(IoErrorKind::NotRegularFile.into()),
    }
}

#[cfg(test)]
mod tests;
