//! What is wrong with a directory, and what is in it besides.

use alloc::string::String;
use alloc::vec::Vec;

use super::{MAX_LISTED_NAMES, Store};
use crate::error::Result;
use crate::fs::Directory;

/// How many keys are looked up at a time.
const KEYS_AT_A_TIME: u32 = 1000;

/// What there is in a directory beside the values of its keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// How many files of unfinished writes there were.
    pub unfinished: u64,
    /// How many values there were that had a newer one.
    pub outdated: u64,
    /// How many entries were no values.
    pub foreign: u64,
    /// The names of those, the first so many of them.
    pub foreign_names: Vec<String>,
    /// How many keys have no file any more.
    pub missing: u64,
    /// Those keys, the first so many of them.
    pub missing_keys: Vec<String>,
}

impl<D: Directory> Store<D> {
    /// What was found when the keys were read, and which of them have no file any more.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::error::Error::Closed), and those of the file system.
    pub fn verify(&self) -> Result<Findings> {
        let live = self.0.live()?;
        let mut findings = live.shared.with_index(|index| index.findings.clone());
        let mut after: Option<String> = None;
        loop {
            let keys = live.keys_after(after.as_deref(), KEYS_AT_A_TIME);
            let Some(last) = keys.last() else { return Ok(findings) };
            after = Some(last.clone());
            for key in keys {
                if self.0.is_missing(&live, &key)? {
                    findings.missing += 1;
                    if findings.missing_keys.len() < MAX_LISTED_NAMES {
                        findings.missing_keys.push(key);
                    }
                }
            }
        }
    }
}
