//! Stores: directories as mappings from strings to bytes, like `zict.File`.
//!
//! A value is written under a temporary name, synced as the durability requires, and then renamed
//! to its final name, which has a new generation. Only then is the file of the previous generation
//! removed. So there is a complete value under a name of the key at every moment. Opening a
//! directory after a crash only has to take the newest generation of each key and remove the
//! others.
//!
//! All stores of a process on one directory share its index, and a key has one writer at a time
//! ([`Registry`]).

mod completion;
pub mod counter;
mod index;
pub mod key;
mod open;
mod read;
mod remove;
pub mod rules;
mod scan;
mod shared;
mod staging;
mod stream;
mod stripes;
mod verify;
mod write;
mod writer;

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::{Error, Result};
use crate::fs::{Directory, IoError, IoResult, Lock};
use crate::message;
pub use completion::Completion;
use index::{Index, key_memory, keys_after};
use key::{FileName, Generation};
pub use read::ValueReader;
pub use shared::Registry;
use shared::Shared;
pub use stream::{ItemStream, KeyStream, StreamSource, next_items, next_keys};
pub use verify::Findings;
pub use writer::ValueWriter;

/// The maximum number of names of each kind in [`Findings`].
const MAX_LISTED_NAMES: usize = 10_000;

/// What a write guarantees to be on disk when it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// Nothing.
    None,
    /// The bytes of a value, before the value gets its name.
    Data,
    /// The bytes and the name.
    Full,
}

/// The options of opening a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    /// Whether to create a missing directory.
    pub create: bool,
    /// Whether to reject every change.
    pub read_only: bool,
    /// What a write guarantees to be on disk when it returns.
    pub durability: Durability,
}

/// A mapping from strings to bytes in a directory, like `zict.File`. Dropping it closes it.
pub struct Store<D: Directory>(Arc<Handle<D>>);

/// The part of a store that its streams and writers share. They may outlive the store.
struct Handle<D: Directory> {
    /// The name in messages: the opened path, or a description.
    name: String,
    /// Whether `name` is a path.
    has_path: bool,
    options: OpenOptions,
    state: D::Lock<State<D>>,
}

enum State<D: Directory> {
    Open(Arc<Live<D>>),
    /// The description from before it was closed.
    Closed(String),
}

/// The state of an open store.
struct Live<D: Directory> {
    directory: Arc<D>,
    shared: Arc<Shared<D>>,
    /// Whether the store is counted as a writer.
    writes: bool,
    /// The temporary files of values that are being written.
    unfinished: D::Lock<Vec<Generation>>,
}

impl<D: Directory> Store<D> {
    /// Returns whether a key exists.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn contains(&self, key: &str) -> Result<bool> {
        Ok(self.0.live()?.shared.value_file(key).is_some())
    }

    /// Returns the number of keys.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    #[expect(
        clippy::len_without_is_empty,
        reason = "a closed store is neither empty nor not, and the WIT has only `len`"
    )]
    pub fn len(&self) -> Result<u64> {
        Ok(self.0.live()?.shared.with_index(|index| index.files.len() as u64))
    }

    /// Returns a stream of the keys. The keys may change while it is read.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn keys(&self) -> Result<KeyStream<D>> {
        self.0.live()?;
        Ok(KeyStream::new(Arc::clone(&self.0)))
    }

    /// Returns a stream of the keys with their values. Both may change while it is read.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn items(&self) -> Result<ItemStream<D>> {
        self.0.live()?;
        Ok(ItemStream::new(Arc::clone(&self.0)))
    }

    /// Returns a number that identifies the shared index of the directory while the store is open.
    #[must_use]
    pub fn directory_id(&self) -> Option<usize> {
        self.0.uninterrupted_live().ok().map(|live| Arc::as_ptr(&live.shared).addr())
    }

    /// Returns the approximate memory of the directory's keys, in bytes; `None` for a closed store.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        self.0.memory()
    }

    /// Returns by how much [`Store::memory`] grows if `key` gets a value.
    #[must_use]
    pub fn memory_growth(&self, key: &str) -> u64 {
        self.0.memory_growth(key)
    }

    /// Returns a one-line description: the directory, the number of keys, and warnings.
    #[must_use]
    pub fn describe(&self) -> String {
        self.0.state.with(|state| match state {
            State::Open(live) => format!("<{}>", live.describe(&self.0.name)),
            State::Closed(description) => format!("<{description}, closed>"),
        })
    }

    /// Closes the store. Uncommitted values of each [`ValueWriter`] are lost.
    pub fn close(&self) {
        self.0.state.with(|state| {
            if let State::Open(live) = state {
                let description = live.describe(&self.0.name);
                *state = State::Closed(description);
            }
        });
    }
}

impl<D: Directory> Drop for Store<D> {
    fn drop(&mut self) {
        // Streams and writers share the handle, and are closed with it.
        self.close();
    }
}

impl<D: Directory> Handle<D> {
    /// Returns the open state for a call, unless the host has ended the calls of the plugin.
    fn live(&self) -> Result<Arc<Live<D>>> {
        let live = self.uninterrupted_live()?;
        live.directory
            .checkpoint()
            .map_err(|error| Error::io("use the store", &self.name, &error))?;
        Ok(live)
    }

    /// Returns the open state, also after the host has ended the calls of the plugin.
    fn uninterrupted_live(&self) -> Result<Arc<Live<D>>> {
        self.state.with(|state| match state {
            State::Open(live) => Ok(Arc::clone(live)),
            State::Closed(_) => Err(rules::closed(&self.name)),
        })
    }

    /// Returns the open state for a call that changes the store.
    fn writeable(&self) -> Result<Arc<Live<D>>> {
        let live = self.live()?;
        if self.options.read_only {
            return Err(rules::read_only(&self.name));
        }
        Ok(live)
    }

    fn memory(&self) -> Option<u64> {
        let live = self.uninterrupted_live().ok()?;
        Some(live.shared.with_index(|index| index.memory()))
    }

    fn memory_growth(&self, key: &str) -> u64 {
        // A read-only or closed store does not grow.
        let Ok(live) = self.uninterrupted_live() else { return 0 };
        if self.options.read_only {
            return 0;
        }
        live.shared.with_index(|index| {
            let is_new =
                !index.files.contains_key(key) && index.check_settable(key, &self.name).is_ok();
            if is_new { key_memory(key) } else { 0 }
        })
    }

    fn read_failed(&self, key: &str, error: &IoError) -> Error {
        Error::io(&rules::reading(key), &self.name, error)
    }

    fn write_failed(&self, key: &str, error: &IoError) -> Error {
        Error::io(&rules::writing(key), &self.name, error)
    }
}

impl<D: Directory> Live<D> {
    fn keys_after(&self, after: Option<&str>, max: u32) -> Vec<String> {
        self.shared.with_index(|index| keys_after(&index.files, after, max))
    }

    fn describe(&self, name: &str) -> String {
        let (elements, ignored, is_locked, may_lack_keys) = self.shared.state.with(|state| {
            let Index { files, findings, may_lack_keys, .. } = &state.index;
            (files.len(), findings.foreign, state.lock.is_some(), *may_lack_keys)
        });
        let others = match ignored {
            0 => String::new(),
            1 => ", 1 other file ignored".into(),
            _ => format!(", {ignored} other files ignored"),
        };
        let lock = if self.writes && !is_locked { ", not locked" } else { "" };
        let lack = if may_lack_keys { ", keys may be missing" } else { "" };
        message!("File: {name}, {elements} elements{others}{lock}{lack}")
    }

    /// Removes the outdated values of a key that is locked. Keeps those that cannot be removed for
    /// later, and those that are left after an interruption.
    fn remove_outdated(&self, key: &str) -> IoResult<()> {
        let (mut result, mut after) = (Ok(()), None);
        while let Some((name, generation)) =
            self.shared.with_index(|index| index.next_outdated(key, after.as_deref()))
        {
            self.directory.checkpoint()?;
            match self.remove_value_file(key, generation) {
                Ok(()) => self.shared.with_index(|index| index.forget_outdated(&name)),
                Err(error) => result = Err(error),
            }
            after = Some(name);
        }
        result
    }

    /// Removes all outdated values. Keeps those that cannot be removed for later. Ends early after
    /// an interruption.
    fn remove_all_outdated(&self) -> IoResult<()> {
        let mut after = None;
        while let Some(name) =
            self.shared.with_index(|index| keys_after(&index.outdated, after.as_deref(), 1).pop())
        {
            if let FileName::Value(key, _) = key::parse(&name) {
                let checkpoint = || self.directory.checkpoint();
                _ = self
                    .shared
                    .stripes
                    .with_key_locked(&key, &checkpoint, || self.remove_outdated(&key))?;
            }
            after = Some(name);
        }
        Ok(())
    }

    /// Notes a file for later removal that is not a value.
    fn remove_later(&self, key: &str, generation: Generation) {
        self.shared.with_index(|index| index.add_outdated(key, generation));
    }

    /// Removes the file of a value. Succeeds if the file is gone afterwards, even if another
    /// program removed it, and also if a directory has its name now.
    fn remove_value_file(&self, key: &str, generation: Generation) -> IoResult<()> {
        let Ok(name) = key::file_name(key, generation) else { return Ok(()) };
        self.directory.remove_file(&name).or_else(|error| match self.directory.has_file(&name) {
            Ok(false) => Ok(()),
            _ => Err(error),
        })
    }
}

impl<D: Directory> Drop for Live<D> {
    fn drop(&mut self) {
        if !self.writes {
            return;
        }
        for number in self.unfinished.with(core::mem::take) {
            // The next opening finds the files that cannot be removed now.
            _ = self.directory.remove_file(&key::temporary_name(number));
        }
        // Outdated values that are left do no harm: the next opening finds them too.
        _ = self.remove_all_outdated();
        self.shared.state.with(|state| {
            state.writers -= 1;
            if state.writers == 0 {
                state.lock = None;
            }
        });
    }
}
