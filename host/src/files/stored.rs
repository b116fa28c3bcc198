//! Counts the bytes that a plugin stores, for plugins with the limit `max_stored_bytes`.
//!
//! What a change adds to a file or takes from it is only known if nothing else changes the file
//! meanwhile. So such plugins change the length of a file, or remove it, while they hold a lock on
//! the file, which all of the process share.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use filemap::fs::IoResult;
use rustix::fs::{FileType, Stat};

use super::io_error::retry;
use crate::limits::Budget;

/// The numbers of the device and of the inode. They belong to one file as long as it is open.
type Inode = (u64, u64);

/// The files that are open for plugins with the limit. The lock is held briefly.
static OPEN: Mutex<BTreeMap<Inode, Weak<StoredFile>>> = Mutex::new(BTreeMap::new());

/// An open file, which all handles of it share. It must be dropped before the handle.
#[derive(Debug)]
pub(super) struct StoredFile {
    inode: Inode,
    /// `None` while the file has a name.
    removed: Mutex<Option<Removed>>,
}

/// A file without a name, which still takes space.
#[derive(Debug)]
struct Removed {
    /// The length of the file.
    size: u64,
    /// The budget that gets the length back when the file is closed: that of the plugin that has
    /// removed it.
    budget: Arc<Budget>,
}

impl StoredFile {
    /// Returns the shared state of an open file.
    pub(super) fn of(file: &File) -> IoResult<Arc<Self>> {
        let status = status(file)?;
        let inode = (status.st_dev, status.st_ino);
        let mut open = lock(&OPEN);
        let known = open.get(&inode).and_then(Weak::upgrade);
        Ok(known.unwrap_or_else(|| {
            let new = Arc::new(Self { inode, removed: Mutex::new(None) });
            open.insert(inode, Arc::downgrade(&new));
            new
        }))
    }

    /// Calls `change`, which makes the file at most as long as `target` returns, or truncates it to
    /// that. Both get the length before; `change` returns the length afterwards too, and changes
    /// nothing if it fails. Counts the difference, and fails before the change if it is over
    /// budget.
    pub(super) fn count<T>(
        &self,
        file: &File,
        budget: &Budget,
        target: impl FnOnce(u64) -> u64,
        change: impl FnOnce(u64) -> IoResult<(T, u64)>,
    ) -> IoResult<T> {
        let mut removed = lock(&self.removed);
        let before = size(&status(file)?);
        let reserved = target(before).max(before);
        budget.take(reserved - before)?;
        let changed = change(before);
        let after = changed.as_ref().map_or(before, |(_, after)| *after);
        budget.give_back(reserved.saturating_sub(after));
        if let Some(removed) = &mut *removed {
            removed.size = after;
        }
        changed.map(|(result, _)| result)
    }
}

impl Drop for StoredFile {
    fn drop(&mut self) {
        let mut open = lock(&OPEN);
        // Another handle may have found this state gone, and made a new one.
        if open.get(&self.inode).is_some_and(|file| file.strong_count() == 0) {
            open.remove(&self.inode);
        }
        drop(open);
        let removed = self.removed.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(Removed { size, budget }) = removed {
            budget.give_back(*size);
        }
    }
}

/// Calls `remove`, which removes the file at `path`, and gives its length back to the budget: at
/// once, or when no plugin with the limit has the file open any more.
pub(super) fn remove(
    directory: &Dir,
    path: &str,
    budget: &Arc<Budget>,
    remove: impl FnOnce() -> IoResult<()>,
) -> IoResult<()> {
    let mut options = OpenOptions::new();
    // A handle that needs no permission, and that opens no pipe.
    options.read(true).custom_flags(libc::O_PATH | libc::O_NOFOLLOW);
    // While the handle is open, no new file gets the same inode.
    let Ok(file) = retry(|| directory.open_with(path, &options)) else { return remove() };
    let file = file.into_std();
    let stored = StoredFile::of(&file)?;
    {
        let mut removed = lock(&stored.removed);
        remove()?;
        let status = status(&file)?;
        let is_file = FileType::from_raw_mode(status.st_mode) == FileType::RegularFile;
        // With another name, the file stays.
        if is_file && status.st_nlink == 0 && removed.is_none() {
            *removed = Some(Removed { size: size(&status), budget: Arc::clone(budget) });
        }
    }
    drop(stored);
    drop(file);
    Ok(())
}

fn status(file: &File) -> IoResult<Stat> {
    retry(|| Ok(rustix::fs::fstat(file)?))
}

fn size(status: &Stat) -> u64 {
    u64::try_from(status.st_size).unwrap_or(0)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that runs under these locks leaves the value half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
