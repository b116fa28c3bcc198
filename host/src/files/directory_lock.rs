//! The lock that keeps other processes from writing to a directory.

use std::fs::File;

use cap_std::fs::Dir;
use filemap::fs::{IoErrorKind, IoResult};
use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::io_error;

/// An exclusive `flock` on a directory, which has a separate handle.
#[derive(Debug)]
pub(crate) struct DirectoryLock(File);

impl DirectoryLock {
    /// Locks a directory without waiting. Returns `None` if its file system cannot lock it, and
    /// fails with [`IoErrorKind::Locked`] if another handle has the lock.
    pub(super) fn try_lock(directory: &Dir) -> IoResult<Option<Self>> {
        let handle = directory.open(".").map_err(io_error)?.into_std();
        match rustix::fs::flock(&handle, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self(handle))),
            Err(Errno::WOULDBLOCK) => Err(IoErrorKind::Locked.into()),
            // Some network file systems cannot lock directories, or cannot lock at all.
            Err(Errno::BADF | Errno::INVAL | Errno::NOLCK | Errno::NOSYS | Errno::NOTSUP) => {
                Ok(None)
            }
            Err(error) => Err(io_error(error.into())),
        }
    }

    /// Duplicates the handle, as `fork` does for a child process.
    #[cfg(test)]
    pub(crate) fn try_clone(&self) -> std::io::Result<File> {
        self.0.try_clone()
    }
}

impl Drop for DirectoryLock {
    fn drop(&mut self) {
        // Closing the handle is not enough: a child process that is being started shares it between
        // `fork` and `exec`, and would keep the lock.
        _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}
