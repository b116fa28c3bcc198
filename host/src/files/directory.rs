//! A directory of the host.

use std::io;
use std::sync::Arc;

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use filemap::fs::{Access, Directory, Entry, IoErrorKind, IoResult, Open};
use wasmtime_wasi::filesystem as wasi;

use super::directory_lock::DirectoryLock;
use super::io_error;
use super::mutex::NativeMutex;
use super::rename_watcher::RenameWatcher;
use crate::files::NativeFile;
use crate::limits::Budgets;

/// After how many entries a listing reads the renames that the system has queued. The system
/// queues 16,384 events and drops further ones.
const ENTRIES_PER_POLL: usize = 4096;

/// A directory.
#[derive(Clone, Debug)]
pub(crate) struct NativeDirectory {
    dir: Arc<Dir>,
    /// Whether the grant allows to change what is in it.
    writeable: bool,
    budgets: Budgets,
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

impl Directory for NativeDirectory {
    type File = NativeFile;
    type Lock<T> = NativeMutex<T>;
    /// The device and the inode.
    type Identity = (u64, u64);
    type Hold = DirectoryLock;

    fn identity(&self) -> IoResult<(u64, u64)> {
        let status = rustix::fs::fstat(&*self.dir).map_err(|error| io_error(error.into()))?;
        Ok((status.st_dev, status.st_ino))
    }

    fn hold(&self) -> IoResult<Option<DirectoryLock>> {
        self.check_writeable()?;
        DirectoryLock::try_lock(&self.dir)
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
        NativeFile::from_opened(file, Access { read: true, write }, &self.budgets)
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

    fn for_each_entry(&self, alone: bool, visit: &mut dyn FnMut(Entry<'_>)) -> IoResult<()> {
        let watcher = if alone { None } else { RenameWatcher::new(&self.dir) };
        for (number, entry) in self.dir.entries().map_err(io_error)?.enumerate() {
            let entry = entry.map_err(io_error)?;
            let name = entry.file_name();
            let (name, is_utf8) = (name.to_string_lossy(), name.to_str().is_some());
            match entry.file_type() {
                Ok(found) => visit(Entry { name: &name, is_utf8, is_file: found.is_file() }),
                // Where the listing does not say what it is, it may have gone before somebody asks.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(error)),
            }
            if let Some(watcher) = watcher.as_ref().filter(|_| number % ENTRIES_PER_POLL == 0) {
                watcher.for_each_renamed(visit);
            }
        }
        if let Some(watcher) = watcher {
            watcher.for_each_renamed(visit);
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
