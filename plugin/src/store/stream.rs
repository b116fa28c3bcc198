//! Keys and values in pieces.

use std::io::{self, Read, Write};
use std::{fmt, vec};

use crate::bindings::filemap::data::store as wit;
use crate::bulk::{self, Value};
use crate::error::{Error, Result};

/// The number of keys of one call.
const KEYS: u32 = 1000;

/// The number of items of one call: few, because values may be large.
const ITEMS: u32 = 16;

/// Defines an iterator over the items of a stream of the interface, which gives them in pieces.
macro_rules! pieces {
    ($(#[$attribute:meta])* $name:ident, $item:ty, $stream:ty, $max:expr) => {
        $(#[$attribute])*
        ///
        /// After an error the iterator continues behind what could not be read. Only
        /// [`Error::Closed`](crate::Error::Closed) ends it.
        pub struct $name {
            /// None at the end.
            stream: Option<$stream>,
            read: vec::IntoIter<$item>,
        }

        impl $name {
            pub(super) fn new(stream: $stream) -> Self {
                Self { stream: Some(stream), read: Vec::new().into_iter() }
            }
        }

        impl Iterator for $name {
            type Item = Result<$item>;

            fn next(&mut self) -> Option<Self::Item> {
                if let Some(item) = self.read.next() {
                    return Some(Ok(item));
                }
                match self.stream.as_ref()?.next($max).map_err(Error::from) {
                    Ok(items) => self.read = items.into_iter(),
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

pieces! {
    /// The keys of a store, in the order of their UTF-8 bytes. [`Store::keys`](super::Store::keys)
    /// returns it.
    Keys, String, wit::KeyStream, KEYS
}

pieces! {
    /// The keys of a store with their values, in the same order.
    /// [`Store::items`](super::Store::items) returns it.
    Items, (String, Vec<u8>), wit::ItemStream, ITEMS
}

/// A value that is read from its start to its end. [`Store::reader`](super::Store::reader) returns
/// it.
///
/// Every `read` is a call to the host, as it is for a `File`. [`std::io::BufReader`] makes few
/// calls of many small reads.
pub struct Reader {
    value: Value,
}

impl Reader {
    pub(super) fn new(value: Value) -> Self {
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

/// A value that is being written. The store is unchanged until [`commit`](Self::commit), and by a
/// drop. [`Store::writer`](super::Store::writer) returns it.
///
/// Every `write` is a call to the provider, as it is for a `File`. [`std::io::BufWriter`] makes few
/// calls of many small writes, and its `into_inner` returns the writer for the commit. After an
/// error the value is not complete: every later call returns the same error.
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
    /// Why a write failed.
    failed: Option<Error>,
}

impl Writer {
    pub(super) fn new(raw: wit::ValueWriter) -> Self {
        Self { raw, failed: None }
    }

    /// Makes what was written the value of the key, atomically.
    ///
    /// # Errors
    ///
    /// Those of [`Store::insert`](super::Store::insert). The key keeps the value that it had.
    pub fn commit(self) -> Result<()> {
        match self.failed {
            None => Ok(self.raw.commit()?),
            Some(error) => Err(error),
        }
    }

    /// Appends all of the data.
    pub(super) fn append(&mut self, data: &[u8]) -> Result<()> {
        if self.failed.is_none() {
            self.failed = bulk::append(&self.raw, data).err();
        }
        self.failed.clone().map_or(Ok(()), Err)
    }
}

impl Write for Writer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.append(data)?;
        Ok(data.len())
    }

    /// Does nothing: the provider has what was written.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Writer").finish_non_exhaustive()
    }
}
