//! Watches a directory for renames while it is listed (inotify).
//!
//! `readdir` is not atomic: if another process renames a file during a listing, the listing may
//! contain neither the old name nor the new one. For a store this means that a key whose value is
//! being replaced seems to be missing. The names that the watcher reports close this gap.

use std::mem::MaybeUninit;
use std::os::fd::AsRawFd as _;
use std::sync::{Mutex, PoisonError};

use cap_std::fs::Dir;
use filemap::fs::DirectoryEntry;
use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// The maximum number of idle inotify instances to keep. A user may have only a few (128 by
/// default), and creating and closing one takes milliseconds.
const MAX_IDLE: usize = 4;

/// The inotify instances of this process that no listing uses. The lock is held only to take one
/// out or to put one back.
static IDLE: Mutex<Vec<OwnedFd>> = Mutex::new(Vec::new());

/// A watch on one directory. It has an inotify instance to itself.
pub(super) struct RenameWatcher {
    /// `None` while it is dropped.
    instance: Option<OwnedFd>,
    watch: i32,
}

impl RenameWatcher {
    /// Starts to watch a directory. Returns `None` if the system cannot watch it now.
    pub(super) fn new(directory: &Dir) -> Option<Self> {
        #[cfg(test)]
        if tests::IS_REFUSED.get() {
            return None;
        }
        let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let create = || inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok();
        let mut watcher = Self { instance: Some(idle().or_else(create)?), watch: -1 };
        watcher.watch = watcher.add(directory)?;
        Some(watcher)
    }

    /// Returns whether another handle is of the same inode of the running kernel. The answer is
    /// exact, even where different directories have the same numbers of device and inode.
    pub(super) fn is_watching(&self, other: &Dir) -> Option<bool> {
        let watch = self.add(other)?;
        if watch != self.watch {
            _ = inotify::remove_watch(self.instance.as_ref()?, watch);
        }
        Some(watch == self.watch)
    }

    fn add(&self, directory: &Dir) -> Option<i32> {
        let path = format!("/proc/self/fd/{}", directory.as_raw_fd());
        inotify::add_watch(self.instance.as_ref()?, path, WatchFlags::MOVED_TO).ok()
    }

    /// Calls `visit` for each file that was renamed to a new name since the last call. Returns
    /// whether the system has reported all of them.
    pub(super) fn for_each_renamed(&self, visit: &mut dyn FnMut(DirectoryEntry<'_>)) -> bool {
        let Some(instance) = &self.instance else { return false };
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(instance, &mut buffer);
        let mut is_complete = true;
        loop {
            let event = match events.next() {
                Ok(event) => event,
                Err(Errno::INTR) => continue,
                Err(error) => return is_complete && error == Errno::AGAIN,
            };
            // The system drops events if too many are queued.
            is_complete &= !event.events().contains(inotify::ReadFlags::QUEUE_OVERFLOW);
            // An earlier listing may have left events of its own watch unread.
            let name = event.file_name().filter(|_| event.wd() == self.watch);
            if let Some(name) = name.and_then(|name| name.to_str().ok()) {
                visit(DirectoryEntry { name, is_utf8: true, is_file: true });
            }
        }
    }
}

impl Drop for RenameWatcher {
    fn drop(&mut self) {
        let Some(instance) = self.instance.take() else { return };
        if self.watch >= 0 {
            _ = inotify::remove_watch(&instance, self.watch);
        }
        let surplus = {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < MAX_IDLE {
                idle.push(instance);
                None
            } else {
                Some(instance)
            }
        };
        // Closing it takes milliseconds: do so outside the lock.
        drop(surplus);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    thread_local! {
        /// Whether the system refuses to watch directories for this thread.
        pub(in crate::files) static IS_REFUSED: Cell<bool> = const { Cell::new(false) };
    }
}
