//! How to open a store.

use super::Store;
use crate::bindings::filemap::data::store::{self as wit, Durability};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

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
pub struct StoreOptions(wit::StoreOptions);

impl StoreOptions {
    /// Returns the default options: a store for reading and writing, which is created if it does
    /// not exist, with [`Durability::Data`].
    pub const fn new() -> Self {
        Self(wit::StoreOptions { create: true, read_only: false, durability: Durability::Data })
    }

    /// Sets whether to create the directory, and its parents, if it does not exist. The default is
    /// `true`. A read-only store is never created.
    pub const fn create(mut self, create: bool) -> Self {
        self.0.create = create;
        self
    }

    /// Sets whether every change fails with [`Error::AccessDenied`]. The default is `false`. To
    /// open a read-only store changes nothing on disk, and works in a directory that was granted
    /// for reading only.
    pub const fn read_only(mut self, read_only: bool) -> Self {
        self.0.read_only = read_only;
        self
    }

    /// Sets what a write guarantees to be on disk when it returns. The default is
    /// [`Durability::Data`].
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.0.durability = durability;
        self
    }

    /// Opens the directory at `path`, reads its names, and removes temporary and outdated files
    /// that a crash left. Similar to `zict.File(path)`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if the directory does not exist and the options do not create it;
    /// [`Error::InvalidArgument`] if the path is a file; [`Error::AccessDenied`] for a path that
    /// was not granted, or was granted for reading only; [`Error::Busy`] if another host has the
    /// directory open for writing; [`Error::LimitExceeded`] if the keys take more than 256 MiB of
    /// memory.
    pub fn open(&self, path: &str) -> Result<Store> {
        Ok(Store::new(wit::Store::open(path, self.0)?))
    }
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self::new()
    }
}
