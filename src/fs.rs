//! What a provider supplies: files and directories.
//!
//! The engine does no input or output of its own. It talks to these traits, which the portable
//! provider implements over WASI descriptors and the native one over the host's files. Every path
//! is relative to a directory that the plugin was granted, and the implementation must not let it
//! leave that directory.

#![allow(
    clippy::missing_errors_doc,
    reason = "every function here fails as the file system says, with an `IoError`"
)]

mod error;
mod lock;
mod preopens;

use core::ops::Range;

pub use error::{IoError, IoErrorKind, IoResult};
pub use lock::Lock;
pub use preopens::{Preopens, absolute};

/// How many zeroes are written at a time.
const ZEROES: usize = 64 << 10;

/// How a file is opened. In every case what is opened is a regular file, or the call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// An existing file, for reading.
    Read,
    /// An existing file, for reading and writing.
    ReadWrite,
    /// A file that must not exist yet, for reading and writing.
    CreateNew,
}

/// What a handle to a file allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whether it may be read.
    pub read: bool,
    /// Whether it may be written.
    pub write: bool,
}

/// An open regular file. Reads and writes say where; there is no position.
pub trait File {
    /// What this handle allows.
    fn access(&self) -> IoResult<Access>;

    /// The length of the file in bytes, now.
    fn size(&self) -> IoResult<u64>;

    /// Reads from `offset` on into the beginning of `buffer` and returns how many bytes it read, at
    /// least one unless `buffer` is empty or `offset` is at or past the end of the file.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> IoResult<usize>;

    /// Writes a beginning of `bytes` at `offset` and returns how many bytes it wrote, at least one
    /// unless `bytes` is empty. Extends the file where it ends before.
    fn write_at(&self, bytes: &[u8], offset: u64) -> IoResult<usize>;

    /// Cuts the file off at `size`, or extends it by zeroes.
    fn set_size(&self, size: u64) -> IoResult<()>;

    /// Makes the file reach to the end of `range`, and gives the range its room on the disk, so
    /// that no later write to it fails for want of it. What the file holds stays as it is, and what
    /// is new is zero. After an error the file may be longer than before.
    ///
    /// Without anything better, zeroes are written behind the present end.
    fn reserve(&self, range: Range<u64>) -> IoResult<()> {
        write_zeroes(self, range.end)
    }

    /// Waits until the bytes of the file, and its length, are on the disk.
    fn sync_data(&self) -> IoResult<()>;

    /// Reads from `offset` on until `buffer` is full or the file ends, and returns how many bytes
    /// it read.
    fn read_full(&self, buffer: &mut [u8], offset: u64) -> IoResult<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read_at(&mut buffer[filled..], offset.saturating_add(filled as u64))? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }

    /// Fills `buffer` from `offset` on, or fails with [`IoErrorKind::Truncated`].
    fn read_exact(&self, buffer: &mut [u8], offset: u64) -> IoResult<()> {
        let wanted = buffer.len();
        if self.read_full(buffer, offset)? == wanted {
            Ok(())
        } else {
            Err(IoErrorKind::Truncated.into())
        }
    }

    /// Writes all of `bytes` at `offset`.
    fn write_all(&self, bytes: &[u8], offset: u64) -> IoResult<()> {
        let mut written = 0;
        while written < bytes.len() {
            match self.write_at(&bytes[written..], offset.saturating_add(written as u64))? {
                0 => return Err(IoErrorKind::NoSpace.into()),
                count => written += count,
            }
        }
        Ok(())
    }
}

/// Makes a file reach to `end` by zeroes that are written, and so have their room on the disk.
pub fn write_zeroes<F: File + ?Sized>(file: &F, end: u64) -> IoResult<()> {
    let mut at = file.size()?;
    if at >= end {
        return Ok(());
    }
    // A size that no file has is refused before anything is written.
    file.set_size(end)?;
    let zeroes = alloc::vec![0; ZEROES];
    while at < end {
        let length = usize::try_from(end - at).unwrap_or(ZEROES).min(ZEROES);
        file.write_all(&zeroes[..length], at)?;
        at += length as u64;
    }
    Ok(())
}

/// What a directory holds under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryEntry<'a> {
    /// The name; what is not UTF-8 in it is replaced by U+FFFD.
    pub name: &'a str,
    /// Whether that is the name itself.
    pub is_utf8: bool,
    /// Whether it is a regular file.
    pub is_file: bool,
}

/// An open directory.
pub trait Directory: Sized {
    /// The files that are opened in it.
    type File: File;

    /// What keeps threads apart that have a store in common; nothing does where there is one
    /// thread.
    type Lock<T>: Lock<T>;

    /// What is equal for two handles to the same directory, as long as both are open.
    type Identity: PartialEq;

    /// What keeps other processes from writing, until it is dropped.
    type DirectoryLock;

    /// Which directory it is.
    fn identity(&self) -> IoResult<Self::Identity>;

    /// Has the directory for this process is_locked, as far as all keep to the same rule; `None` where
    /// that cannot be had here. Fails with [`IoErrorKind::Locked`] where another process has it.
    fn try_lock(&self) -> IoResult<Option<Self::DirectoryLock>>;

    /// Opens a regular file.
    fn open_file(&self, path: &str, how: Open) -> IoResult<Self::File>;

    /// Whether a regular file has that name.
    fn has_file(&self, name: &str) -> IoResult<bool>;

    /// Opens a directory; `.` is this one once more.
    fn open_directory(&self, path: &str) -> IoResult<Self>;

    /// Creates a directory in an existing one.
    fn create_directory(&self, path: &str) -> IoResult<()>;

    /// Removes an empty directory.
    fn remove_directory(&self, path: &str) -> IoResult<()>;

    /// Calls `visit` for every entry but `.` and `..`, in any order. Does not ask the file system
    /// about each entry where the listing itself says what is needed.
    ///
    /// Without `is_locked`, another process may rename files meanwhile, and a listing may have neither
    /// the old name nor the new one: names that are given while it goes on are then visited too,
    /// where that can be found out.
    fn for_each_entry(
        &self,
        is_locked: bool,
        visit: &mut dyn FnMut(DirectoryEntry<'_>),
    ) -> IoResult<()>;

    /// Gives a file another name in this directory, atomically; a file that has the name already is
    /// replaced.
    fn rename(&self, from: &str, to: &str) -> IoResult<()>;

    /// Removes a file.
    fn remove_file(&self, path: &str) -> IoResult<()>;

    /// Waits until the names in this directory are on the disk.
    fn sync(&self) -> IoResult<()>;
}
