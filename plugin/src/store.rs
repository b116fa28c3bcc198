//! A directory as a mutable mapping from strings to bytes: what `zict.File` is to Python.

mod options;
mod read;
mod stream;
mod write;

use std::fmt;
use std::sync::atomic::AtomicBool;

use crate::bindings::filemap::data::store::{self as wit, Findings};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

pub use options::StoreOptions;
pub use stream::{Items, Keys, Reader, Writer};

/// A mapping from strings to bytes that lives in a directory: one file for each value. `zict.File`
/// reads what a store writes, and the reverse.
///
/// **Keys.** Any string is a key if its quoted form has at most 235 bytes. Keys are ordered by
/// their UTF-8 bytes.
///
/// **Atomicity.** A value is replaced atomically: after any failure or crash a reader finds the old
/// value or the new one, whole. [`StoreOptions::durability`] sets what survives a power cut.
///
/// **Large values.** [`get`](Self::get) and [`insert`](Self::insert) have no limit but the plugin's
/// memory. For values that do not fit in memory use [`reader`](Self::reader),
/// [`writer`](Self::writer) and [`value`](Self::value). Any other call moves at most 128 MiB, and
/// fails with [`Error::LimitExceeded`] for more.
///
/// **Errors of every function.** A change in a read-only store fails with [`Error::AccessDenied`],
/// and so does a change of a key whose file has no number, which only other programs write. A key
/// whose file another program has removed is [`Error::NotFound`] when its value is read. Any call
/// that uses the disk can fail with [`Error::Unavailable`], [`Error::Interrupted`] or
/// [`Error::Other`]. After [`close`](Self::close), iterators and writers of the store fail with
/// [`Error::Closed`].
///
/// `Display` and `Debug` write the directory and the number of keys, as Python's `repr` does:
/// `<File: results, 3 elements>`.
///
/// ```no_run
/// use filemap_plugin::Store;
///
/// let results = Store::open("data/results")?;
/// // zict: results["answer"] = b"42"
/// results.insert("answer", "42")?;
/// assert_eq!(results.get("answer")?.as_deref(), Some(&b"42"[..]));
/// for key in results.keys()? {
///     println!("{}", key?);
/// }
/// # Ok::<(), filemap_plugin::Error>(())
/// ```
pub struct Store {
    raw: wit::Store,
    /// Whether the last value that was read was long. The next one probably is too.
    has_long_values: AtomicBool,
    /// Whether the last stream that a value was written to was slow.
    has_slow_streams: AtomicBool,
}

impl Store {
    const fn new(raw: wit::Store) -> Self {
        let (long, slow) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { raw, has_long_values: long, has_slow_streams: slow }
    }
}

/// # Opening
impl Store {
    /// Opens the directory at `path` for reading and writing, and creates it if it does not exist.
    /// For anything else use [`StoreOptions`]. Similar to `zict.File(path)`.
    ///
    /// # Errors
    ///
    /// Those of [`StoreOptions::open`].
    pub fn open(path: &str) -> Result<Self> {
        StoreOptions::new().open(path)
    }

    /// Closes the directory. Iterators over the store are closed too, and values that were not
    /// committed are discarded. A drop does the same. Similar to `z.close()`.
    pub fn close(self) {
        self.raw.close();
    }
}

/// # Keys
impl Store {
    /// Returns whether the key exists. Similar to `key in z`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn contains_key(&self, key: &str) -> Result<bool> {
        Ok(self.raw.contains(key)?)
    }

    /// Returns the number of keys. Similar to `len(z)`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn len(&self) -> Result<u64> {
        Ok(self.raw.len()?)
    }

    /// Returns whether there are no keys. Similar to `not z`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Returns an iterator over the keys, in the order of their UTF-8 bytes. The store may change
    /// meanwhile: a key that exists all the time is listed exactly once. Similar to `iter(z)`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn keys(&self) -> Result<Keys> {
        Ok(Keys::new(self.raw.keys()?))
    }

    /// Returns an iterator over the keys and their values, in the order of [`keys`](Self::keys).
    /// Similar to `z.items()`.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn items(&self) -> Result<Items> {
        Ok(Items::new(self.raw.items()?))
    }

    /// Returns what was found in the directory when its keys were read, and the keys whose files
    /// are missing now. Reads no file. zict has no such function.
    ///
    /// # Errors
    ///
    /// Those of every function.
    pub fn verify(&self) -> Result<Findings> {
        Ok(self.raw.verify()?)
    }
}

impl fmt::Display for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.raw.describe())
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
