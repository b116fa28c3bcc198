//! The lock that keeps other processes from writing to a directory.

use std::fs::File;

use cap_std::fs::Dir;
use filemap::fs::{IoErrorKind, IoResult};
use rustix::fs::FlockOperation;
use rustix::io::{Errno, retry_on_intr};

use super::io_error::{io_error, retry};

/// An exclusive `flock` on a directory, which has a separate handle.
#[derive(Debug)]
pub(crate) struct DirectoryLock(File);

impl DirectoryLock {
    /// Locks a directory without waiting. Returns `None` if its file system cannot lock it, and
    /// fails with [`IoErrorKind::Locked`] if another handle has the lock.
    pub(super) fn try_lock(directory: &Dir) -> IoResult<Option<Self>> {
        let handle = retry(|| directory.open("."))?.into_std();
        let locked =
            lock_with(|| rustix::fs::flock(&handle, FlockOperation::NonBlockingLockExclusive));
        Ok(locked?.then_some(Self(handle)))
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

/// Calls `flock` again as long as a signal interrupts it. Returns false if the file system cannot
/// lock.
fn lock_with(flock: impl FnMut() -> rustix::io::Result<()>) -> IoResult<bool> {
    match retry_on_intr(flock) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Err(IoErrorKind::Locked.into()),
        // Some network file systems cannot lock directories, or cannot lock at all. `flock` itself
        // asks for no permission: if one is missing, a sandbox refuses the call.
        Err(
            Errno::BADF
            | Errno::INVAL
            | Errno::NOLCK
            | Errno::NOSYS
            | Errno::NOTSUP
            | Errno::PERM
            | Errno::ACCESS,
        ) => Ok(false),
        Err(error) => Err(io_error(error.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flock_is_repeated_after_a_signal() {
        for (answer, expected) in [
            (Ok(()), Ok(true)),
            (Err(Errno::NOLCK), Ok(false)),
            (Err(Errno::PERM), Ok(false)),
            (Err(Errno::WOULDBLOCK), Err(IoErrorKind::Locked.into())),
        ] {
            let mut answers = [Err(Errno::INTR), Err(Errno::INTR), answer].into_iter();
            assert_eq!(lock_with(|| answers.next().unwrap()), expected);
        }
    }
}
