//! The traits that a provider implements: files and directories.
//!
//! The engine does no input or output of its own. The portable provider implements these traits
//! over WASI descriptors, the native provider over files of the host. Every path is relative to a
//! directory that was granted to the plugin, and the implementation must not let a path leave that
//! directory.

#![allow(
    clippy::missing_errors_doc,
    reason = "every function here fails as the file system says, with an `IoError`"
)]

mod error;
mod explain;
mod lock;
mod preopens;

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::checkpoint::{Checkpoint, PIECE, never, pass};
use crate::limits::{self, MAX_FILE};

pub use error::{IoError, IoErrorKind, IoResult};
pub(crate) use explain::{explain_change, explain_sync};
pub use lock::Lock;
pub use preopens::{Preopens, absolute_path};

/// The number of zero bytes that are written at a time.
const ZEROES: usize = 64 << 10;

/// The number of attempts to compare two things while nothing changes them.
const READ_TRIES: u32 = 16;

/// How to open a file. Opening anything but a regular file fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// Opens an existing file for reading.
    Read,
    /// Opens an existing file for reading and writing.
    ReadWrite,
    /// Creates a file, which must not exist yet, for reading and writing.
    CreateNew,
}

/// The permissions of an open file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whether the file may be read.
    pub read: bool,
    /// Whether the file may be written.
    pub write: bool,
}

/// An open regular file. Reads and writes take an offset; there is no file position.
pub trait File {
    /// Fails with [`IoErrorKind::Interrupted`] if the host has ended the calls of the plugin. By
    /// default, nothing ends them: the host ends the plugin itself.
    fn checkpoint(&self) -> IoResult<()> {
        Ok(())
    }

    /// Returns the permissions of this handle.
    fn access(&self) -> IoResult<Access>;

    /// Returns the current length of the file in bytes.
    fn size(&self) -> IoResult<u64>;

    /// Reads from `offset` into the start of `buffer` and returns the number of bytes read. It is
    /// at least one, unless `buffer` is empty or `offset` is at or past the end of the file.
    /// Similar to `pread` in POSIX.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> IoResult<usize>;

    /// Writes a prefix of `bytes` at `offset` and returns the number of bytes written. It is at
    /// least one, unless `bytes` is empty. Extends the file if necessary. Similar to `pwrite` in
    /// POSIX.
    fn write_at(&self, bytes: &[u8], offset: u64) -> IoResult<usize>;

    /// Truncates the file to `size`, or extends it with zeroes.
    fn set_size(&self, size: u64) -> IoResult<()>;

    /// Extends the file to the end of `range`; the new bytes are zero. Keeps existing bytes. After
    /// an error the file may be longer than before.
    ///
    /// A provider that maps pages allocates disk space for the range, because a write to a page
    /// without space raises a signal. Similar to `posix_fallocate`. If that takes long, it passes
    /// [checkpoints](Self::checkpoint). The default implementation sets the size only: if the disk
    /// is full, a later write returns the error.
    fn reserve(&self, range: Range<u64>) -> IoResult<()> {
        if self.size()? < range.end { self.set_size(range.end) } else { Ok(()) }
    }

    /// Overwrites the bytes up to `end` with zeroes. The caller sets the length afterwards.
    ///
    /// A provider that allocates space keeps it, as far as the file system can, so that no other
    /// program can take it meanwhile. If it writes zeroes, it passes
    /// [checkpoints](Self::checkpoint). After an error, the file has its length, and some bytes at
    /// its start may be zero. The default implementation truncates the file to no bytes, so that
    /// all are zero when it has its length.
    fn clear(&self, end: u64) -> IoResult<()> {
        _ = end;
        self.set_size(0)
    }

    /// Waits until the content and the length of the file are on the disk.
    fn sync_data(&self) -> IoResult<()>;

    /// Reads from `offset` until `buffer` is full or the file ends. Returns the number of bytes
    /// read.
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

    /// Fills `buffer` from `offset`. Fails with [`IoErrorKind::Truncated`] if the file ends before.
    fn read_exact(&self, buffer: &mut [u8], offset: u64) -> IoResult<()> {
        let wanted = buffer.len();
        if self.read_full(buffer, offset)? == wanted {
            Ok(())
        } else {
            Err(IoErrorKind::Truncated.into())
        }
    }

    /// Returns the `length` bytes from `offset`. Fails with [`IoErrorKind::Truncated`] if the file
    /// ends before, and with [`IoErrorKind::NoMemory`] if there is no memory for them. Passes a
    /// checkpoint before each piece of [`PIECE`] bytes.
    ///
    /// The default implementation clears the memory before it reads.
    fn read_vec(&self, length: u64, offset: u64) -> IoResult<Vec<u8>> {
        let mut bytes = zeroed(length, &never)?;
        let mut at = offset;
        for piece in bytes.chunks_mut(PIECE) {
            self.checkpoint()?;
            self.read_exact(piece, at)?;
            at = at.saturating_add(piece.len() as u64);
        }
        Ok(bytes)
    }

    /// Writes all of `bytes` at `offset`, and passes a checkpoint before each piece of [`PIECE`]
    /// bytes. After an error, a part may be written.
    fn write_in_pieces(&self, bytes: &[u8], offset: u64) -> IoResult<()> {
        let mut at = offset;
        for piece in bytes.chunks(PIECE) {
            self.checkpoint()?;
            self.write_all(piece, at)?;
            at = at.saturating_add(piece.len() as u64);
        }
        Ok(())
    }

    /// Writes all of `bytes` at `offset`. Passes no checkpoint.
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

/// Reserves memory for `length` more bytes, and returns `length` as a number of the memory.
pub fn reserve_bytes(bytes: &mut Vec<u8>, length: u64) -> IoResult<usize> {
    limits::reserve(bytes, length).ok_or(IoErrorKind::NoMemory.into())
}

/// Allocates `length` zero bytes. Passes a checkpoint before each piece of them.
pub fn zeroed(length: u64, checkpoint: Checkpoint<'_, IoError>) -> IoResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = reserve_bytes(&mut bytes, length)?;
    while bytes.len() < length {
        pass(checkpoint)?;
        bytes.resize(length.min(bytes.len() + PIECE), 0);
    }
    Ok(bytes)
}

/// Fails with [`IoErrorKind::FileTooLarge`] for a file of more than [`MAX_FILE`] bytes.
pub(crate) fn check_length(length: u64) -> IoResult<()> {
    if length > MAX_FILE { Err(IoErrorKind::FileTooLarge.into()) } else { Ok(()) }
}

/// Extends a file to the end of `range`, as [`File::reserve`] does. Fails for a length that
/// [`check_length`] refuses before the provider sees it.
pub(crate) fn extend<F: File + ?Sized>(file: &F, range: Range<u64>) -> IoResult<()> {
    check_length(range.end)?;
    file.reserve(range)
}

/// Writes zeroes over a range. Passes a checkpoint before each piece.
pub fn write_zeroes<F: File + ?Sized>(file: &F, range: Range<u64>) -> IoResult<()> {
    let Range { start: mut at, end } = range;
    let zeroes = alloc::vec![0; ZEROES];
    while at < end {
        let length = usize::try_from(end - at).unwrap_or(ZEROES).min(ZEROES);
        file.checkpoint()?;
        file.write_all(&zeroes[..length], at)?;
        at += length as u64;
    }
    Ok(())
}

/// Undoes a failed extension of a file from `size` to `end`: restores the size, unless another
/// program has appended to the file meanwhile. The bytes of an append start at the old end of the
/// file or at the new one.
///
/// If this fails, the file only keeps zeroes at its end. Passes no checkpoint: the call that failed
/// may have been interrupted.
pub(crate) fn undo_extension<F: File + ?Sized>(file: &F, size: u64, end: u64) {
    let mut appended = alloc::vec![0; ZEROES];
    let Ok(now) = file.size() else { return };
    if now <= size || now > end {
        return;
    }
    let length = usize::try_from(now - size).unwrap_or(ZEROES).min(ZEROES);
    let read = file.read_full(&mut appended[..length], size);
    if read.is_ok() && appended.iter().all(|byte| *byte == 0) {
        _ = file.set_size(size);
    }
}

/// Returns whether two things that may change at any time are equal at one moment: the first one is
/// the same before and after the second one is read. `None` is equal to nothing.
pub fn are_equal_at_one_moment<T: PartialEq>(
    first: impl Fn() -> Option<T>,
    second: impl Fn() -> Option<T>,
) -> bool {
    let mut before = first();
    for _ in 0..READ_TRIES {
        if before.is_none() || before == second() {
            return before.is_some();
        }
        let after = first();
        if after == before {
            break;
        }
        before = after;
    }
    false
}

/// An entry of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryEntry<'a> {
    /// The name, with U+FFFD in place of bytes that are not UTF-8.
    pub name: &'a str,
    /// Whether the name is UTF-8, so that `name` is the exact name.
    pub is_utf8: bool,
    /// Whether the entry is a regular file.
    pub is_file: bool,
}

/// An open directory.
pub trait Directory: Sized {
    /// The type of files opened in the directory.
    type File: File;

    /// The lock that separates threads sharing a store. A single-threaded provider uses one that
    /// does nothing.
    type Lock<T>: Lock<T>;

    /// A number or the like that is equal for two handles of the same directory while both are
    /// open. It may be equal for different directories too: a file system that shows several
    /// others, such as a bind mount through FUSE, may give directories of two of them the same
    /// numbers.
    type Identity: PartialEq + Clone;

    /// A guard that keeps other processes from writing to the directory until it is dropped.
    type DirectoryLock;

    /// Fails with [`IoErrorKind::Interrupted`] if the host has ended the calls of the plugin, like
    /// [`File::checkpoint`].
    fn checkpoint(&self) -> IoResult<()> {
        Ok(())
    }

    /// Returns the identity of the directory.
    fn identity(&self) -> IoResult<Self::Identity>;

    /// Returns whether two handles of equal identity look like the same directory, for instance
    /// because their times of change are equal. Stores use this answer only if they cannot find out
    /// by a file that is created through one handle.
    fn looks_like(&self, other: &Self) -> bool;

    /// Locks the directory for this process, against all processes that follow the same rule.
    /// Returns `None` if the file system or the provider cannot lock. Fails with
    /// [`IoErrorKind::Locked`] if another process holds the lock.
    fn try_lock(&self) -> IoResult<Option<Self::DirectoryLock>>;

    /// Opens a regular file.
    fn open_file(&self, path: &str, how: Open) -> IoResult<Self::File>;

    /// Opens a file for reading that a listing has shown to be a regular file, and returns it with
    /// its length. Needs fewer system calls than [`open_file`](Self::open_file) and
    /// [`size`](File::size).
    fn open_with_size(&self, name: &str) -> IoResult<(Self::File, u64)> {
        let file = self.open_file(name, Open::Read)?;
        let size = file.size()?;
        Ok((file, size))
    }

    /// Returns the text of a symbolic link. Fails with [`IoErrorKind::Invalid`] if the name is
    /// something else.
    fn read_link(&self, path: &str) -> IoResult<String>;

    /// Returns whether `name` is a regular file.
    fn has_file(&self, name: &str) -> IoResult<bool>;

    /// Opens a directory; `.` opens this directory again.
    fn open_directory(&self, path: &str) -> IoResult<Self>;

    /// Creates a directory, whose parent must exist.
    fn create_directory(&self, path: &str) -> IoResult<()>;

    /// Removes an empty directory.
    fn remove_directory(&self, path: &str) -> IoResult<()>;

    /// Calls `visit` for every entry except `.` and `..`, in any order. Queries the file system for
    /// single entries only if the listing lacks their type. Passes [checkpoints](Self::checkpoint).
    ///
    /// If not `is_locked`, another process may rename files during the listing, which can then miss
    /// both the old and the new name. An implementation that can detect such renames visits the new
    /// names too. Returns whether every file was visited, under its old name or its new one, as far
    /// as the implementation can tell: if not, the caller lists the directory again.
    fn for_each_entry(
        &self,
        is_locked: bool,
        visit: &mut dyn FnMut(DirectoryEntry<'_>),
    ) -> IoResult<bool>;

    /// Renames a file within this directory atomically. Replaces a file of the new name.
    fn rename(&self, from: &str, to: &str) -> IoResult<()>;

    /// Removes a file.
    fn remove_file(&self, path: &str) -> IoResult<()>;

    /// Waits until the names in this directory are on the disk.
    fn sync(&self) -> IoResult<()>;

    /// Counts keys that a store is about to add here, before their files get their names. Fails
    /// with [`IoErrorKind::OverLimit`] if the provider does not let the plugin have so many. By
    /// default, keys are not counted, and `count` is not called.
    fn add_keys(&self, count: impl FnOnce() -> u64) -> IoResult<()> {
        _ = count;
        Ok(())
    }

    /// Counts keys that a store has removed here, or has not added in the end.
    fn remove_keys(&self, count: impl FnOnce() -> u64) {
        _ = count;
    }
}
