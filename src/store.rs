//! A directory as a mapping from strings to bytes.
//!
//! A value is written under a temporary name, synced as far as the durability says, and then
//! renamed to its own, which has a generation that was never used before. Only then is the file of
//! the generation before removed. So at every moment there is a whole value under a name of the
//! key, and opening a directory that a crash has left needs only to take the newest generation of
//! each key and to remove the rest.
//!
//! All stores of a process on one directory share its index, and a key has one writer at a time
//! ([`Registry`]).

mod index;
pub mod key;
mod open;
mod read;
mod remove;
mod scan;
mod shared;
mod staging;
mod stream;
mod verify;
mod write;
mod writer;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::fs::{Directory, IoError, IoResult, Lock};
use index::key_memory;
use key::Generation;
pub use read::ValueReader;
pub use shared::Registry;
use shared::Shared;
pub use stream::{ItemStream, KeyStream};
pub use verify::Findings;
pub use writer::ValueWriter;

/// How many names [`Findings`] has of each kind.
const MAX_LISTED_NAMES: usize = 10_000;

/// What must have reached the disk when a write returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// Nothing.
    None,
    /// The bytes of a value, before it takes its name.
    Data,
    /// The bytes and the name.
    Full,
}

/// How to open a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    /// Whether to make the directory where there is none.
    pub create: bool,
    /// Whether to refuse every change.
    pub read_only: bool,
    /// What must have reached the disk when a write returns.
    pub durability: Durability,
}

/// A mapping from strings to bytes that lives in a directory: what `zict.File` is to Python. It is
/// closed when it is dropped.
pub struct Store<D: Directory>(Arc<Handle<D>>);

/// A store as its streams and writers see it, which may outlive it.
struct Handle<D: Directory> {
    /// The path that was opened, for people.
    name: String,
    /// Whether that is a path.
    has_path: bool,
    options: OpenOptions,
    state: D::Lock<State<D>>,
}

enum State<D: Directory> {
    Open(Arc<Live<D>>),
    /// What there was to say of it, for people.
    Closed(String),
}

/// A store that is open.
struct Live<D: Directory> {
    directory: D,
    shared: Arc<Shared<D>>,
    /// Whether it counts as one that writes.
    writes: bool,
    /// The temporary files of values that are being written.
    unfinished: D::Lock<Vec<Generation>>,
}

impl<D: Directory> Store<D> {
    /// Whether there is such a key.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn contains(&self, key: &str) -> Result<bool> {
        Ok(self.0.live()?.shared.value_file(key).is_some())
    }

    /// The number of keys.
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

    /// The keys, which may change meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn keys(&self) -> Result<KeyStream<D>> {
        self.0.live()?;
        Ok(KeyStream::new(Arc::clone(&self.0)))
    }

    /// The keys with their values, which may change meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn items(&self) -> Result<ItemStream<D>> {
        self.0.live()?;
        Ok(ItemStream::new(Arc::clone(&self.0)))
    }

    /// A number that this store has in common with those that share its index, and with no others,
    /// as long as it is open.
    #[must_use]
    pub fn directory_id(&self) -> Option<usize> {
        self.0.live().ok().map(|live| Arc::as_ptr(&live.shared).addr())
    }

    /// About how much memory the keys of the directory take, in bytes; nothing for a closed store.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.0.memory()
    }

    /// By how much that grows when `key` gets a value.
    #[must_use]
    pub fn memory_growth(&self, key: &str) -> u64 {
        self.0.memory_growth(key)
    }

    /// One line for people: the directory, the number of keys, and what there is to say besides.
    #[must_use]
    pub fn describe(&self) -> String {
        self.0.state.with(|state| match state {
            State::Open(live) => format!("<{}>", live.describe(&self.0.name)),
            State::Closed(description) => format!("<{description}, closed>"),
        })
    }

    /// Lets go of the directory. What is being written by a [`ValueWriter`] is gone.
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
        // Its streams and writers have the rest of it, and are closed with it.
        self.close();
    }
}

impl<D: Directory> Handle<D> {
    fn live(&self) -> Result<Arc<Live<D>>> {
        self.state.with(|state| match state {
            State::Open(live) => Ok(Arc::clone(live)),
            State::Closed(_) => {
                Err(Error::Closed(format!("the store `{}` was closed; open it again", self.name)))
            }
        })
    }

    /// The same for a call that changes something.
    fn writeable(&self) -> Result<Arc<Live<D>>> {
        let live = self.live()?;
        if self.options.read_only {
            let name = &self.name;
            return Err(Error::AccessDenied(format!(
                "the store `{name}` was opened `read-only`: open it without"
            )));
        }
        Ok(live)
    }

    fn memory(&self) -> u64 {
        self.live().map_or(0, |live| live.shared.with_index(|index| index.memory()))
    }

    fn memory_growth(&self, key: &str) -> u64 {
        // Nothing where it gets none.
        let Ok(live) = self.writeable() else { return 0 };
        live.shared.with_index(|index| {
            let is_new =
                !index.files.contains_key(key) && index.check_settable(key, &self.name).is_ok();
            if is_new { key_memory(key) } else { 0 }
        })
    }

    fn read_failed(&self, key: &str, error: &IoError) -> Error {
        Error::io(&format!("read the value of `{}` in", excerpt(key)), &self.name, error)
    }

    fn write_failed(&self, key: &str, error: &IoError) -> Error {
        Error::io(&format!("write the value of `{}` in", excerpt(key)), &self.name, error)
    }
}

impl<D: Directory> Live<D> {
    fn keys_after(&self, after: Option<&str>, max: u32) -> Vec<String> {
        self.shared.with_index(|index| index.keys_after(after, max))
    }

    fn describe(&self, name: &str) -> String {
        let (elements, ignored, is_locked) = self.shared.state.with(|state| {
            (state.index.files.len(), state.index.findings.foreign, state.lock.is_some())
        });
        let others = match ignored {
            0 => String::new(),
            1 => ", 1 other file ignored".into(),
            _ => format!(", {ignored} other files ignored"),
        };
        let lock = if self.writes && !is_locked { ", not locked" } else { "" };
        format!("File: {name}, {elements} elements{others}{lock}")
    }

    /// Removes the outdated values of a key that nobody else changes meanwhile, and keeps in mind
    /// what cannot be removed.
    fn remove_outdated(&self, key: &str) -> IoResult<()> {
        let mut result = Ok(());
        for generation in self.shared.with_index(|index| index.take_outdated(key)) {
            if let Err(error) = self.remove_value_file(key, generation) {
                self.remove_later(key, generation);
                result = Err(error);
            }
        }
        result
    }

    /// Takes note of a file that is no value, and has to be removed later.
    fn remove_later(&self, key: &str, generation: Generation) {
        self.shared.with_index(|index| index.outdated.push((key.to_string(), generation)));
    }

    /// Removes the file of a value. That it is gone is all that counts, also where that is somebody
    /// else's doing, where a directory has its name now, or where the removal was done and reported
    /// as failed.
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
            // What cannot be removed now is found again by whoever opens the directory next.
            _ = self.directory.remove_file(&key::temporary_name(number));
        }
        let outdated = self.shared.with_index(|index| index.outdated.clone());
        for (key, _) in outdated {
            _ = self.shared.with_key_locked(&key, || self.remove_outdated(&key));
        }
        self.shared.state.with(|state| {
            state.writers -= 1;
            if state.writers == 0 {
                state.lock = None;
            }
        });
    }
}
