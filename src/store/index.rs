//! The index of a directory: the file that holds the value of each key. It is kept in memory and
//! does not access files.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem;
use core::ops::Bound;

use super::key::{self, Generation, MAX_GENERATION};
use super::verify::Findings;
use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::limits::{MAX_INDEX, MAX_TRANSFER};
use crate::message;

/// The file of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValueFile {
    /// A file written by filemap or zict, whose name follows from the key.
    Numbered(Generation),
    /// A file that another program has created, with its name.
    Unnumbered(Box<str>),
}

/// The keys of a directory, and everything else found there.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) files: BTreeMap<String, ValueFile>,
    /// Files without a number of keys whose value is in a file with one. If that file were removed,
    /// the next opening would take this one for the value.
    covered: BTreeMap<String, ValueFile>,
    /// The approximate memory of the keys, in bytes.
    pub(super) size: u64,
    /// A number greater than every generation that is or was in the directory.
    pub(super) next_generation: Generation,
    /// Whether the directory changed so much during the listing that it may have missed keys.
    pub(super) may_lack_keys: bool,
    /// The number of the next temporary file.
    pub(super) next_temporary: Generation,
    /// Values whose files must still be removed, by their file names: they have a newer value, or
    /// were never acknowledged.
    pub(super) outdated: BTreeMap<String, ValueFile>,
    /// The approximate memory of the outdated values, in bytes.
    outdated_size: u64,
    /// Everything found besides the values.
    pub(super) findings: Findings,
    /// The approximate memory of the findings, in bytes.
    pub(super) findings_size: u64,
}

impl ValueFile {
    /// Returns the name of the file.
    pub(super) fn file_name(&self, key: &str) -> Result<Cow<'_, str>> {
        match self {
            Self::Numbered(generation) => key::file_name(key, *generation).map(Cow::Owned),
            Self::Unnumbered(name) => Ok(Cow::Borrowed(name)),
        }
    }
}

impl Index {
    /// Returns the approximate memory of the index, in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.size + self.findings_size + self.outdated_size
    }

    /// Fails if a key cannot get a new value. Is called before anything is written; `name` is the
    /// store's.
    pub(super) fn check_settable(&self, key: &str, name: &str) -> Result<()> {
        let generation = self.next_generation;
        if generation > MAX_GENERATION {
            return Err(Error::LimitExceeded(message!(
                "the directory `{name}` has a file of the last generation {MAX_GENERATION}: move \
                 its values to a new directory"
            )));
        }
        match self.files.get(key) {
            Some(ValueFile::Unnumbered(file)) => return Err(refuse_unnumbered(key, file)),
            // zict writes longer keys than filemap. Such a key can be replaced while the file name
            // fits.
            Some(ValueFile::Numbered(_)) => _ = key::file_name(key, generation)?,
            None => key::check_new_key(key)?,
        }
        match self.files.get(key) {
            None if self.memory() + key_memory(key) > MAX_INDEX => {
                let keys = self.files.len();
                Err(Error::LimitExceeded(message!(
                    "the {keys} keys of `{name}` take all {MAX_INDEX} bytes of memory (fixed): use \
                     another directory for more"
                )))
            }
            _ => Ok(()),
        }
    }

    /// Allocates the next generation for a new value of a key, and returns the file name and the
    /// generation.
    pub(super) fn allocate(&mut self, key: &str, name: &str) -> Result<(String, Generation)> {
        self.check_settable(key, name)?;
        let generation = self.next_generation;
        self.next_generation += 1;
        Ok((key::file_name(key, generation)?, generation))
    }

    /// Allocates a number for a temporary file.
    pub(super) fn allocate_temporary(&mut self) -> Generation {
        let number = self.next_temporary.min(MAX_GENERATION);
        // After the largest number, which only a foreign file can have, the numbers start again.
        self.next_temporary = if number < MAX_GENERATION { number + 1 } else { 0 };
        number
    }

    /// Records the new value of a key; the previous value becomes outdated.
    pub(super) fn insert(&mut self, key: &str, generation: Generation) {
        if let Some(old) = self.replace(key, generation) {
            self.add_outdated(key, old);
        }
    }

    /// Records the new value of a key, and returns the previous one. The caller must remove its
    /// file, or note it as outdated.
    pub(super) fn replace(&mut self, key: &str, generation: Generation) -> Option<Generation> {
        let new = ValueFile::Numbered(generation);
        let Some(file) = self.files.get_mut(key) else {
            self.size += key_memory(key);
            self.files.insert(key.to_string(), new);
            return None;
        };
        match mem::replace(file, new) {
            ValueFile::Numbered(old) => Some(old),
            ValueFile::Unnumbered(_) => None,
        }
    }

    /// Notes that a key has a file without a number besides that of its value.
    pub(super) fn cover(&mut self, key: &str, file: ValueFile) {
        let size = key_memory(key) + file.memory();
        if self.covered.insert(key.to_string(), file).is_none() {
            self.findings_size += size;
        }
    }

    /// Fails if the value of a key must not be removed. Returns its generation, or `None` if there
    /// is no such key.
    pub(super) fn generation_to_remove(&self, key: &str) -> Result<Option<Generation>> {
        match (self.files.get(key), self.covered.get(key)) {
            (None, _) => Ok(None),
            (Some(ValueFile::Unnumbered(file)), _) => Err(refuse_unnumbered(key, file)),
            (_, Some(ValueFile::Unnumbered(file))) => Err(refuse_covering(key, file)),
            (Some(ValueFile::Numbered(generation)), _) => Ok(Some(*generation)),
        }
    }

    /// Removes a key.
    pub(super) fn remove(&mut self, key: &str) {
        if let Some((key, place)) = self.files.remove_entry(key) {
            self.size -= key_memory(&key) + place.memory();
        }
    }

    /// Returns the first outdated value of a key after the file name `after`: its file name and its
    /// generation.
    pub(super) fn next_outdated(
        &self,
        key: &str,
        after: Option<&str>,
    ) -> Option<(String, Generation)> {
        if self.outdated.is_empty() {
            return None;
        }
        let prefix = key::quote(key) + "#";
        let from = Bound::Excluded(after.unwrap_or(&prefix));
        let (name, file) = self.outdated.range::<str, _>((from, Bound::Unbounded)).next()?;
        count_visit();
        match file {
            ValueFile::Numbered(generation) if name.starts_with(&prefix) => {
                Some((name.clone(), *generation))
            }
            _ => None,
        }
    }

    /// Forgets an outdated value, whose file was removed.
    pub(super) fn forget_outdated(&mut self, name: &str) {
        if let Some((name, _)) = self.outdated.remove_entry(name) {
            self.outdated_size -= key_memory(&name);
        }
    }

    /// Notes a value whose file must be removed.
    pub(super) fn add_outdated(&mut self, key: &str, generation: Generation) {
        // A name that is too long for a file has no file.
        let Ok(name) = key::file_name(key, generation) else { return };
        let size = key_memory(&name);
        if self.outdated.insert(name, ValueFile::Numbered(generation)).is_none() {
            self.outdated_size += size;
        }
    }

    /// Whether there is such a key, and its value may be removed.
    pub(super) fn is_removable(&self, key: &str) -> bool {
        self.files.get(key).is_some_and(|place| self.may_remove(key, place))
    }

    /// Returns the first key whose value may be removed.
    pub(super) fn first_removable(&self) -> Option<&String> {
        self.files.iter().find(|(key, place)| self.may_remove(key, place)).map(|(key, _)| key)
    }

    /// Whether the value of a key, which is in `place`, may be removed.
    fn may_remove(&self, key: &str, place: &ValueFile) -> bool {
        matches!(place, ValueFile::Numbered(_)) && !self.covered.contains_key(key)
    }
}

impl ValueFile {
    /// Returns the approximate memory besides the key, in bytes.
    pub(super) fn memory(&self) -> u64 {
        match self {
            Self::Numbered(_) => 0,
            Self::Unnumbered(name) => name.len() as u64 + 16,
        }
    }
}

/// Returns at most `max` keys after `after`, in the order of their bytes. A position given by a key
/// stays valid while the index changes.
pub(super) fn keys_after(
    files: &BTreeMap<String, ValueFile>,
    after: Option<&str>,
    max: u32,
) -> Vec<String> {
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    // The keys of one call must not exceed what a call moves; the next call continues.
    let mut moved = 0;
    let fits = |key: &&String| {
        moved += key_memory(key);
        moved <= MAX_TRANSFER
    };
    let keys = files.range::<str, _>((from, Bound::Unbounded)).map(|(key, _)| key);
    keys.take(max).take_while(fits).cloned().collect()
}

/// Returns the approximate memory of a key with its entry, in bytes.
pub(super) const fn key_memory(key: &str) -> u64 {
    key.len() as u64 + 64
}

/// Returns the error for a change of a file that filemap did not write.
pub(super) fn refuse_unnumbered(key: &str, file: &str) -> Error {
    Error::AccessDenied(message!(
        "the value of `{0}` is in the file `{1}`, which is not changed because it has no number: \
         rename it to `{2}#0` to allow changes",
        excerpt(key),
        excerpt(file),
        excerpt(&key::quote(key))
    ))
}

/// Returns the error for removing a key that would have the value of `file` then.
fn refuse_covering(key: &str, file: &str) -> Error {
    Error::AccessDenied(message!(
        "`{}` is not removed, because the next store would find its value in the file `{}`, which \
         has no number: remove this file first",
        excerpt(key),
        excerpt(file)
    ))
}

/// Counts an outdated value that a call looks at, for a test.
fn count_visit() {
    #[cfg(test)]
    tests::VISITS.set(tests::VISITS.get() + 1);
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use alloc::format;
    use core::cell::Cell;

    std::thread_local! {
        pub(super) static VISITS: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn outdated_values_of_one_key_are_found_without_a_look_at_the_others() {
        const KEYS: usize = 1000;
        let mut index = Index::default();
        let empty = index.memory();
        for number in 0..KEYS {
            let key = format!("k{number}");
            index.insert(&key, 3);
            index.insert(&key, 20);
            index.insert(&key, 100);
        }
        index.insert("k1", 101);
        VISITS.set(0);
        let before = index.memory();
        assert_eq!(VISITS.get(), 0, "`memory` looks at no value");
        let mut take = |key: &str| {
            let mut taken = Vec::new();
            while let Some((name, generation)) = index.next_outdated(key, None) {
                index.forget_outdated(&name);
                taken.push(generation);
            }
            taken
        };
        // Keys that begin alike do not mix.
        assert_eq!(take("k"), [0; 0]);
        let mut taken = take("k1");
        taken.sort_unstable();
        assert_eq!(taken, [3, 20, 100]);
        for number in 2..KEYS {
            assert_eq!(take(&format!("k{number}")).len(), 2);
        }
        assert!(VISITS.get() <= 4 * KEYS, "{} visits for {KEYS} keys", VISITS.get());
        assert!(index.memory() < before);
        assert_eq!(index.next_outdated("k0", None), Some(("k0#20".into(), 20)));
        assert_eq!(index.next_outdated("k0", Some("k0#20")), Some(("k0#3".into(), 3)));
        assert_eq!(index.next_outdated("k0", Some("k0#3")), None);
        for name in ["k0#20", "k0#3"] {
            index.forget_outdated(name);
        }
        for number in 0..KEYS {
            index.remove(&format!("k{number}"));
        }
        assert_eq!((index.memory(), index.outdated.len()), (empty, 0));
    }
}
