//! Stores in Redis, which several hosts can share.
//!
//! From the bottom: `wire` is the socket, `connection` sends requests over it and reads replies,
//! and `link` keeps one connection for each open store. `open_store`, `reading`, `setting`,
//! `counting`, `removing`, `upload` and `streams` are the functions of a store. The page
//! `docs/redis.md` says what holds.

mod address;
mod connection;
#[cfg(feature = "keyvalue")]
mod counting;
mod failure;
mod link;
mod names;
mod open_store;
mod options;
mod reading;
mod removing;
mod replies;
mod setting;
mod streams;
mod upload;
mod wire;

use std::sync::Arc;

use filemap::array::{Memmap, Mode};
use filemap::error::{Error, Result};
use filemap::message;
use filemap::store::rules::check_value_mode;
use filemap::store::{Findings, OpenOptions};

use super::{KeyValueStore, NextItems, NextKeys, ReadValue, ServedStore, WriteValue};
use crate::interrupter::Interrupter;
use crate::pages::MmapRegion;
use open_store::OpenStore;
pub use options::{RedisOptions, RedisStore};
use streams::{Reader, Stream, Writer};

impl ServedStore for RedisStore {
    fn open(
        &self,
        path: &str,
        options: OpenOptions,
        interrupter: &Interrupter,
    ) -> Result<Box<dyn KeyValueStore>> {
        let (server, names) = self.parts();
        Ok(Box::new(Handle(OpenStore::open(server, names, path, options, interrupter)?)))
    }
}

/// A plugin's handle of an open store. Dropping it closes the store.
struct Handle(Arc<OpenStore>);

impl Handle {
    /// Returns a stream from the first key.
    fn stream(&self) -> Result<Stream> {
        self.0.live()?;
        Ok(Stream { store: Arc::clone(&self.0), after: None })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl KeyValueStore for Handle {
    fn has_index(&self) -> bool {
        false
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.0.live()?;
        self.0.get(key)
    }

    fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
        self.0.live()?;
        self.0.get_range(key, offset, length)
    }

    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        self.0.live()?;
        self.0.get_many(keys)
    }

    fn size_of(&self, key: &str) -> Result<Option<u64>> {
        self.0.live()?;
        self.0.size_of(key)
    }

    fn reader_from(&self, key: &str, offset: u64) -> Result<Option<Box<dyn ReadValue>>> {
        self.0.live()?;
        Ok(Reader::open(&self.0, key, offset)?.map(|reader| Box::new(reader) as _))
    }

    fn open_value(&self, key: &str, mode: Mode) -> Result<Option<Memmap<MmapRegion>>> {
        check_value_mode(mode)?;
        if mode.changes_file() {
            self.0.writeable()?;
        }
        if !self.contains(key)? {
            return Ok(None);
        }
        Err(Error::Unsupported(message!(
            "a value of the store `{}` cannot be mapped, because it is on a server and not in a \
             file: read it by `get`, `get-range` or a `reader`",
            self.0.path
        )))
    }

    fn set(&self, key: &str, parts: &[Vec<u8>]) -> Result<()> {
        self.0.set(key, parts)
    }

    fn set_default(&self, key: &str, value: &[u8]) -> Result<Vec<u8>> {
        self.0.set_default(key, value)
    }

    fn update(&self, items: &[(String, Vec<u8>)]) -> Result<()> {
        self.0.update(items)
    }

    #[cfg(feature = "keyvalue")]
    fn increment(&self, key: &str, delta: u64) -> Result<u64> {
        self.0.increment(key, delta)
    }

    fn writer(&self, key: &str) -> Result<Box<dyn WriteValue>> {
        Ok(Box::new(Writer::open(&self.0, key)?))
    }

    fn remove(&self, key: &str) -> Result<bool> {
        self.0.remove(key)
    }

    fn pop(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.0.pop(key)
    }

    fn pop_item(&self) -> Result<Option<(String, Vec<u8>)>> {
        self.0.pop_item()
    }

    fn clear(&self) -> Result<()> {
        self.0.clear()
    }

    fn contains(&self, key: &str) -> Result<bool> {
        self.0.live()?;
        self.0.contains(key)
    }

    fn len(&self) -> Result<u64> {
        self.0.live()?;
        self.0.count().map_err(|failure| failure.into_error("count the keys of", &self.0.path))
    }

    fn keys(&self) -> Result<Box<dyn NextKeys>> {
        Ok(Box::new(self.stream()?))
    }

    fn items(&self) -> Result<Box<dyn NextItems>> {
        Ok(Box::new(self.stream()?))
    }

    fn verify(&self) -> Result<Findings> {
        self.0.live()?;
        self.0.verify()
    }

    fn describe(&self) -> String {
        self.0.describe()
    }

    fn close(&self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests;
