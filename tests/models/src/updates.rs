//! The host's completions of updates.

use filemap::checkpoint::Checkpoint;
use filemap::error::Result;
use filemap::fs::IoError;
use filemap::store::Store;

use crate::completions::Completions;
use crate::disk::Disk;

/// The updates of one plugin. Each is completed in a thread of its own. A clone is the same.
#[derive(Clone, Default)]
pub struct Updates(Completions);

impl Updates {
    /// Sets several keys of a store, until `checkpoint` fails.
    ///
    /// # Errors
    ///
    /// Those of [`Store::update`].
    pub fn update(
        &self,
        store: &Store<Disk>,
        items: &[(&str, [u8; 1])],
        checkpoint: Checkpoint<'_, IoError>,
    ) -> Result<()> {
        self.0.complete_in_thread(store.prepare_update(items)?, |_| (), checkpoint)
    }

    /// Waits until all updates have happened or are undone.
    pub fn wait(&self) {
        self.0.wait();
    }
}
