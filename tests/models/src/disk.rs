//! A disk in memory with one directory. shuttle chooses a thread before each call that a provider
//! would implement by a system call.

use std::collections::BTreeMap;

use filemap::checkpoint::Checkpoint;
use filemap::fs::{
    Access, Directory, DirectoryEntry, File, IoError, IoErrorKind, IoResult, Lock, Open,
};
use filemap::store::{Durability, OpenOptions, Registry, Store};

use crate::mutex::NativeMutex;
use crate::sync::{Arc, Mutex};

/// A disk, which is its only directory. A clone is the same disk.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Indices into `files`, by name.
    names: BTreeMap<String, usize>,
    /// All files that ever existed: a file can outlive its name.
    files: Vec<Vec<u8>>,
    is_locked: bool,
    is_interrupted: bool,
}

/// An open file of a [`Disk`].
pub struct DiskFile {
    disk: Disk,
    number: usize,
}

/// The lock on the directory of a [`Disk`], until it is dropped.
pub struct DiskLock(Disk);

/// The host's mutex.
pub struct HostMutex<T>(NativeMutex<T>);

impl Disk {
    /// Opens a store with a registry, for writing.
    ///
    /// # Panics
    ///
    /// If it cannot be opened.
    #[must_use]
    pub fn store(&self, registry: &Registry<Self>) -> Store<Self> {
        let options = OpenOptions { create: false, read_only: false, durability: Durability::None };
        Store::open_directory(registry, self.clone(), "disk", options).unwrap()
    }

    /// Returns the keys and values that another program finds when it opens the directory.
    ///
    /// # Panics
    ///
    /// If the directory is locked, or a value is missing.
    #[must_use]
    pub fn reopened(&self) -> BTreeMap<String, Vec<u8>> {
        let store = self.store(&Registry::new());
        let keys = store.keys().unwrap().next(u32::MAX).unwrap();
        keys.into_iter().map(|key| (key.clone(), store.get(&key).unwrap().unwrap())).collect()
    }

    /// Returns the names of all files.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.step(|state| state.names.keys().cloned().collect())
    }

    /// Returns whether a process has locked the directory.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.step(|state| state.is_locked)
    }

    /// Ends all calls from now on, or no longer.
    pub fn set_interrupted(&self, is_interrupted: bool) {
        self.step(|state| state.is_interrupted = is_interrupted);
    }

    fn step<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }
}

impl Drop for DiskLock {
    fn drop(&mut self) {
        self.0.step(|state| state.is_locked = false);
    }
}

impl<T> Lock<T> for HostMutex<T> {
    fn new(value: T) -> Self {
        Self(Lock::new(value))
    }

    fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        self.0.with(act)
    }

    fn with_unless_interrupted<R>(
        &self,
        checkpoint: Checkpoint<'_, IoError>,
        act: impl FnOnce(&mut T) -> R,
    ) -> IoResult<R> {
        self.0.with_unless_interrupted(checkpoint, act)
    }
}

impl Directory for Disk {
    type File = DiskFile;
    type Lock<T> = HostMutex<T>;
    type Identity = ();
    type DirectoryLock = DiskLock;

    fn checkpoint(&self) -> IoResult<()> {
        let is_interrupted = self.step(|state| state.is_interrupted);
        if is_interrupted { Err(IoErrorKind::Interrupted.into()) } else { Ok(()) }
    }

    fn identity(&self) -> IoResult<()> {
        Ok(())
    }

    fn looks_like(&self, _: &Self) -> bool {
        true
    }

    fn try_lock(&self) -> IoResult<Option<DiskLock>> {
        let was_locked = self.step(|state| std::mem::replace(&mut state.is_locked, true));
        if was_locked { Err(IoErrorKind::Locked.into()) } else { Ok(Some(DiskLock(self.clone()))) }
    }

    fn open_file(&self, path: &str, how: Open) -> IoResult<DiskFile> {
        let number = self.step(|state| match (state.names.get(path), how) {
            (Some(_), Open::CreateNew) => Err(IoErrorKind::AlreadyExists),
            (Some(&number), _) => Ok(number),
            (None, Open::CreateNew) => {
                let number = state.files.len();
                state.files.push(Vec::new());
                state.names.insert(path.to_owned(), number);
                Ok(number)
            }
            (None, _) => Err(IoErrorKind::NotFound),
        })?;
        Ok(DiskFile { disk: self.clone(), number })
    }

    fn read_link(&self, _: &str) -> IoResult<String> {
        Err(IoErrorKind::Invalid.into())
    }

    fn has_file(&self, name: &str) -> IoResult<bool> {
        Ok(self.step(|state| state.names.contains_key(name)))
    }

    fn open_directory(&self, _: &str) -> IoResult<Self> {
        Ok(self.clone())
    }

    fn create_directory(&self, _: &str) -> IoResult<()> {
        Err(IoErrorKind::AlreadyExists.into())
    }

    fn remove_directory(&self, _: &str) -> IoResult<()> {
        Err(IoErrorKind::Other.into())
    }

    fn for_each_entry(&self, _: bool, visit: &mut dyn FnMut(DirectoryEntry<'_>)) -> IoResult<bool> {
        for name in self.names() {
            visit(DirectoryEntry { name: &name, is_utf8: true, is_file: true });
        }
        Ok(true)
    }

    fn rename(&self, from: &str, to: &str) -> IoResult<()> {
        self.step(|state| {
            let number = state.names.remove(from).ok_or(IoErrorKind::NotFound)?;
            state.names.insert(to.to_owned(), number);
            Ok(())
        })
    }

    fn remove_file(&self, path: &str) -> IoResult<()> {
        self.step(|state| match state.names.remove(path) {
            Some(_) => Ok(()),
            None => Err(IoErrorKind::NotFound.into()),
        })
    }

    fn sync(&self) -> IoResult<()> {
        Ok(())
    }
}

impl DiskFile {
    fn step<T>(&self, act: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        self.disk.step(|state| act(&mut state.files[self.number]))
    }
}

impl File for DiskFile {
    fn checkpoint(&self) -> IoResult<()> {
        Directory::checkpoint(&self.disk)
    }

    fn access(&self) -> IoResult<Access> {
        Ok(Access { read: true, write: true })
    }

    fn size(&self) -> IoResult<u64> {
        Ok(self.step(|bytes| bytes.len() as u64))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> IoResult<usize> {
        Ok(self.step(|bytes| {
            let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
            let count = buffer.len().min(bytes.len() - start);
            buffer[..count].copy_from_slice(&bytes[start..start + count]);
            count
        }))
    }

    fn write_at(&self, written: &[u8], offset: u64) -> IoResult<usize> {
        self.step(|bytes| {
            let start = usize::try_from(offset).unwrap_or(usize::MAX);
            assert_eq!(start, bytes.len(), "a store appends to a file");
            bytes.extend_from_slice(written);
        });
        Ok(written.len())
    }

    fn set_size(&self, size: u64) -> IoResult<()> {
        self.step(|bytes| bytes.resize(usize::try_from(size).unwrap_or(usize::MAX), 0));
        Ok(())
    }

    fn sync_data(&self) -> IoResult<()> {
        Ok(())
    }
}
