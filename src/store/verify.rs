//! Verification: reports what a directory contains besides its values, and which values are
//! missing.

use alloc::string::String;
use alloc::vec::Vec;

use super::{MAX_LISTED_NAMES, Store};
use crate::error::Result;
use crate::fs::Directory;

/// The number of keys to look up at a time.
const KEYS_AT_A_TIME: u32 = 1000;

/// The contents of a directory besides the values of its keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The number of temporary files of unfinished writes.
    pub unfinished: u64,
    /// The number of values that had a newer value.
    pub outdated: u64,
    /// The number of entries that are not values.
    pub foreign: u64,
    /// The names of such entries, up to a limit.
    pub foreign_names: Vec<String>,
    /// The number of keys whose file is missing.
    pub missing: u64,
    /// Such keys, up to a limit.
    pub missing_keys: Vec<String>,
}

impl<D: Directory> Store<D> {
    /// Returns what the last scan of the directory found, and the keys whose file is missing now.
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
