//! Iterators over keys and items, and readers and writers of values.

use std::io::{self, Read, Write};
use std::{fmt, vec};

use crate::bindings::filemap::data::store as wit;
use crate::bulk::{self, ValueReader};
use crate::error::{Error, Result};

/// The maximum number of keys of one call.
const MAX_KEYS: u32 = 1000;

/// The maximum number of items of the first call: few, because values may be large.
const FIRST_ITEMS: u32 = 16;

/// The maximum number of items of one call.
const MAX_ITEMS: u64 = 128;

/// The number of bytes that a call of an item stream should return: enough that the cost of a call
/// does not matter, and little enough that their memory is used again by the next call.
const ITEM_BYTES: u64 = 512 << 10;

/// Defines an iterator over a stream of the interface, which returns several items by each call.
macro_rules! stream_iterator {
    ($(#[$attribute:meta])* $name:ident, $item:ty, $stream:ty, $first:expr, $next:expr) => {
        $(#[$attribute])*
        ///
        /// After an error the iterator continues after the item that could not be read. Only
        /// [`Error::Closed`](crate::Error::Closed) ends it.
        pub struct $name {
            /// `None` at the end.
            stream: Option<$stream>,
            /// The items of the last call that were not returned yet.
            read: vec::IntoIter<$item>,
            /// The maximum number of items of the next call.
            max: u32,
        }

        impl $name {
            pub(super) fn new(stream: $stream) -> Self {
                Self { stream: Some(stream), read: Vec::new().into_iter(), max: $first }
            }
        }

        impl Iterator for $name {
            type Item = Result<$item>;

            fn next(&mut self) -> Option<Self::Item> {
                if let Some(item) = self.read.next() {
                    return Some(Ok(item));
                }
                match self.stream.as_ref()?.next(self.max).map_err(Error::from) {
                    Ok(items) => {
                        self.max = $next(&items);
                        self.read = items.into_iter();
                    }
                    Err(error) => {
                        if matches!(error, Error::Closed(_)) {
                            self.stream = None;
                        }
                        return Some(Err(error));
                    }
                }
                let item = self.read.next();
                if item.is_none() {
                    self.stream = None;
                }
                item.map(Ok)
            }
        }

        impl std::iter::FusedIterator for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

stream_iterator! {
    /// An iterator over the keys of a store. [`Store::keys`](super::Store::keys) returns it.
    Keys, String, wit::KeyStream, MAX_KEYS, |_: &[String]| MAX_KEYS
}

stream_iterator! {
    /// An iterator over the keys of a store and their values.
    /// [`Store::items`](super::Store::items) returns it.
    Items, (String, Vec<u8>), wit::ItemStream, FIRST_ITEMS, next_items
}

/// Returns how many items the next call should return if they are as long as these.
fn next_items(items: &[(String, Vec<u8>)]) -> u32 {
    let length: usize = items.iter().map(|(key, value)| key.len() + value.len()).sum();
    let count = ITEM_BYTES * items.len() as u64 / (length as u64).max(1);
    u32::try_from(count.clamp(1, MAX_ITEMS)).unwrap_or(1)
}

/// A reader of a value, from its start to its end. [`Store::reader`](super::Store::reader) returns
/// it.
///
/// Every `read` is a call to the host, as for a `File`: for many small reads, wrap the reader in a
/// [`std::io::BufReader`]. A value that is truncated while it is read is an error of the kind
/// `UnexpectedEof`.
pub struct Reader {
    value: ValueReader,
}

impl Reader {
    pub(super) fn new(value: ValueReader) -> Self {
        Self { value }
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.value.read(buffer.len() as u64)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    fn read_to_end(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        let before = buffer.len();
        self.value.read_to_end(buffer)?;
        Ok(buffer.len() - before)
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reader").finish_non_exhaustive()
    }
}

/// A writer of a value. [`Store::writer`](super::Store::writer) returns it.
///
/// The store is unchanged until [`commit`](Self::commit). A drop without a commit discards the
/// value.
///
/// Every `write` is a call to the host, as for a `File`: for many small writes, wrap the writer in
/// a [`std::io::BufWriter`], whose `into_inner` returns the writer for the commit. After an error
/// the value is not complete: every later call returns the same error.
///
/// ```no_run
/// use std::io::{BufWriter, Write};
/// # use filemap_plugin::Store;
///
/// # fn check(store: &Store) -> std::io::Result<()> {
/// let mut log = BufWriter::new(store.writer("log")?);
/// for number in 0..1000 {
///     writeln!(log, "line {number}")?;
/// }
/// log.into_inner()?.commit()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "the value is discarded without `commit`"]
pub struct Writer {
    raw: wit::ValueWriter,
    /// The error of a write that failed.
    error: Option<Error>,
}

impl Writer {
    pub(super) fn new(raw: wit::ValueWriter) -> Self {
        Self { raw, error: None }
    }

    /// Sets the value of the key to the bytes that were written, atomically.
    ///
    /// # Errors
    ///
    /// Those of [`Store::insert`](super::Store::insert), and the error of a write that failed. The
    /// key keeps its old value.
    pub fn commit(self) -> Result<()> {
        match self.error {
            None => Ok(self.raw.commit()?),
            Some(error) => Err(error),
        }
    }

    /// Appends `data`, completely.
    pub(super) fn append(&mut self, data: &[u8]) -> Result<()> {
        if self.error.is_none() {
            self.error = bulk::append(&self.raw, data).err();
        }
        self.error.clone().map_or(Ok(()), Err)
    }
}

impl Write for Writer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.append(data)?;
        Ok(data.len())
    }

    /// Does nothing, because every write has gone to the provider.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Writer").finish_non_exhaustive()
    }
}
