//! A regular file of the host, opened with the permissions of the plugin.
//!
//! The file carries the plugin's budgets, because a mapping of the file reserves a part of them.
//! The module `pages` maps files.

use std::fs::File as StdFile;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use filemap::checkpoint::PIECE;
use filemap::fs::{Access, File, IoErrorKind, IoResult, reserve_bytes};
use rustix::buffer::spare_capacity;
use rustix::fs::FileType;
use rustix::io::pread;
use wasmtime_wasi::filesystem::{self as wasi, OpenMode};

use super::io_error::retry;
use super::stored::StoredFile;
use crate::limits::Budgets;

mod space;

/// The maximum number of bytes that one system call reads: some milliseconds, or tens of them on a
/// slow disk.
const READ_AT_ONCE: usize = 4 << 20;

/// A regular file.
#[derive(Clone, Debug)]
pub(crate) struct NativeFile {
    /// The count of the file's bytes, if the plugin has a limit of them. Dropped before the file.
    stored: Option<Arc<StoredFile>>,
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
        Ok((Self::from_created(file, access, budgets)?, size))
    }

    /// Wraps a file that was just created, which is a regular file.
    pub(super) fn from_created(file: StdFile, access: Access, budgets: &Budgets) -> IoResult<Self> {
        Self::new(Arc::new(file), access, budgets)
    }

    /// Takes the file of a plugin's descriptor, with the descriptor's permissions. Fails unless it
    /// is a regular file.
    pub(crate) fn from_descriptor(descriptor: wasi::File, budgets: &Budgets) -> IoResult<Self> {
        let wasi::File { file, perms, open_mode, .. } = descriptor;
        let write = open_mode.contains(OpenMode::WRITE) && !perms.write_not_permitted();
        let access = Access { read: open_mode.contains(OpenMode::READ), write };
        regular_size(&file)?;
        Self::new(file, access, budgets)
    }

    fn new(file: Arc<StdFile>, access: Access, budgets: &Budgets) -> IoResult<Self> {
        let is_counted = budgets.stored_bytes.is_limited();
        let stored = if is_counted { Some(StoredFile::of(&file)?) } else { None };
        Ok(Self { stored, file, access, budgets: budgets.clone() })
    }

    /// Fails if the plugin may not extend the file to `end` bytes.
    fn check_extension(&self, end: u64) -> IoResult<()> {
        if end <= self.budgets.file_size || end <= self.size()? {
            return Ok(());
        }
        self.budgets.check_file_size(end)
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
        let end = |count: usize| offset.saturating_add(count as u64);
        self.check_extension(end(bytes.len()))?;
        let write = || retry(|| self.file.write_at(bytes, offset));
        let Some(stored) = &self.stored else { return write() };
        let write = |before: u64| write().map(|count| (count, before.max(end(count))));
        stored.count(&self.file, &self.budgets.stored_bytes, |_| end(bytes.len()), write)
    }

    fn set_size(&self, size: u64) -> IoResult<()> {
        self.check_extension(size)?;
        let set = || retry(|| self.file.set_len(size));
        let Some(stored) = &self.stored else { return set() };
        let set = |_| set().map(|()| ((), size));
        stored.count(&self.file, &self.budgets.stored_bytes, |_| size, set)
    }

    fn reserve(&self, range: Range<u64>) -> IoResult<()> {
        self.allocate(&range)
    }

    fn clear(&self, end: u64) -> IoResult<()> {
        self.zero(end)
    }

    fn sync_data(&self) -> IoResult<()> {
        retry(|| self.file.sync_data())
    }
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
