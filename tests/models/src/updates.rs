//! The host's completions of updates.

use filemap::error::Result;
use filemap::fs::Directory as _;
use filemap::store::Store;

use crate::completions::Completions;
use crate::disk::Disk;
use crate::sync::thread;

/// The updates of one plugin. Each is completed in a thread of its own.
#[derive(Default)]
pub struct Updates(Completions);

impl Updates {
    /// Sets several keys of a store. Lets other threads go on `steps` times, and then interrupts
    /// the calls of the disk, unless the update has happened by then.
    ///
    /// # Errors
    ///
    /// Those of [`Store::update`].
    pub fn update(
        &self,
        disk: &Disk,
        store: &Store<Disk>,
        items: &[(&str, [u8; 1])],
        steps: u32,
    ) -> Result<()> {
        let completion = store.prepare_update(items)?;
        let interrupt = || {
            (0..steps).for_each(|_| thread::yield_now());
            disk.set_interrupted(true);
            disk.checkpoint()
        };
        self.0.complete_in_thread(completion, &interrupt)
    }

    /// Waits until all updates have happened or are undone.
    pub fn wait(&self) {
        self.0.wait();
    }
}
