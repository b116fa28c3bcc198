//! What is known of a directory: which file holds the value of each key.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Bound;

use super::key::{self, Generation, MAX_GENERATION};
use super::verify::Findings;
use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::limits::{MAX_INDEX, MAX_TRANSFER};

/// The file of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValueFile {
    /// One that filemap or zict has written: its name follows from the key.
    Numbered(Generation),
    /// One that somebody else has put there, under this name.
    Unnumbered(Box<str>),
}

/// The keys of a directory, and what else was found there.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) files: BTreeMap<String, ValueFile>,
    /// About how much memory the keys take, in bytes.
    pub(super) size: u64,
    /// Larger than every generation that is or was in the directory.
    pub(super) next_generation: Generation,
    /// The number that the next temporary file tries.
    pub(super) next_temporary: Generation,
    /// Values whose files are still to be removed: they have a newer one, or were never
    /// acknowledged.
    pub(super) outdated: Vec<(String, Generation)>,
    /// What was found beside the values.
    pub(super) findings: Findings,
    /// About how much memory that takes, in bytes.
    pub(super) findings_size: u64,
}

impl ValueFile {
    /// The name of the file.
    pub(super) fn file_name(&self, key: &str) -> Result<Cow<'_, str>> {
        match self {
            Self::Numbered(generation) => key::file_name(key, *generation).map(Cow::Owned),
            Self::Unnumbered(name) => Ok(Cow::Borrowed(name)),
        }
    }
}

impl Index {
    /// About how much memory all this takes, in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.size
            + self.findings_size
            + self.outdated.iter().map(|(key, _)| key_memory(key)).sum::<u64>()
    }

    /// Refuses a key that cannot get a new value, before anything is written for it; `name` is that
    /// of the store.
    pub(super) fn check_settable(&self, key: &str, name: &str) -> Result<()> {
        let generation = self.next_generation;
        if generation > MAX_GENERATION {
            return Err(Error::LimitExceeded(format!(
                "the directory `{name}` has a file of the last generation {MAX_GENERATION}: move \
                 its values to a new directory"
            )));
        }
        match self.files.get(key) {
            Some(ValueFile::Unnumbered(file)) => return Err(refuse_unnumbered(key, file)),
            // zict writes longer keys than we do; such a key can be replaced as long as the name
            // fits.
            Some(ValueFile::Numbered(_)) => _ = key::file_name(key, generation)?,
            None => key::check_new_key(key)?,
        }
        match self.files.get(key) {
            None if self.memory() + key_memory(key) > MAX_INDEX => {
                let keys = self.files.len();
                Err(Error::LimitExceeded(format!(
                    "the {keys} keys of `{name}` take as much memory as those of a store may: use \
                     another directory for more"
                )))
            }
            _ => Ok(()),
        }
    }

    /// The file name of a new value of that key, and its generation, which is nobody else's from
    /// then on.
    pub(super) fn allocate(&mut self, key: &str, name: &str) -> Result<(String, Generation)> {
        self.check_settable(key, name)?;
        let generation = self.next_generation;
        self.next_generation += 1;
        Ok((key::file_name(key, generation)?, generation))
    }

    /// A number for a temporary file.
    pub(super) fn allocate_temporary(&mut self) -> Generation {
        let number = self.next_temporary.min(MAX_GENERATION);
        // After the last, of which only its name is large, the first is free again.
        self.next_temporary = if number < MAX_GENERATION { number + 1 } else { 0 };
        number
    }

    /// Takes note of the new value of a key; the one before is outdated.
    pub(super) fn insert(&mut self, key: &str, generation: Generation) {
        match self.files.insert(key.to_string(), ValueFile::Numbered(generation)) {
            Some(ValueFile::Numbered(old)) => self.outdated.push((key.to_string(), old)),
            Some(ValueFile::Unnumbered(_)) => {}
            None => self.size += key_memory(key),
        }
    }

    /// Forgets a key.
    pub(super) fn remove(&mut self, key: &str) {
        if let Some((key, place)) = self.files.remove_entry(key) {
            self.size -= key_memory(&key) + place.memory();
        }
    }

    /// The outdated values of a key, which are the caller's business from then on.
    pub(super) fn take_outdated(&mut self, key: &str) -> Vec<Generation> {
        let mut taken = Vec::new();
        self.outdated.retain(|(of, generation)| {
            let stays = of != key;
            if !stays {
                taken.push(*generation);
            }
            stays
        });
        taken
    }

    /// At max `max` keys in the order of their bytes, beginning behind `after`: a cursor that
    /// needs nothing from the index while that changes.
    pub(super) fn keys_after(&self, after: Option<&str>, max: u32) -> Vec<String> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        // One call moves no more than its share, however many keys were asked for; the rest comes
        // with the next.
        let mut moved = 0;
        let fits = |key: &&String| {
            moved += key_memory(key);
            moved <= MAX_TRANSFER
        };
        let keys = self.files.range::<str, _>((from, Bound::Unbounded)).map(|(key, _)| key);
        keys.take(max).take_while(fits).cloned().collect()
    }

    /// The first key whose value may be removed.
    pub(super) fn first_numbered(&self) -> Option<&String> {
        self.files
            .iter()
            .find(|(_, place)| matches!(place, ValueFile::Numbered(_)))
            .map(|(key, _)| key)
    }
}

impl ValueFile {
    /// About what it costs in memory beside the key, in bytes.
    pub(super) fn memory(&self) -> u64 {
        match self {
            Self::Numbered(_) => 0,
            Self::Unnumbered(name) => name.len() as u64 + 16,
        }
    }
}

/// About what a key costs in memory, and what belongs to it, in bytes.
pub(super) const fn key_memory(key: &str) -> u64 {
    key.len() as u64 + 64
}

/// What a caller is told who would change a file that is not ours.
pub(super) fn refuse_unnumbered(key: &str, file: &str) -> Error {
    Error::AccessDenied(format!(
        "the value of `{0}` is the file `{1}`, which has no number and so is left as it is: give \
         the file the name `{2}#0` to have it changed",
        excerpt(key),
        excerpt(file),
        excerpt(&key::quote(key))
    ))
}
