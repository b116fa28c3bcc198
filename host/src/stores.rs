//! The stores that a plugin opens: directories of its grants, and stores on servers that the
//! embedder has put at a path.
//!
//! [`KeyValueStore`] is what the interface `store` calls, for every kind of store. The rules are in
//! the engine: `filemap::store` for directories, and `filemap::store::rules` for all kinds.

mod directory;
#[cfg(test)]
pub(crate) mod histories;
#[cfg(feature = "redis")]
pub(crate) mod redis;

use std::fmt;
use std::sync::Arc;

use filemap::array::{Memmap, Mode};
use filemap::error::Result;
use filemap::fs::Preopens;
use filemap::store::{Findings, OpenOptions};

use crate::files::UpdateReservations;
use crate::interrupter::Interrupter;
use crate::pages::MmapRegion;

/// An open store: the functions of the resource `store`, with its errors.
///
/// The calls take `&self`, because streams, readers and writers of a store work beside it.
pub(crate) trait KeyValueStore: Send + Sync {
    /// Whether [`contains`](Self::contains), [`len`](Self::len), [`describe`](Self::describe) and
    /// key streams answer from memory, so that they need no other thread.
    fn has_index(&self) -> bool;
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>>;
    fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>>;
    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>>;
    fn size_of(&self, key: &str) -> Result<Option<u64>>;
    /// Returns a reader from byte `offset`, or from the end of a shorter value.
    fn reader_from(&self, key: &str, offset: u64) -> Result<Option<Box<dyn ReadValue>>>;
    fn open_value(&self, key: &str, mode: Mode) -> Result<Option<Memmap<MmapRegion>>>;
    /// Sets the concatenation of `parts`.
    fn set(&self, key: &str, parts: &[Vec<u8>]) -> Result<()>;
    fn set_default(&self, key: &str, value: &[u8]) -> Result<Vec<u8>>;
    fn update(&self, items: &[(String, Vec<u8>)]) -> Result<()>;

    /// Like [`update`](Self::update), with what it takes of the plugin's budgets until it is
    /// complete. A store without an index takes nothing.
    fn update_with_reservations(
        &self,
        items: &[(String, Vec<u8>)],
        _reservations: UpdateReservations,
    ) -> Result<()> {
        self.update(items)
    }

    /// Adds `delta` to a [counter](filemap::store::counter), at one moment, and returns the sum.
    #[cfg(feature = "keyvalue")]
    fn increment(&self, key: &str, delta: u64) -> Result<u64>;
    fn writer(&self, key: &str) -> Result<Box<dyn WriteValue>>;
    fn remove(&self, key: &str) -> Result<bool>;
    fn pop(&self, key: &str) -> Result<Option<Vec<u8>>>;
    fn pop_item(&self) -> Result<Option<(String, Vec<u8>)>>;
    fn clear(&self) -> Result<()>;
    fn contains(&self, key: &str) -> Result<bool>;
    fn len(&self) -> Result<u64>;
    fn keys(&self) -> Result<Box<dyn NextKeys>>;
    fn items(&self) -> Result<Box<dyn NextItems>>;
    fn verify(&self) -> Result<Findings>;
    fn describe(&self) -> String;
    fn close(&self);

    /// Returns a number that identifies the index that the store shares with others, if it has one.
    fn index_id(&self) -> Option<usize> {
        None
    }

    /// Returns the memory of the index, in bytes, or `None` if the store is closed: other stores
    /// may have the index open.
    fn index_memory(&self) -> Option<u64> {
        Some(0)
    }

    /// Returns by how much the memory of the index grows if `key` gets a value.
    fn index_growth(&self, _key: &str) -> u64 {
        0
    }
}

/// A value that is read from its start to its end: the resource `value-reader`.
pub(crate) trait ReadValue: Send {
    fn read(&mut self, max: u64) -> Result<Vec<u8>>;

    /// Returns the number of bytes up to the end of the value.
    fn remaining(&self) -> u64;
}

/// A value that is being written: the resource `value-writer`. Dropping it discards the value.
pub(crate) trait WriteValue: Send {
    fn write(&mut self, data: &[u8]) -> Result<()>;

    /// Opens a stream that will append `length` bytes.
    fn append_stream(&mut self, length: u64) -> Result<Box<dyn AppendBytes>>;
    fn commit(&mut self) -> Result<()>;

    /// Discards the value.
    fn abort(&mut self);

    /// Whether the writer was committed or aborted.
    fn is_finished(&self) -> bool;

    /// Like [`KeyValueStore::index_memory`].
    fn index_memory(&self) -> Option<u64> {
        Some(0)
    }

    /// Returns by how much the memory of the index grows with the commit.
    fn index_growth(&self) -> u64 {
        0
    }
}

/// A stream that appends to a value.
pub(crate) trait AppendBytes: Send {
    fn append(&mut self, bytes: &[u8]) -> Result<()>;
}

/// The keys of a store, in pieces: the resource `key-stream`.
pub(crate) trait NextKeys: Send {
    fn next(&mut self, max: u32) -> Result<Vec<String>>;
}

/// The items of a store, in pieces: the resource `item-stream`.
pub(crate) trait NextItems: Send {
    fn next(&mut self, max: u32) -> Result<Vec<(String, Vec<u8>)>>;
}

/// A store on a server, which plugins open by a path.
pub(crate) trait ServedStore: Send + Sync + fmt::Debug {
    /// Opens the store for one plugin, whose calls `interrupter` ends. `path` is its name in
    /// messages.
    fn open(
        &self,
        path: &str,
        options: OpenOptions,
        interrupter: &Interrupter,
    ) -> Result<Box<dyn KeyValueStore>>;
}

/// The stores on servers that a plugin may open, by their paths.
#[derive(Clone, Debug)]
pub(crate) struct ServedStores(Arc<Preopens<Arc<dyn ServedStore>>>);

impl ServedStores {
    pub(crate) fn new(stores: &[(String, Arc<dyn ServedStore>)]) -> Self {
        Self(Arc::new(Preopens::new(stores.to_vec())))
    }

    /// Returns the store at a path, which may be spelled differently (`./results`). There is
    /// nothing below a store.
    pub(crate) fn find(&self, path: &str) -> Option<Arc<dyn ServedStore>> {
        let (store, rest) = self.0.resolve(path).ok()?;
        (rest == ".").then(|| Arc::clone(store))
    }
}
