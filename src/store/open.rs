//! Opening: from a path or a directory to a store.

use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem;

use super::index::Index;
use super::key::{self, Generation};
use super::scan::Scan;
use super::shared::Registry;
use super::{Durability, Handle, Live, OpenOptions, State, Store};
use crate::error::{Error, Result};
use crate::fs::{Directory, IoError, IoErrorKind, IoResult, Lock, Open, Preopens};

impl<D: Directory> Store<D> {
    /// Opens the directory at `path`.
    ///
    /// # Errors
    ///
    /// As `filemap:data/store.store.open` says.
    pub fn open(
        registry: &Registry<D>,
        preopens: &Preopens<D>,
        path: &str,
        options: OpenOptions,
    ) -> Result<Self> {
        let (grant, rest) = preopens.resolve(path)?;
        let made = match grant.open_directory(&rest) {
            Ok(directory) => return Self::join(registry, directory, path, true, options),
            Err(error)
                if error.kind == IoErrorKind::NotFound && options.create && !options.read_only =>
            {
                create_directories(grant, &rest, options.durability)
                    .map_err(|error| Error::io("create the directory", path, &error))?
            }
            Err(error) => return Err(Error::io("open the directory", path, &error)),
        };
        let opened = grant
            .open_directory(&rest)
            .map_err(|error| Error::io("open the directory", path, &error));
        let joined =
            opened.and_then(|directory| Self::join(registry, directory, path, true, options));
        joined.inspect_err(|_| remove_directories(grant, &made))
    }

    /// Opens a directory that `name` stands for in messages.
    ///
    /// # Errors
    ///
    /// As `filemap:data/store.store.open-directory` says.
    pub fn open_directory(
        registry: &Registry<D>,
        directory: D,
        name: &str,
        options: OpenOptions,
    ) -> Result<Self> {
        Self::join(registry, directory, name, false, options)
    }

    fn join(
        registry: &Registry<D>,
        directory: D,
        name: &str,
        has_path: bool,
        options: OpenOptions,
    ) -> Result<Self> {
        let identity =
            directory.identity().map_err(|error| Error::io("open the directory", name, &error))?;
        let shared = registry.shared(identity);
        let live = Live {
            directory,
            shared: Arc::clone(&shared),
            writes: false,
            unfinished: Lock::new(Vec::new()),
        };
        let live = shared.opening.with(|()| live.join(name, options))?;
        let state = Lock::new(State::Open(Arc::new(live)));
        Ok(Self(Arc::new(Handle { name: name.to_string(), has_path, options, state })))
    }
}

impl<D: Directory> Live<D> {
    /// Becomes one of the stores on the directory. Where another one writes to it, that knows what
    /// is there; otherwise the names are read, also for those that are open already.
    fn join(mut self, name: &str, options: OpenOptions) -> Result<Self> {
        let is_known = self.shared.state.with(|state| {
            let is_known = state.writers > 0;
            // At once: while there is one that writes, the lock is held, and what is known is true.
            state.writers += u64::from(is_known && !options.read_only);
            is_known
        });
        self.writes = is_known && !options.read_only;
        if !is_known {
            let lock = if options.read_only {
                None
            } else {
                self.directory.try_lock().map_err(|error| refuse(name, &error))?
            };
            let scan = Scan::of(&self.directory, lock.is_some());
            let scan = scan.map_err(|error| Error::io("list the directory", name, &error))?;
            let old = self.shared.with_index(|index| mem::replace(index, scan.index));
            // It may be large, and is not dropped where others wait.
            drop(old);
            if !options.read_only {
                self.check_writable(name)?;
                self.shared.state.with(|state| (state.writers, state.lock) = (1, lock));
                self.writes = true;
                self.clean_up(&scan.unfinished);
            }
        } else if self.writes {
            self.check_writable(name)?;
        }
        Ok(self)
    }

    /// Finds out whether the directory may be written to, by writing to it: no other question that
    /// one can ask has the same answer everywhere.
    fn check_writable(&self, name: &str) -> Result<()> {
        let temporary = key::temporary_name(self.shared.with_index(Index::allocate_temporary));
        match self.directory.open_file(&temporary, Open::CreateNew) {
            Ok(file) => {
                drop(file);
                _ = self.directory.remove_file(&temporary);
                Ok(())
            }
            Err(error) if error.kind == IoErrorKind::NotPermitted => Err(refuse(name, &error)),
            // A full disk, for instance, is no reason not to read.
            Err(_) => Ok(()),
        }
    }

    /// Removes what a crash has left. What cannot be removed now is found again by whoever opens
    /// the directory next.
    fn clean_up(&self, unfinished: &[Generation]) {
        for number in unfinished {
            _ = self.directory.remove_file(&key::temporary_name(*number));
        }
        for (key, generation) in self.shared.with_index(|index| mem::take(&mut index.outdated)) {
            if self.remove_value_file(&key, generation).is_err() {
                self.remove_later(&key, generation);
            }
        }
    }
}

/// The error for a directory that may not be written to.
fn refuse(name: &str, error: &IoError) -> Error {
    if error.kind != IoErrorKind::NotPermitted {
        return Error::io("lock the directory", name, error);
    }
    Error::AccessDenied(format!(
        "the directory `{name}` may only be read: grant it for writing (`filemap run --dir`), or \
         open the store `read-only`"
    ))
}

/// Makes the directories of a path that are not there yet, and says which; all of them, or none.
fn create_directories<'a>(
    grant: &impl Directory,
    path: &'a str,
    durability: Durability,
) -> IoResult<Vec<&'a str>> {
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    let mut parent = ".";
    let mut made = Vec::new();
    for directory in ends.map(|end| &path[..end]) {
        let created = match grant.create_directory(directory) {
            Ok(()) => {
                made.push(directory);
                let is_full = durability == Durability::Full;
                if is_full {
                    grant.open_directory(parent).and_then(|parent| parent.sync())
                } else {
                    Ok(())
                }
            }
            Err(error) if error.kind == IoErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = created {
            remove_directories(grant, &made);
            return Err(error);
        }
        parent = directory;
    }
    Ok(made)
}

/// Removes directories that were made for nothing, as far as that can be done.
fn remove_directories(grant: &impl Directory, made: &[&str]) {
    for directory in made.iter().rev() {
        _ = grant.remove_directory(directory);
    }
}
