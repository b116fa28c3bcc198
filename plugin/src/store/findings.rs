//! What is wrong in the directory of a store, or was.

use super::Store;
use crate::error::Result;

/// What [`Store::verify`] finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Findings {
    /// How many files of unfinished writes there were: left by a crash. They have been removed, unless the store is
    /// read-only.
    pub unfinished: u64,
    /// How many values there were of keys that have a newer one: left by a crash. They have been removed, unless the
    /// store is read-only.
    pub outdated: u64,
    /// How many entries of the directory were no values.
    pub foreign: u64,
    /// The names of those, the first 10,000 found.
    pub foreign_names: Vec<String>,
    /// How many keys have no file any more: something else has removed it.
    pub missing: u64,
    /// Those keys, the first 10,000.
    pub missing_keys: Vec<String>,
}

impl Store {
    /// What was found in the directory when its keys were read, and the keys whose files are not there any more. No
    /// file is read.
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
