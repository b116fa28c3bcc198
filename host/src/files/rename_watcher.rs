//! Watches a directory for renames while it is listed (inotify).
//!
//! `readdir` is not atomic: if another process renames a file during a listing, the listing may
//! contain neither the old name nor the new one. For a store this means that a key whose value is
//! being replaced seems to be missing. The names that the watcher reports close this gap.

use std::mem::MaybeUninit;
use std::os::fd::AsRawFd as _;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use cap_std::fs::Dir;
use filemap::fs::DirectoryEntry;
use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};

/// The inotify instance of this process; `None` if the system refuses one. It is kept because
/// creating and closing one takes milliseconds, and because a user may have only a few.
static INOTIFY: OnceLock<Option<Mutex<OwnedFd>>> = OnceLock::new();

/// A watch on one directory. It holds the process's inotify instance, so that other listings with
/// a watcher wait.
pub(super) struct RenameWatcher {
    instance: MutexGuard<'static, OwnedFd>,
    watch: i32,
}

impl RenameWatcher {
    /// Starts to watch a directory. Returns `None` if the system cannot watch it.
    pub(super) fn new(directory: &Dir) -> Option<Self> {
        let open =
            || inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok().map(Mutex::new);
        let instance = INOTIFY.get_or_init(open).as_ref()?;
        let instance = instance.lock().unwrap_or_else(PoisonError::into_inner);
        let path = format!("/proc/self/fd/{}", directory.as_raw_fd());
        let watch = inotify::add_watch(&*instance, path, WatchFlags::MOVED_TO).ok()?;
        Some(Self { instance, watch })
    }

    /// Calls `visit` for each file that was renamed to a new name since the last call.
    pub(super) fn for_each_renamed(&self, visit: &mut dyn FnMut(DirectoryEntry<'_>)) {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(&*self.instance, &mut buffer);
        while let Ok(event) = events.next() {
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
        _ = inotify::remove_watch(&*self.instance, self.watch);
    }
}
