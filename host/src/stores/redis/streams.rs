//! Readers, writers, and streams of keys and items.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use filemap::error::Result;
use filemap::limits::MAX_TRANSFER;
use filemap::store::rules::{self, check_appended, check_max};
use filemap::store::{next_items, next_keys};

use super::failure::{Failure, Outcome};
use super::link::command;
use super::open_store::OpenStore;
use super::reading::get_range;
use super::replies::{bytes, exactly, number};
use super::upload::{LIFETIME, Upload, temporary_name};
use crate::stores::{AppendBytes, NextItems, NextKeys, ReadValue, WriteValue};

/// The number of bytes that a reader fetches at least. A value without more bytes needs no copy.
const FETCHED: u64 = 64 << 10;

/// The keys or items of a store.
pub(super) struct Stream {
    pub(super) store: Arc<OpenStore>,
    pub(super) after: Option<String>,
}

impl NextKeys for Stream {
    fn next(&mut self, max: u32) -> Result<Vec<String>> {
        next_keys(&*self.store, &mut self.after, max)
    }
}

impl NextItems for Stream {
    fn next(&mut self, max: u32) -> Result<Vec<(String, Vec<u8>)>> {
        next_items(&*self.store, &mut self.after, max)
    }
}

/// A reader. The rest of a long value is a copy on the server, which stays when the key changes,
/// and which the server removes when nobody has read it for an hour.
pub(super) struct Reader {
    store: Arc<OpenStore>,
    key: String,
    size: u64,
    position: u64,
    /// The bytes that were fetched last, and how many of them were read. The next one is at
    /// `position`.
    fetched: Vec<u8>,
    used: usize,
    copy: Option<String>,
}

impl Reader {
    /// Opens a reader from byte `offset` of a value.
    pub(super) fn open(store: &Arc<OpenStore>, key: &str, offset: u64) -> Result<Option<Self>> {
        let failed = |failure| store.read_failed(key, failure);
        let Some((size, bytes)) = store.read(key, offset, FETCHED).map_err(failed)? else {
            return Ok(None);
        };
        let position = offset.min(size);
        let mut reader = Self {
            store: Arc::clone(store),
            key: key.to_owned(),
            size,
            position,
            fetched: bytes,
            used: 0,
            copy: None,
        };
        if reader.fetched.len() as u64 == size - position {
            return Ok(Some(reader));
        }
        let is_copied = reader.copy(offset).map_err(failed)?;
        Ok(is_copied.then_some(reader))
    }

    /// Copies the value on the server, and begins to read the copy. Returns whether the key still
    /// exists.
    fn copy(&mut self, offset: u64) -> Outcome<bool> {
        let Some(value) = self.store.names.value(&self.key) else { return Ok(false) };
        let name = temporary_name(&self.store);
        let commands = [
            command("COPY", &[&value, &name]),
            command("EXPIRE", &[&name, LIFETIME]),
            command("STRLEN", &[&name]),
            get_range(&name, offset, FETCHED),
        ];
        self.copy = Some(name);
        let replies = self.store.link.session()?.transact_always(&commands, FETCHED)?;
        let [is_copied, _, size, data] = exactly(replies)?;
        // Another host may have set another value since it was read first.
        (self.size, self.fetched) = (number(&size)?, bytes(data)?);
        self.position = offset.min(self.size);
        Ok(number(&is_copied)? == 1)
    }

    /// Fetches `length` bytes of the copy.
    fn fetch(&self, offset: u64, length: u64) -> Outcome<Vec<u8>> {
        let name = self.copy.as_deref().ok_or(Failure::Lost)?;
        let commands = [command("EXPIRE", &[name, LIFETIME]), get_range(name, offset, length)];
        let replies = self.store.link.session()?.batch(&commands, length)?;
        let [_, data] = exactly(replies)?;
        let data = bytes(data)?;
        if data.len() as u64 == length { Ok(data) } else { Err(Failure::Lost) }
    }
}

impl ReadValue for Reader {
    fn read(&mut self, max: u64) -> Result<Vec<u8>> {
        check_max(max, "bytes")?;
        let failed = |failure| self.store.read_failed(&self.key, failure);
        self.store.link.checkpoint().map_err(|error| failed(error.into()))?;
        let max = max.min(MAX_TRANSFER).min(self.remaining());
        let rest = &self.fetched[self.used..];
        let missing = max.saturating_sub(rest.len() as u64);
        let count = usize::try_from(max - missing).unwrap_or(rest.len());
        let mut read = rest[..count].to_vec();
        if missing > 0 {
            let offset = self.position + count as u64;
            let length = missing.max(FETCHED).min(self.size - offset);
            let fetched = self.fetch(offset, length).map_err(failed)?;
            let missing = usize::try_from(missing).unwrap_or(fetched.len());
            if read.is_empty() && missing == fetched.len() {
                (read, self.fetched, self.used) = (fetched, Vec::new(), 0);
            } else {
                read.extend_from_slice(&fetched[..missing]);
                (self.fetched, self.used) = (fetched, missing);
            }
        } else {
            self.used += count;
        }
        self.position += max;
        Ok(read)
    }

    fn remaining(&self) -> u64 {
        self.size - self.position
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(name) = &self.copy {
            self.store.link.forget(name);
        }
    }
}

/// A writer.
pub(super) struct Writer {
    store: Arc<OpenStore>,
    key: String,
    /// `None` after the commit. Streams share it.
    upload: Option<Arc<Mutex<Upload>>>,
    /// The lengths of the value before and after the last stream, until that has all its bytes.
    stream: Option<(u64, u64)>,
}

impl Writer {
    pub(super) fn open(store: &Arc<OpenStore>, key: &str) -> Result<Self> {
        store.check_settable(key)?;
        let upload = Arc::new(Mutex::new(Upload::new(Arc::clone(store))));
        Ok(Self {
            store: Arc::clone(store),
            key: key.to_owned(),
            upload: Some(upload),
            stream: None,
        })
    }

    /// Begins a call, and returns the value. Fails if the last stream does not have all its bytes.
    fn begin(&mut self) -> Result<&Arc<Mutex<Upload>>> {
        self.store.live()?;
        let Some(upload) = &self.upload else { return Err(rules::committed(&self.key)) };
        if let Some((start, end)) = self.stream {
            let length = lock(upload).length();
            if length < end {
                return Err(rules::unfinished_stream(&self.key, length - start, end - start));
            }
            self.stream = None;
        }
        Ok(upload)
    }
}

impl WriteValue for Writer {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        let upload = Arc::clone(self.begin()?);
        check_appended(data.len() as u64)?;
        let appended = lock(&upload).append(data);
        appended.map_err(|failure| failure.into_error(&rules::writing(&self.key), &self.store.path))
    }

    fn append_stream(&mut self, length: u64) -> Result<Box<dyn AppendBytes>> {
        let upload = Arc::clone(self.begin()?);
        let start = lock(&upload).length();
        self.stream = Some((start, rules::appended_length(start, length)?));
        Ok(Box::new(Appender { upload, path: self.store.path.clone() }))
    }

    fn commit(&mut self) -> Result<()> {
        self.begin()?;
        let Some(upload) = self.upload.take() else { return Err(rules::committed(&self.key)) };
        // A stream that has all its bytes may still share it. It takes no more.
        let upload = lock(&upload).take();
        self.store.commit_upload(&self.key, upload)
    }

    fn abort(&mut self) {
        if let Some(upload) = self.upload.take() {
            drop(lock(&upload).take());
        }
    }

    fn is_finished(&self) -> bool {
        self.upload.is_none()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.abort();
    }
}

/// A stream that appends to the value of a writer.
struct Appender {
    upload: Arc<Mutex<Upload>>,
    path: String,
}

impl AppendBytes for Appender {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        let appended = lock(&self.upload).append(bytes);
        appended.map_err(|failure| failure.into_error("write the value in", &self.path))
    }
}

fn lock(upload: &Mutex<Upload>) -> MutexGuard<'_, Upload> {
    upload.lock().unwrap_or_else(PoisonError::into_inner)
}
