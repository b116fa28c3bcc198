//! The space of a file on the disk: a mapping needs it before it is written, because a write to a
//! page without space raises a signal.

use std::ops::Range;

use filemap::fs::{File as _, IoError, IoErrorKind, IoResult, write_zeroes};
use rustix::fs::FallocateFlags;
use rustix::io::retry_on_intr;

use super::NativeFile;
use crate::files::io_error::retry;

/// The maximum number of bytes that one system call allocates: some milliseconds on a file system
/// in memory, which clears them.
pub(super) const ALLOCATED_AT_ONCE: u64 = 64 << 20;

impl NativeFile {
    /// The engine's `File::reserve`.
    pub(super) fn allocate(&self, range: &Range<u64>) -> IoResult<()> {
        if range.is_empty() {
            return Ok(());
        }
        self.check_extension(range.end)?;
        self.check_free_space(range)?;
        let size = self.extend_if_counted(range)?;
        match self.fallocate(&[FallocateFlags::empty()], range) {
            Err(error) if is_missing(&error) => self.reserve_by_writing(range, size),
            result => result,
        }
    }

    /// Whether the file system has no space for a page of the file, as far as it says.
    pub(crate) fn lacks_space(&self, offset: u64) -> bool {
        let file = &*self.file;
        match retry(|| Ok(rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, offset, 1)?)) {
            Ok(()) => false,
            Err(error) if error.kind == IoErrorKind::NoSpace => true,
            // The file is open for reading only, or the file system does not have the call.
            Err(_) => retry_on_intr(|| rustix::fs::fstatvfs(file))
                .is_ok_and(|disk| disk.f_blocks > 0 && disk.f_bavail == 0),
        }
    }

    /// The engine's `File::clear`.
    pub(super) fn zero(&self, end: u64) -> IoResult<()> {
        if end == 0 {
            return Ok(());
        }
        let mut zeroed = self.fallocate(&[FallocateFlags::ZERO_RANGE], &(0..end));
        if end > self.budgets.call.scanned && zeroed.as_ref().is_err_and(is_missing) {
            // Zeroes for such a file would take minutes to write. Its blocks are given up and
            // allocated again, which leaves it its length, and only one part without space at a
            // time.
            let hole = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
            zeroed = self.fallocate(&[hole, FallocateFlags::empty()], &(0..end));
        }
        match zeroed {
            Err(error) if is_missing(&error) => write_zeroes(self, 0..end),
            result => result,
        }
    }

    /// Extends the file to the end of a range, if its bytes are counted: `set_size` counts them,
    /// and `fallocate` only gives them their space. Returns the size before, if the file has grown.
    fn extend_if_counted(&self, range: &Range<u64>) -> IoResult<Option<u64>> {
        if self.stored.is_none() {
            return Ok(None);
        }
        let size = self.size()?;
        if size >= range.end {
            return Ok(None);
        }
        self.set_size(range.end)?;
        Ok(Some(size))
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

    /// Allocates or zeroes a range in parts, each by a call with each of these flags, and with a
    /// checkpoint before each.
    fn fallocate(&self, calls: &[FallocateFlags], range: &Range<u64>) -> IoResult<()> {
        let mut start = range.start;
        while start < range.end {
            self.checkpoint()?;
            let length = ALLOCATED_AT_ONCE.min(range.end - start);
            for &flags in calls {
                retry(|| Ok(rustix::fs::fallocate(&*self.file, flags, start, length)?))?;
            }
            start += length;
        }
        Ok(())
    }

    /// Extends the file by writing zeroes, where `fallocate` is missing, from its present size or
    /// from `size`. One call writes a limited number of bytes.
    pub(super) fn reserve_by_writing(&self, range: &Range<u64>, size: Option<u64>) -> IoResult<()> {
        if range.end - range.start > self.budgets.call.scanned {
            return Err(IoErrorKind::Unsupported.into());
        }
        let size = size.map_or_else(|| self.size(), Ok)?;
        if size >= range.end {
            return Ok(());
        }
        // An impossible size fails here, before anything is written.
        self.set_size(range.end)?;
        write_zeroes(self, size..range.end)
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
