//! The rules of `wasi:keyvalue` over stores: what names a bucket, how it is opened, what an error
//! becomes, and how keys are listed in pages.
//!
//! A bucket is a store, and its identifier is the path of the store. Both providers call these
//! functions; everything else is the functions of a store.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Error as StoreError, Result as StoreResult};
use crate::fs::Preopens;
use crate::limits::{MAX_KEYS, check_keys, check_transfer};
use crate::store::{Durability, OpenOptions};

/// The path that the empty identifier stands for.
pub const DEFAULT_BUCKET: &str = "default";

/// The maximum number of keys in a page, except for keys of one [place](place_of). A page then fits
/// into one call of `get-many`.
const PAGE: usize = MAX_KEYS as usize;

/// The number of keys that [`list_keys`] asks for at a time.
const KEYS_AT_A_TIME: u32 = 1000;

/// How a bucket is opened at first: it is created if it does not exist. A component cannot choose
/// the durability. With this one, a key has its old or its new value after a power cut.
pub const WRITEABLE: OpenOptions =
    OpenOptions { create: true, read_only: false, durability: Durability::Data };

/// How a bucket is opened that cannot be written to.
const READ_ONLY: OpenOptions = OpenOptions { create: false, read_only: true, ..WRITEABLE };

/// The error of every function: `wasi:keyvalue/store.error`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Nothing is granted under the identifier, or it was granted for reading only and does not
    /// exist.
    NoSuchStore,
    /// The grant does not allow it.
    AccessDenied,
    /// Any other reason, with the message of the store.
    Other(String),
}

/// The error of a call on an open bucket.
impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::AccessDenied(_) => Self::AccessDenied,
            error => Self::Other(error.into_message()),
        }
    }
}

/// Returns the path of the bucket with an identifier.
#[must_use]
pub const fn bucket_path(identifier: &str) -> &str {
    if identifier.is_empty() { DEFAULT_BUCKET } else { identifier }
}

/// Fails if no granted directory contains the path of a bucket.
///
/// # Errors
///
/// [`Error::NoSuchStore`], or [`Error::Other`] for a path that no directory can have.
pub fn check_granted<D>(preopens: &Preopens<D>, path: &str) -> Result<(), Error> {
    preopens.resolve(path).map(drop).map_err(|error| match error {
        StoreError::AccessDenied(_) => Error::NoSuchStore,
        error => error.into(),
    })
}

/// Opens a bucket by `open`: for writing if the grant allows that, and for reading otherwise.
///
/// # Errors
///
/// [`Error::AccessDenied`] if the grant does not allow reading either, [`Error::NoSuchStore`] if
/// nothing can be read there, and [`Error::Other`].
pub fn open<S>(mut open: impl FnMut(OpenOptions) -> StoreResult<S>) -> Result<S, Error> {
    let opened = match open(WRITEABLE) {
        Err(StoreError::AccessDenied(_)) => open(READ_ONLY),
        opened => opened,
    };
    opened.map_err(|error| match error {
        StoreError::NotFound(_) => Error::NoSuchStore,
        error => error.into(),
    })
}

/// Returns the pairs of keys and their values, as `get-many` returns them.
#[must_use]
pub fn pairs(keys: Vec<String>, values: Vec<Option<Vec<u8>>>) -> Vec<Option<(String, Vec<u8>)>> {
    keys.into_iter().zip(values).map(|(key, value)| Some((key, value?))).collect()
}

/// Deletes several keys by `remove`; a missing one is skipped.
///
/// # Errors
///
/// [`StoreError::LimitExceeded`] for too many keys, before any is deleted, and those of `remove`.
/// The keys before the failed one are deleted then.
pub fn delete_many(
    keys: &[String],
    mut remove: impl FnMut(&str) -> StoreResult<bool>,
) -> StoreResult<()> {
    check_keys(keys.len())?;
    keys.iter().try_for_each(|key| remove(key).map(drop))
}

/// The result of `list-keys`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The keys of the page.
    pub keys: Vec<String>,
    /// Where the next page begins, or `None` after the last one.
    pub cursor: Option<u64>,
}

/// Returns the page of the keys that `cursor` begins. `next_keys` returns the next keys of the
/// store, at most as many as it is asked for, and none at the end.
///
/// The keys are listed in the order of a number that depends on the key only, their
/// [place](place_of), and the cursor is such a number. So a key that exists all the time is listed
/// exactly once, whatever keys come and go between the pages, and a cursor is valid for every
/// handle, process and host. A number that was never a cursor lists the keys from there. In return
/// each page looks at all keys of the store.
///
/// # Errors
///
/// Those of `next_keys`, and [`StoreError::LimitExceeded`] if the keys of one place are more than
/// one call moves.
pub fn list_keys(
    cursor: Option<u64>,
    mut next_keys: impl FnMut(u32) -> StoreResult<Vec<String>>,
) -> StoreResult<Page> {
    let begin = cursor.unwrap_or(0);
    let (mut places, mut count) = (BTreeMap::<u64, Vec<String>>::new(), 0);
    // The first place that is not in this page.
    let mut end = None;
    loop {
        let keys = next_keys(KEYS_AT_A_TIME)?;
        if keys.is_empty() {
            break;
        }
        for key in keys {
            let place = place_of(&key);
            if place < begin || end.is_some_and(|end| place >= end) {
                continue;
            }
            places.entry(place).or_default().push(key);
            count += 1;
            if count > PAGE && places.len() > 1 {
                // Keys of one place stay together, because the cursor cannot divide them.
                if let Some((place, keys)) = places.pop_last() {
                    count -= keys.len();
                    end = Some(place);
                }
            }
        }
    }
    let keys: Vec<_> = places.into_values().flatten().collect();
    let size = keys.iter().map(|key| key.len() as u64).sum();
    check_transfer(size, "the total size of the keys of one page", "use shorter keys")?;
    Ok(Page { keys, cursor: end })
}

/// Returns the place of a key in the order of `list-keys`: its 64-bit FNV-1a hash. The same key has
/// the same place forever, because components may keep cursors.
#[must_use]
pub fn place_of(key: &str) -> u64 {
    key.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
