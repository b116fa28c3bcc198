//! Files that get a name while their directory is listed.
//!
//! A listing goes through a directory while others change it. Of a file that is renamed meanwhile
//! it may have neither name, and of a value that is replaced neither file: to whoever lists, its
//! key would not be there. What the system says of renamings fills the gap.

use std::mem::MaybeUninit;
use std::os::fd::AsRawFd as _;
use std::sync::{Mutex, MutexGuard, OnceLock};

use cap_std::fs::Dir;
use filemap::fs::DirectoryEntry;
use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};

/// What a process hears by. To make one and let go of it again takes milliseconds, and a user may
/// have few.
static EARS: OnceLock<Option<Mutex<OwnedFd>>> = OnceLock::new();

/// News of one directory, for one listing at a time.
pub(crate) struct News {
    ears: MutexGuard<'static, OwnedFd>,
    watch: i32,
}

impl News {
    /// Begins to listen; nothing where the system does not let us.
    pub(crate) fn of(directory: &Dir) -> Option<Self> {
        let open =
            || inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok().map(Mutex::new);
        let ears = EARS
            .get_or_init(open)
            .as_ref()?
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let path = format!("/proc/self/fd/{}", directory.as_raw_fd());
        let watch = inotify::add_watch(&*ears, path, WatchFlags::MOVED_TO).ok()?;
        Some(Self { ears, watch })
    }

    /// Visits the files that have got a name since the last call.
    pub(crate) fn for_each(&self, visit: &mut dyn FnMut(DirectoryEntry<'_>)) {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(&*self.ears, &mut buffer);
        while let Ok(event) = events.next() {
            // What another listing has left to be read is of another watch.
            let name = event.file_name().filter(|_| event.wd() == self.watch);
            if let Some(name) = name.and_then(|name| name.to_str().ok()) {
                visit(DirectoryEntry { name, is_utf8: true, is_file: true });
            }
        }
    }
}

impl Drop for News {
    fn drop(&mut self) {
        _ = inotify::remove_watch(&*self.ears, self.watch);
    }
}
