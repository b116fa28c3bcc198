//! How a store is opened.

use super::Store;
use crate::bindings::filemap::data::store as wit;
use crate::error::Result;

/// What must have reached the disk when a write returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Durability {
    /// Nothing: the operating system writes when it likes. The fastest, and what `zict.File` does.
    None,
    /// The bytes of the value, before it takes its name: after a power cut there is the old value or the new one, whole.
    Data,
    /// The bytes and the name: after a power cut there is the new value.
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
    /// A store for reading and writing, which is made where there is none, with [`Durability::Data`].
    pub const fn new() -> Self {
        Self { create: true, read_only: false, durability: Durability::Data }
    }

    /// Whether to make the directory, and those above it, where it does not exist. A store that is read-only is never made.
    pub const fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Whether to refuse every change. Opening then changes nothing on the disk either, and works in a directory that was
    /// granted for reading only.
    pub const fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// What must have reached the disk when a write returns.
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Opens the directory at `path`, reads its names, and removes what a crash has left.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) where there is no directory, and none is to be made;
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) where there is a file;
    /// [`Error::AccessDenied`](crate::Error::AccessDenied) for what was not granted;
    /// [`Error::Busy`](crate::Error::Busy) if another host has the directory open for writing.
    pub fn open(&self, path: &str) -> Result<Store> {
        let durability = match self.durability {
            Durability::None => wit::Durability::None,
            Durability::Data => wit::Durability::Data,
            Durability::Full => wit::Durability::Full,
        };
        let options = wit::OpenOptions { create: self.create, read_only: self.read_only, durability };
        Ok(Store { raw: wit::Store::open(path, options)? })
    }
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self::new()
    }
}
