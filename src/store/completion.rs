//! The end of an `update`: the commit of its values, or the removal of their temporary files.
//!
//! Both change a file for each value, and neither stops halfway. So a provider with threads can
//! leave a completion to a thread of its own, where it goes on after the call was interrupted.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem;

use super::rules::{check_items, last_of_each_key};
use super::staging::StagedValue;
use super::{Handle, Live, Store};
use crate::checkpoint::Checkpoint;
use crate::error::{Error, Result};
use crate::fs::{Directory, IoError, IoErrorKind};

/// The values of an `update`, in temporary files, and what is left to do.
#[must_use = "the temporary files stay until the completion is run"]
pub struct Completion<D: Directory> {
    handle: Arc<Handle<D>>,
    live: Arc<Live<D>>,
    staged: Vec<StagedValue>,
    /// Why the values are not committed.
    failure: Option<Error>,
}

impl<D: Directory> Store<D> {
    /// Writes the values of an [`update`](Store::update) to temporary files. Running the result
    /// completes the update, also if a value could not be written.
    ///
    /// # Errors
    ///
    /// Those of [`Store::update`], before the first value is written.
    pub fn prepare_update(
        &self,
        items: &[(impl AsRef<str>, impl AsRef<[u8]>)],
    ) -> Result<Completion<D>> {
        let live = self.0.writeable()?;
        check_items(items)?;
        let key = |number: usize| items[number].0.as_ref();
        let last = last_of_each_key(items);
        for &number in &last {
            live.shared.with_index(|index| index.check_settable(key(number), &self.0.name))?;
        }
        let mut completion =
            Completion { handle: Arc::clone(&self.0), live, staged: Vec::new(), failure: None };
        for number in last {
            match self.0.stage(&completion.live, key(number), &[items[number].1.as_ref()]) {
                Ok(value) => completion.staged.push(value),
                Err(error) => {
                    completion.failure = Some(error);
                    break;
                }
            }
        }
        Ok(completion)
    }

    /// Waits until the changes that are under way are complete: those of `key`, or those of every
    /// key. A provider that leaves completions to threads calls this before a call that has to come
    /// after an update, also if the caller of the update has left, and would not wait for each of
    /// its keys by itself.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], [`Error::AccessDenied`] if the store is read-only, and
    /// [`Error::Interrupted`].
    pub fn wait_for_changes(&self, key: Option<&str>) -> Result<()> {
        let live = self.0.writeable()?;
        live.shared
            .stripes
            .wait_for_changes(key, &|| live.directory.checkpoint())
            .map_err(|error| Error::io("change the store", &self.0.name, &error))
    }
}

impl<D: Directory> Completion<D> {
    /// Returns the directory of the store.
    #[must_use]
    pub fn directory(&self) -> &Arc<D> {
        &self.live.directory
    }

    /// Returns the number of files that are renamed or removed, besides the old values.
    #[must_use]
    pub fn files(&self) -> usize {
        self.staged.len()
    }

    /// Returns the error of the call if its caller does not wait for the completion.
    #[must_use]
    pub fn interrupted(&self) -> Error {
        self.failure.clone().unwrap_or_else(|| {
            let key = self.staged.first().map_or("", |value| &*value.key);
            self.handle.write_failed(key, &IoErrorKind::Interrupted.into())
        })
    }

    /// Returns the approximate memory of the directory's keys, in bytes, also if the store is
    /// closed.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.live.shared.with_index(|index| index.memory())
    }

    /// Commits the values, all or none. A second call has nothing left to do.
    ///
    /// Fails without a commit if `checkpoint` fails while the keys are not locked, or when they
    /// just are. Afterwards it has no effect: to undo a commit would take as long as to complete
    /// it.
    ///
    /// # Errors
    ///
    /// Those of [`Store::update`]. All keys have their old values then.
    pub fn run(&mut self, checkpoint: Checkpoint<'_, IoError>) -> Result<()> {
        let staged = mem::take(&mut self.staged);
        match self.failure.take() {
            Some(error) => {
                self.live.abort_all(&staged);
                Err(error)
            }
            None => self.handle.commit_staged(&self.live, &staged, checkpoint),
        }
    }
}
