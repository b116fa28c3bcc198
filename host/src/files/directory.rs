//! A directory of the host, opened with the permissions of the plugin.
//!
//! `cap-std` resolves all paths, so that none leaves the directory. Each function that changes
//! something checks the grant first.

use std::fs::File as StdFile;
use std::io;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use filemap::fs::{
    Access, Directory, DirectoryEntry, IoErrorKind, IoResult, Open, are_equal_at_one_moment,
};
use rustix::io::Errno;
use wasmtime_wasi::filesystem as wasi;

use super::directory_lock::DirectoryLock;
use super::io_error::{io_error, retry};
use super::listing;
use super::mutex::NativeMutex;
use super::rename_watcher::RenameWatcher;
use super::stored;
use crate::files::NativeFile;
use crate::interrupter::Interrupter;
use crate::limits::Budgets;

/// The number of entries after which a listing reads the queued renames. The system queues 16,384
/// of them, and drops further ones.
const ENTRIES_PER_POLL: usize = 4096;

/// The maximum time to wait until a lease on a file ends. The system ends it after 45 seconds,
/// unless it is configured otherwise.
const MAX_LEASE: Duration = Duration::from_mins(1);

/// The time between two attempts to open a file on which there is a lease.
const LEASE_POLL: Duration = Duration::from_millis(5);

/// What the system says about a directory.
#[derive(Debug, PartialEq, Eq)]
struct Status {
    /// The numbers of the device and of the inode.
    inode: (u64, u64),
    /// The number of links, and the size in bytes.
    size: (u64, u64),
    /// The time of the last change of a name, in seconds and nanoseconds.
    modified: (i64, u64),
    /// The time of the last change of anything.
    changed: (i64, u64),
}

/// A directory.
#[derive(Clone, Debug)]
pub(crate) struct NativeDirectory {
    dir: Arc<Dir>,
    /// Whether the grant allows changes.
    writeable: bool,
    budgets: Budgets,
}

impl NativeDirectory {
    /// Duplicates the directory of a plugin's descriptor, with the descriptor's permissions.
    pub(crate) fn from_descriptor(descriptor: &wasi::Dir, budgets: &Budgets) -> IoResult<Self> {
        let dir = Dir::from_std_file(descriptor.dir.try_clone().map_err(io_error)?);
        Ok(Self {
            dir: Arc::new(dir),
            writeable: !descriptor.perms.write_not_permitted(),
            budgets: budgets.clone(),
        })
    }

    /// Returns the handle that ends the calls of the plugin.
    pub(crate) const fn interrupter(&self) -> &Interrupter {
        &self.budgets.interrupter
    }

    /// Returns what the system says about the directory and changes with its names.
    fn status(&self) -> Option<Status> {
        let found = rustix::fs::fstat(&*self.dir).ok()?;
        Some(Status {
            inode: (found.st_dev, found.st_ino),
            size: (found.st_nlink, found.st_size.cast_unsigned()),
            modified: (found.st_mtime, found.st_mtime_nsec),
            changed: (found.st_ctime, found.st_ctime_nsec),
        })
    }

    /// Opens a file, which is not always a regular file.
    fn open_any(&self, path: &str, how: Open) -> IoResult<(StdFile, Access)> {
        let write = how != Open::Read;
        if write {
            self.check_writeable()?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(write).create_new(how == Open::CreateNew);
        // Without this flag, opening a named pipe waits for its other end. With it, the pipe is
        // opened, and the caller refuses it because it is not a regular file.
        options.custom_flags(libc::O_NONBLOCK);
        let open = || self.dir.open_with(path, &options);
        let is_regular = || Ok(self.dir.metadata(path)?.is_file());
        let is_interrupted = || self.budgets.interrupter.checkpoint().is_err();
        let file = retry(|| wait_for_lease(open, is_regular, is_interrupted))?.into_std();
        Ok((file, Access { read: true, write }))
    }

    fn check_writeable(&self) -> IoResult<()> {
        if self.writeable { Ok(()) } else { Err(IoErrorKind::NotPermitted.into()) }
    }
}

impl Directory for NativeDirectory {
    type File = NativeFile;
    type Lock<T> = NativeMutex<T>;
    /// The numbers of the device and of the inode.
    type Identity = (u64, u64);
    type DirectoryLock = DirectoryLock;

    fn checkpoint(&self) -> IoResult<()> {
        self.budgets.interrupter.checkpoint()
    }

    fn identity(&self) -> IoResult<(u64, u64)> {
        let status = retry(|| Ok(rustix::fs::fstat(&*self.dir)?))?;
        Ok((status.st_dev, status.st_ino))
    }

    /// Asks the system whether both are one inode. If it does not say, compares everything else
    /// that it says about both.
    fn looks_like(&self, other: &Self) -> bool {
        let is_same_inode =
            RenameWatcher::new(&self.dir).and_then(|watcher| watcher.is_watching(&other.dir));
        is_same_inode
            .unwrap_or_else(|| are_equal_at_one_moment(|| self.status(), || other.status()))
    }

    fn try_lock(&self) -> IoResult<Option<DirectoryLock>> {
        self.check_writeable()?;
        DirectoryLock::try_lock(&self.dir)
    }

    fn read_link(&self, path: &str) -> IoResult<String> {
        let target = self.dir.read_link(path).map_err(io_error)?;
        target.into_os_string().into_string().map_err(|_| IoErrorKind::Invalid.into())
    }

    fn has_file(&self, name: &str) -> IoResult<bool> {
        match retry(|| self.dir.symlink_metadata(name)) {
            Ok(found) => Ok(found.is_file()),
            Err(error) if error.kind == IoErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn open_file(&self, path: &str, how: Open) -> IoResult<NativeFile> {
        let (file, access) = self.open_any(path, how)?;
        if how == Open::CreateNew {
            return NativeFile::from_created(file, access, &self.budgets);
        }
        Ok(NativeFile::from_opened(file, access, &self.budgets)?.0)
    }

    fn open_with_size(&self, path: &str) -> IoResult<(NativeFile, u64)> {
        let (file, access) = self.open_any(path, Open::Read)?;
        NativeFile::from_opened(file, access, &self.budgets)
    }

    fn open_directory(&self, path: &str) -> IoResult<Self> {
        let dir = Arc::new(retry(|| self.dir.open_dir(path))?);
        Ok(Self { dir, ..self.clone() })
    }

    fn create_directory(&self, path: &str) -> IoResult<()> {
        self.check_writeable()?;
        self.dir.create_dir(path).map_err(io_error)
    }

    fn remove_directory(&self, path: &str) -> IoResult<()> {
        self.check_writeable()?;
        self.dir.remove_dir(path).map_err(io_error)
    }

    fn for_each_entry(
        &self,
        is_locked: bool,
        visit: &mut dyn FnMut(DirectoryEntry<'_>),
    ) -> IoResult<bool> {
        let watcher = if is_locked { None } else { RenameWatcher::new(&self.dir) };
        // The system refuses watches for instance while too many files are open.
        let is_unwatched = !is_locked && watcher.is_none();
        let (mut number, mut has_reported_all) = (0_usize, watcher.is_some());
        let mut visit_and_poll = |entry: DirectoryEntry<'_>| {
            visit(entry);
            if let Some(watcher) = watcher.as_ref().filter(|_| number % ENTRIES_PER_POLL == 0) {
                has_reported_all &= watcher.for_each_renamed(visit);
            }
            number += 1;
        };
        let is_interrupted = || self.checkpoint().is_err();
        let is_of_one_moment =
            listing::for_each_entry(&self.dir, is_unwatched, &is_interrupted, &mut visit_and_poll)
                .map_err(io_error)?;
        if let Some(watcher) = watcher {
            has_reported_all &= watcher.for_each_renamed(visit);
        }
        Ok(is_locked || is_of_one_moment || has_reported_all)
    }

    fn rename(&self, from: &str, to: &str) -> IoResult<()> {
        self.check_writeable()?;
        #[cfg(test)]
        self.budgets.interrupter.begin_rename();
        self.dir.rename(from, &self.dir, to).map_err(io_error)
    }

    fn remove_file(&self, path: &str) -> IoResult<()> {
        self.check_writeable()?;
        let remove = || self.dir.remove_file(path).map_err(io_error);
        let budget = &self.budgets.stored_bytes;
        if budget.is_limited() {
            return stored::remove(&self.dir, path, budget, remove);
        }
        remove()
    }

    fn add_keys(&self, count: impl FnOnce() -> u64) -> IoResult<()> {
        let budget = &self.budgets.stored_keys;
        if budget.is_limited() {
            budget.take(count())?;
        }
        Ok(())
    }

    fn remove_keys(&self, count: impl FnOnce() -> u64) {
        let budget = &self.budgets.stored_keys;
        if budget.is_limited() {
            budget.give_back(count());
        }
    }

    fn sync(&self) -> IoResult<()> {
        // The handle may have been opened with `O_PATH`, which cannot be synced.
        retry(|| self.dir.open(".")?.sync_all())
    }
}

/// Opens a file without waiting for the other end of a pipe, but until a lease on the file ends, or
/// the call is interrupted.
///
/// A file server, for example, has a lease on a file that it caches. The first attempt to open the
/// file asks the server to give up the lease, and fails because `open` must not wait.
fn wait_for_lease<T>(
    open: impl Fn() -> io::Result<T>,
    is_regular: impl Fn() -> io::Result<bool>,
    is_interrupted: impl Fn() -> bool,
) -> io::Result<T> {
    let start = Instant::now();
    loop {
        match open() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && is_interrupted() => {
                return Err(Errno::CANCELED.into());
            }
            Err(error)
                if error.kind() == io::ErrorKind::WouldBlock
                    && start.elapsed() < MAX_LEASE
                    && is_regular()? =>
            {
                sleep(LEASE_POLL);
            }
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn an_interruption_ends_the_wait_for_a_lease() {
        let tries = Cell::new(0);
        let open = || -> io::Result<()> {
            tries.set(tries.get() + 1);
            Err(io::ErrorKind::WouldBlock.into())
        };
        let error = wait_for_lease(open, || Ok(true), || tries.get() == 3).unwrap_err();
        assert_eq!((tries.get(), io_error(error).kind), (3, IoErrorKind::Interrupted));
    }
}
