//! Opening stores: creates the directory if asked, joins the other stores on it, and cleans up
//! after a crash.

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
use crate::fs::{
    Directory, IoError, IoErrorKind, IoResult, Lock, Open, Preopens, explain_change, explain_sync,
};
use crate::message;

impl<D: Directory> Store<D> {
    /// Opens the directory at `path`.
    ///
    /// # Errors
    ///
    /// See `filemap:data/store.store.open`.
    pub fn open(
        registry: &Registry<D>,
        preopens: &Preopens<D>,
        path: &str,
        options: OpenOptions,
    ) -> Result<Self> {
        let (grant, rest) = preopens.resolve(path)?;
        grant.checkpoint().map_err(|error| Error::io("open the directory", path, &error))?;
        let rest = rest.trim_end_matches('/');
        let created_paths = match grant.open_directory(rest) {
            Ok(directory) => return Self::join(registry, directory, path, true, options),
            Err(error)
                if error.kind == IoErrorKind::NotFound && options.create && !options.read_only =>
            {
                create_directories(grant, rest, options.durability)
                    .map_err(|error| Error::io("create the directory", path, &error))?
            }
            Err(error) => return Err(Error::io("open the directory", path, &error)),
        };
        let opened = grant
            .open_directory(rest)
            .map_err(|error| Error::io("open the directory", path, &error));
        let joined =
            opened.and_then(|directory| Self::join(registry, directory, path, true, options));
        joined.inspect_err(|_| remove_directories(grant, &created_paths))
    }

    /// Opens an open directory as a store; `name` is its name in messages.
    ///
    /// # Errors
    ///
    /// See `filemap:data/store.store.open-directory`.
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
        let failed = |error| Error::io("open the directory", name, &error);
        let identity = directory.identity().map_err(failed)?;
        let directory = Arc::new(directory);
        let shared = registry.shared(&identity, &directory, options.read_only).map_err(failed)?;
        let checkpoint = || directory.checkpoint();
        let live = Live {
            directory: Arc::clone(&directory),
            shared: Arc::clone(&shared),
            writes: false,
            unfinished: Lock::new(Vec::new()),
        };
        let live = shared
            .opening
            .with_unless_interrupted(&checkpoint, |()| live.join(name, options))
            .map_err(failed)??;
        let state = Lock::new(State::Open(Arc::new(live)));
        Ok(Self(Arc::new(Handle { name: name.to_string(), has_path, options, state })))
    }
}

impl<D: Directory> Live<D> {
    /// Joins the stores on the directory. If one of them is a writer, the shared index is up to
    /// date. Otherwise lists the directory, and updates the index for all stores on it.
    fn join(mut self, name: &str, options: OpenOptions) -> Result<Self> {
        let is_known = self.shared.state.with(|state| {
            let is_known = state.writers > 0;
            // In the same step: while there is a writer, the directory is locked and the index is
            // up to date.
            state.writers += u64::from(is_known && !options.read_only);
            is_known
        });
        self.writes = is_known && !options.read_only;
        if !is_known {
            let lock = if options.read_only {
                None
            } else {
                self.directory.try_lock().map_err(|error| not_writable(name, &error))?
            };
            let scan = Scan::of(&*self.directory, lock.is_some());
            let scan = scan.map_err(|error| Error::io("list the directory", name, &error))?;
            let old = self.shared.with_index(|index| mem::replace(index, scan.index));
            // The old index may be large. Drop it outside the lock.
            drop(old);
            if !options.read_only {
                self.check_writable(name, options.durability)?;
                self.shared.state.with(|state| (state.writers, state.lock) = (1, lock));
                self.writes = true;
                self.clean_up(&scan.unfinished)
                    .map_err(|error| Error::io("clean up the directory", name, &error))?;
            }
        } else if self.writes {
            self.check_writable(name, options.durability)?;
        }
        self.shared.add_handle(&self.directory, self.writes);
        Ok(self)
    }

    /// Fails if the directory is not writable, or cannot be synced although the durability requires
    /// it. Creates a file to find out, because no other check has the same answer on all providers.
    fn check_writable(&self, name: &str, durability: Durability) -> Result<()> {
        let temporary = key::temporary_name(self.shared.with_index(Index::allocate_temporary));
        match self.directory.open_file(&temporary, Open::CreateNew) {
            Ok(file) => {
                drop(file);
                _ = self.directory.remove_file(&temporary);
            }
            Err(error) => {
                let error = explain_change(&*self.directory, "", error);
                // Other errors, such as a full disk, do not prevent reading.
                if error.kind == IoErrorKind::NotPermitted {
                    return Err(not_writable(name, &error));
                }
            }
        }
        if durability == Durability::Full {
            sync_names(&*self.directory)
                .map_err(|error| Error::io("sync the directory", name, &error))?;
        }
        Ok(())
    }

    /// Removes the remains of a crash. The next opening finds the files that cannot be removed
    /// now, and those that are left after an interruption.
    fn clean_up(&self, unfinished: &[Generation]) -> IoResult<()> {
        for number in unfinished {
            self.directory.checkpoint()?;
            _ = self.directory.remove_file(&key::temporary_name(*number));
        }
        self.remove_all_outdated()
    }
}

/// Returns the error for a directory that cannot be opened for writing.
fn not_writable(name: &str, error: &IoError) -> Error {
    if error.kind != IoErrorKind::NotPermitted {
        return Error::io("lock the directory", name, error);
    }
    Error::AccessDenied(message!(
        "the directory `{name}` is not writable: grant it for writing, or open the store \
         `read-only`"
    ))
}

/// Waits until the names in a directory are on the disk, for the durability `full`.
pub(super) fn sync_names(directory: &impl Directory) -> IoResult<()> {
    explain_sync(directory.sync(), "no sync of directories: use the durability `data`")
}

/// Creates the missing directories of a path, all or none, and returns them.
fn create_directories<'a>(
    grant: &impl Directory,
    path: &'a str,
    durability: Durability,
) -> IoResult<Vec<&'a str>> {
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    let mut parent = ".";
    let mut created_paths = Vec::new();
    for directory in ends.map(|end| &path[..end]) {
        let created = match grant.checkpoint().and_then(|()| grant.create_directory(directory)) {
            Ok(()) => {
                created_paths.push(directory);
                if durability == Durability::Full {
                    grant.open_directory(parent).and_then(|parent| sync_names(&parent))
                } else {
                    Ok(())
                }
            }
            Err(error) if error.kind == IoErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(explain_change(grant, directory, error)),
        };
        if let Err(error) = created {
            remove_directories(grant, &created_paths);
            return Err(error);
        }
        parent = directory;
    }
    Ok(created_paths)
}

/// Removes created directories after an error, as far as possible, also after an interruption.
fn remove_directories(grant: &impl Directory, created_paths: &[&str]) {
    for directory in created_paths.iter().rev() {
        _ = grant.remove_directory(directory);
    }
}
