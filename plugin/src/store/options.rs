//! How a store is opened.

use super::Store;
use crate::bindings::filemap::data::store as wit;
use crate::error::Result;

/// What a write guarantees to be on disk when it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Durability {
    /// Nothing. A value survives the end of the plugin and of its host. The fastest, and what
    /// `zict.File` does.
    None,
    /// The bytes of the value, before its file gets its name: after a power cut the key has the old
    /// value or the new one, whole.
    Data,
    /// The bytes and the name: after a power cut the key has the new value.
    Full,
}

/// How to open a store.
///
/// ```no_run
/// use filemap_plugin::{Durability, StoreOptions};
///
/// let cache = StoreOptions::new().durability(Durability::None).open("data/cache")?;
/// # Ok::<(), filemap_plugin::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct StoreOptions {
    create: bool,
    read_only: bool,
    durability: Durability,
}

impl StoreOptions {
    /// A store for reading and writing, which is created if it does not exist, with
    /// [`Durability::Data`].
    pub const fn new() -> Self {
        Self { create: true, read_only: false, durability: Durability::Data }
    }

    /// Whether to create the directory, and its parents, if it does not exist. A read-only store is
    /// never created.
    pub const fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Whether every change is [`Error::AccessDenied`](crate::Error::AccessDenied). Opening then
    /// changes nothing on disk either, and works in a directory that was granted for reading only.
    pub const fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// What a write guarantees to be on disk when it returns.
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Opens the directory at `path`, reads its names, and removes what a crash left.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if the directory does not exist and is not to be
    /// created; [`Error::InvalidArgument`](crate::Error::InvalidArgument) if the path is a file;
    /// [`Error::AccessDenied`](crate::Error::AccessDenied) for what was not granted;
    /// [`Error::Busy`](crate::Error::Busy) if another host has the directory open for writing.
    pub fn open(&self, path: &str) -> Result<Store> {
        let durability = match self.durability {
            Durability::None => wit::Durability::None,
            Durability::Data => wit::Durability::Data,
            Durability::Full => wit::Durability::Full,
        };
        let options =
            wit::StoreOptions { create: self.create, read_only: self.read_only, durability };
        Ok(Store { raw: wit::Store::open(path, options)? })
    }
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self::new()
    }
}
