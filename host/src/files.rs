//! The native provider's files and directories: the host's own, under the plugin's permissions.
//!
//! Paths are resolved by cap-std, as wasmtime-wasi's are: none leaves the granted directory.

use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use filemap::fs::{
    Access, Directory, DirectoryEntry, File, IoError, IoErrorKind, IoResult, Open, write_zeroes,
};
use filemap::region::{MapFile, Sharing, Window};
use rustix::fs::{FallocateFlags, FileType, FlockOperation};
use rustix::io::Errno;
use wasmtime_wasi::filesystem::{self as wasi, OpenMode};

use crate::limits::{Budgets, MAX_PASSED};
use crate::lock::NativeLock;
use crate::mmap::MmapRegion;
use crate::news::News;

/// After how many entries of a listing it is asked what has been renamed meanwhile. The system
/// keeps 16,384 such events.
const ENTRIES_BETWEEN_NEWS: usize = 4096;

/// A regular file.
#[derive(Clone, Debug)]
pub(crate) struct NativeFile {
    pub(crate) file: Arc<std::fs::File>,
    access: Access,
    pub(crate) budgets: Budgets,
}

/// A directory.
#[derive(Clone, Debug)]
pub(crate) struct NativeDirectory {
    dir: Arc<Dir>,
    /// Whether the grant allows to change what is in it.
    writeable: bool,
    budgets: Budgets,
}

/// A directory that is locked against other processes: a handle of its own.
#[derive(Debug)]
pub(crate) struct NativeHold(std::fs::File);

#[cfg(test)]
impl NativeHold {
    /// The same handle once more, as a process has it that was started meanwhile.
    pub(crate) fn try_clone(&self) -> io::Result<std::fs::File> {
        self.0.try_clone()
    }
}

impl Drop for NativeHold {
    fn drop(&mut self) {
        // To close it would not be enough: a process that is just being started has the same handle
        // until it runs its program.
        _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}

impl NativeFile {
    /// The file of a plugin's descriptor, with the permissions of that.
    pub(crate) fn new(descriptor: wasi::File, budgets: &Budgets) -> IoResult<Self> {
        let wasi::File { file, perms, open_mode, .. } = descriptor;
        let write = open_mode.contains(OpenMode::WRITE) && !perms.write_not_permitted();
        let access = Access { read: open_mode.contains(OpenMode::READ), write };
        check_regular(&file)?;
        Ok(Self { file, access, budgets: budgets.clone() })
    }

    /// Refuses at once what cannot find room. Some file systems would take all that is left before
    /// they say so, and whoever else writes meanwhile would find none.
    fn check_room(&self, range: &Range<u64>) -> IoResult<()> {
        let failed = |error: Errno| io_error(error.into());
        let disk = rustix::fs::fstatvfs(&*self.file).map_err(failed)?;
        let status = rustix::fs::fstat(&*self.file).map_err(failed)?;
        // Some of what is wanted may be there already.
        let there = u64::try_from(status.st_blocks).unwrap_or(0).saturating_mul(512);
        let wanted = (range.end - range.start).saturating_sub(there);
        if wanted <= disk.f_bavail.saturating_mul(disk.f_frsize) {
            return Ok(());
        }
        if range.end > u64::try_from(status.st_size).unwrap_or(0) {
            // A size that no file has is another matter.
            self.set_size(range.end)?;
        }
        Err(IoErrorKind::NoSpace.into())
    }
}

impl NativeDirectory {
    /// The directory of a plugin's descriptor, with the permissions of that.
    pub(crate) fn new(descriptor: &wasi::Dir, budgets: &Budgets) -> IoResult<Self> {
        let dir = Dir::from_std_file(descriptor.dir.try_clone().map_err(io_error)?);
        Ok(Self {
            dir: Arc::new(dir),
            writeable: !descriptor.perms.write_not_permitted(),
            budgets: budgets.clone(),
        })
    }

    fn check_writeable(&self) -> IoResult<()> {
        if self.writeable { Ok(()) } else { Err(IoErrorKind::NotPermitted.into()) }
    }
}

impl File for NativeFile {
    fn access(&self) -> IoResult<Access> {
        Ok(self.access)
    }

    fn size(&self) -> IoResult<u64> {
        // The plain system call: a read through a mapping asks before and after, and std's takes
        // half as long again.
        let status = rustix::fs::fstat(&*self.file).map_err(|error| io_error(error.into()))?;
        Ok(u64::try_from(status.st_size).unwrap_or(0))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> IoResult<usize> {
        retry(|| self.file.read_at(buffer, offset))
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> IoResult<usize> {
        retry(|| self.file.write_at(bytes, offset))
    }

    fn set_size(&self, size: u64) -> IoResult<()> {
        self.file.set_len(size).map_err(io_error)
    }

    fn reserve(&self, range: Range<u64>) -> IoResult<()> {
        if range.is_empty() {
            return Ok(());
        }
        let length = range.end - range.start;
        self.check_room(&range)?;
        match retry(|| {
            Ok(rustix::fs::fallocate(&*self.file, FallocateFlags::empty(), range.start, length)?)
        }) {
            Err(error) if error.kind == IoErrorKind::Unsupported && length <= MAX_PASSED => {
                write_zeroes(self, range.end)
            }
            result => result,
        }
    }

    fn sync_data(&self) -> IoResult<()> {
        self.file.sync_data().map_err(io_error)
    }
}

impl MapFile for NativeFile {
    type Region = MmapRegion;

    fn map(&self, window: Window, sharing: Sharing) -> IoResult<MmapRegion> {
        MmapRegion::new(self.clone(), window, sharing)
    }
}

impl Directory for NativeDirectory {
    type File = NativeFile;
    type Lock<T> = NativeLock<T>;
    /// The device and the inode.
    type Identity = (u64, u64);
    type DirectoryLock = NativeHold;

    fn identity(&self) -> IoResult<(u64, u64)> {
        let status = rustix::fs::fstat(&*self.dir).map_err(|error| io_error(error.into()))?;
        Ok((status.st_dev, status.st_ino))
    }

    fn try_lock(&self) -> IoResult<Option<NativeHold>> {
        self.check_writeable()?;
        let dir = self.dir.open(".").map_err(io_error)?.into_std();
        match rustix::fs::flock(&dir, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(NativeHold(dir))),
            Err(Errno::WOULDBLOCK) => Err(IoErrorKind::Locked.into()),
            // Some file systems of other machines lock no directories, or nothing at all.
            Err(Errno::BADF | Errno::INVAL | Errno::NOLCK | Errno::NOSYS | Errno::NOTSUP) => {
                Ok(None)
            }
            Err(error) => Err(io_error(error.into())),
        }
    }

    fn has_file(&self, name: &str) -> IoResult<bool> {
        match self.dir.symlink_metadata(name) {
            Ok(found) => Ok(found.is_file()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(io_error(error)),
        }
    }

    fn open_file(&self, path: &str, how: Open) -> IoResult<NativeFile> {
        let write = how != Open::Read;
        if write {
            self.check_writeable()?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(write).create_new(how == Open::CreateNew);
        // Opening a pipe waits for its other end; this way it does not, and is refused below.
        options.custom_flags(libc::O_NONBLOCK);
        let file = self.dir.open_with(path, &options).map_err(io_error)?.into_std();
        check_regular(&file)?;
        Ok(NativeFile {
            file: Arc::new(file),
            access: Access { read: true, write },
            budgets: self.budgets.clone(),
        })
    }

    fn open_directory(&self, path: &str) -> IoResult<Self> {
        let dir = Arc::new(self.dir.open_dir(path).map_err(io_error)?);
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
        alone: bool,
        visit: &mut dyn FnMut(DirectoryEntry<'_>),
    ) -> IoResult<()> {
        let news = if alone { None } else { News::of(&self.dir) };
        for (number, entry) in self.dir.entries().map_err(io_error)?.enumerate() {
            let entry = entry.map_err(io_error)?;
            let name = entry.file_name();
            let (name, is_utf8) = (name.to_string_lossy(), name.to_str().is_some());
            match entry.file_type() {
                Ok(found) => {
                    visit(DirectoryEntry { name: &name, is_utf8, is_file: found.is_file() });
                }
                // Where the listing does not say what it is, it may have gone before somebody asks.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(error)),
            }
            if let Some(news) = news.as_ref().filter(|_| number % ENTRIES_BETWEEN_NEWS == 0) {
                news.for_each(visit);
            }
        }
        if let Some(news) = news {
            news.for_each(visit);
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> IoResult<()> {
        self.check_writeable()?;
        self.dir.rename(from, &self.dir, to).map_err(io_error)
    }

    fn remove_file(&self, path: &str) -> IoResult<()> {
        self.check_writeable()?;
        self.dir.remove_file(path).map_err(io_error)
    }

    fn sync(&self) -> IoResult<()> {
        // The handle of a directory may be one that only names it; one that can be synced has to be
        // opened.
        self.dir.open(".").and_then(|dir| dir.sync_all()).map_err(io_error)
    }
}

fn check_regular(file: &std::fs::File) -> IoResult<()> {
    let status = rustix::fs::fstat(file).map_err(|error| io_error(error.into()))?;
    match FileType::from_raw_mode(status.st_mode) {
        FileType::RegularFile => Ok(()),
        FileType::Directory => Err(IoErrorKind::IsDirectory.into()),
        _ => Err(IoErrorKind::NotRegularFile.into()),
    }
}

fn retry<T>(mut action: impl FnMut() -> io::Result<T>) -> IoResult<T> {
    loop {
        match action() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result.map_err(io_error),
        }
    }
}

/// What the engine makes of an error of the operating system.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands behind `map_err`, which passes by value"
)]
pub(crate) fn io_error(error: io::Error) -> IoError {
    let kind = match Errno::from_io_error(&error) {
        Some(Errno::NOENT) => IoErrorKind::NotFound,
        Some(Errno::EXIST) => IoErrorKind::AlreadyExists,
        Some(Errno::ACCESS | Errno::PERM | Errno::ROFS) => IoErrorKind::NotPermitted,
        Some(Errno::ISDIR) => IoErrorKind::IsDirectory,
        Some(Errno::NOTDIR) => IoErrorKind::NotDirectory,
        Some(Errno::NAMETOOLONG) => IoErrorKind::NameTooLong,
        Some(Errno::INVAL | Errno::ILSEQ) => IoErrorKind::Invalid,
        Some(Errno::LOOP) => IoErrorKind::LinkLoop,
        Some(Errno::FBIG) => IoErrorKind::FileTooLarge,
        Some(Errno::NOSPC | Errno::DQUOT) => IoErrorKind::NoSpace,
        Some(Errno::NOMEM) => IoErrorKind::NoMemory,
        Some(Errno::MFILE | Errno::NFILE) => IoErrorKind::TooManyHandles,
        Some(Errno::NXIO) => IoErrorKind::NotRegularFile,
        Some(Errno::NOTSUP | Errno::NOSYS) => IoErrorKind::Unsupported,
        Some(Errno::BUSY | Errno::TXTBSY | Errno::AGAIN) => IoErrorKind::Busy,
        Some(
            Errno::STALE
            | Errno::NOTCONN
            | Errno::TIMEDOUT
            | Errno::HOSTDOWN
            | Errno::HOSTUNREACH
            | Errno::NETDOWN
            | Errno::NETUNREACH
            | Errno::NODEV
            | Errno::NOLINK,
        ) => IoErrorKind::Unavailable,
        Some(Errno::INTR | Errno::CANCELED) => IoErrorKind::Interrupted,
        Some(_) => IoErrorKind::Other,
        // Errors of cap-std's own have only a kind.
        None => match error.kind() {
            io::ErrorKind::NotFound => IoErrorKind::NotFound,
            io::ErrorKind::PermissionDenied => IoErrorKind::NotPermitted,
            io::ErrorKind::AlreadyExists => IoErrorKind::AlreadyExists,
            io::ErrorKind::InvalidInput => IoErrorKind::Invalid,
            _ => IoErrorKind::Other,
        },
    };
    let detail = if kind == IoErrorKind::Other { error.to_string() } else { String::new() };
    IoError { kind, detail }
}

#[cfg(test)]
mod tests;
