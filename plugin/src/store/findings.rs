//! What is wrong, or was, in the directory of a store.

use super::Store;
use crate::error::Result;

/// What [`Store::verify`] finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Findings {
    /// The number of temporary files of unfinished writes, left by a crash. They have been removed,
    /// unless the store is read-only.
    pub unfinished: u64,
    /// The number of files of keys that have a newer one, left by a crash. They have been removed,
    /// unless the store is read-only.
    pub outdated: u64,
    /// The number of directory entries that are not values.
    pub foreign: u64,
    /// The names of these entries, at most the first 10,000.
    pub foreign_names: Vec<String>,
    /// The number of keys whose file is missing, because something else removed it.
    pub missing: u64,
    /// These keys, at most the first 10,000.
    pub missing_keys: Vec<String>,
}

impl Store {
    /// Returns what was found in the directory when its keys were read, and the keys whose files
    /// are missing now. Reads no file.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed).
    pub fn verify(&self) -> Result<Findings> {
        let found = self.raw.verify()?;
        Ok(Findings {
            unfinished: found.unfinished,
            outdated: found.outdated,
            foreign: found.foreign,
            foreign_names: found.foreign_names,
            missing: found.missing,
            missing_keys: found.missing_keys,
        })
    }
}
