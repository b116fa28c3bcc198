//! Scanning a directory: builds the index from the file names, and finds the remains of a crash.

use alloc::collections::btree_map::Entry as Slot;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem;

use super::MAX_LISTED_NAMES;
use super::index::{Index, ValueFile, key_memory};
use super::key::{self, FileName, Generation};
use crate::checkpoint::{Checkpoint, Pace};
use crate::fs::{Directory, DirectoryEntry, IoError, IoErrorKind, IoResult};
use crate::limits::MAX_INDEX;

/// The maximum number of listings of a directory whose files other processes rename all the time. A
/// listing misses a key that is replaced all the time in one of four cases (ext4), and six listings
/// miss it in one of four thousand.
const MAX_LISTINGS: u32 = 6;

/// The result of a scan.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The newest value of every key, and the outdated values.
    pub(super) index: Index,
    /// The temporary files of unfinished writes.
    pub(super) unfinished: Vec<Generation>,
    /// The approximate memory of the scan, in bytes.
    size: u64,
}

impl Scan {
    /// Lists a directory; `is_locked` tells whether other processes cannot write to it. While they
    /// rename files and the system does not say which, lists it again, because a listing may miss a
    /// key that is being replaced.
    pub(super) fn of(directory: &impl Directory, is_locked: bool) -> IoResult<Self> {
        let mut scan = Self::default();
        for _ in 0..MAX_LISTINGS {
            // The findings are those of the last listing, and the keys those of all.
            let earlier = mem::take(&mut scan);
            let is_complete = directory.for_each_entry(is_locked, &mut |entry| {
                // Stop collecting once the limit is exceeded.
                if scan.size <= MAX_INDEX {
                    scan.add(&entry);
                }
            })?;
            scan.add_earlier(earlier, &|| directory.checkpoint())?;
            scan.index.may_lack_keys = !is_complete;
            if is_complete || scan.size > MAX_INDEX {
                break;
            }
        }
        if scan.size > MAX_INDEX {
            let keys = scan.index.files.len();
            let detail = format!(
                "it has more than {keys} keys, and those of a store take at most {MAX_INDEX} bytes \
                 of memory (fixed)"
            );
            return Err(IoError { kind: IoErrorKind::OverLimit, detail });
        }
        let Index { files, size, findings, outdated, .. } = &mut scan.index;
        *size = files.iter().map(|(key, place)| key_memory(key) + place.memory()).sum();
        findings.unfinished = scan.unfinished.len() as u64;
        findings.outdated = outdated.len() as u64;
        Ok(scan)
    }

    fn add(&mut self, entry: &DirectoryEntry<'_>) {
        let found = if entry.is_utf8 { key::parse(entry.name) } else { FileName::Foreign };
        match &found {
            // A directory with such a name counts too, because a new file could not replace it.
            FileName::Value(_, generation) => {
                self.index.next_generation = self.index.next_generation.max(generation + 1);
            }
            FileName::Temporary(number) => {
                self.index.next_temporary = self.index.next_temporary.max(number + 1);
            }
            FileName::Unnumbered(_) | FileName::Foreign => {}
        }
        match found {
            _ if !entry.is_file => self.add_foreign(entry.name),
            FileName::Foreign => self.add_foreign(entry.name),
            FileName::Temporary(number) => {
                self.size += key_memory("");
                self.unfinished.push(number);
            }
            FileName::Value(key, generation) => {
                self.add_value(key, ValueFile::Numbered(generation));
            }
            FileName::Unnumbered(key) => {
                self.add_value(key, ValueFile::Unnumbered(entry.name.into()));
            }
        }
    }

    /// Adds the keys of an earlier listing that this one lacks, and keeps greater numbers.
    fn add_earlier(&mut self, earlier: Self, checkpoint: Checkpoint<'_, IoError>) -> IoResult<()> {
        let Index { files, next_generation, next_temporary, .. } = earlier.index;
        let mut pace = Pace::new(checkpoint);
        for (key, found) in files {
            pace.step()?;
            if !self.index.files.contains_key(&*key) {
                self.add_value(key, found);
            }
        }
        let index = &mut self.index;
        index.next_generation = index.next_generation.max(next_generation);
        index.next_temporary = index.next_temporary.max(next_temporary);
        Ok(())
    }

    fn add_foreign(&mut self, name: &str) {
        let findings = &mut self.index.findings;
        findings.foreign += 1;
        if findings.foreign_names.len() < MAX_LISTED_NAMES {
            findings.foreign_names.push(name.to_string());
            self.size += key_memory(name);
            self.index.findings_size += key_memory(name);
        }
    }

    fn add_value(&mut self, key: String, found: ValueFile) {
        self.size += key_memory(&key) + found.memory();
        let mut known = match self.index.files.entry(key) {
            Slot::Vacant(slot) => {
                slot.insert(found);
                return;
            }
            Slot::Occupied(slot) => slot,
        };
        // Some file systems list an entry twice if the directory changes during the listing.
        if *known.get() == found {
            return;
        }
        let wins = match (known.get(), &found) {
            (ValueFile::Numbered(known), ValueFile::Numbered(found)) => found > known,
            (ValueFile::Numbered(_), ValueFile::Unnumbered(_)) => false,
            (ValueFile::Unnumbered(_), ValueFile::Numbered(_)) => true,
            // Independent of the order of the listing.
            (ValueFile::Unnumbered(known), ValueFile::Unnumbered(found)) => found < known,
        };
        let loses = if wins { known.insert(found) } else { found };
        let is_numbered = matches!(known.get(), ValueFile::Numbered(_));
        let key = known.key().clone();
        match &loses {
            ValueFile::Numbered(older) => self.index.add_outdated(&key, *older),
            ValueFile::Unnumbered(name) => {
                self.add_foreign(name);
                if is_numbered {
                    self.size += key_memory(&key) + loses.memory();
                    self.index.cover(&key, loses);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    /// Scans a directory of files with these names.
    fn scan(names: &[&str]) -> Scan {
        let mut scan = Scan::default();
        for name in names {
            scan.add(&DirectoryEntry { name, is_utf8: true, is_file: true });
        }
        scan
    }

    /// Returns the keys and their files.
    fn files(scan: &Scan) -> Vec<(&str, String)> {
        scan.index
            .files
            .iter()
            .map(|(key, place)| (&**key, place.file_name(key).unwrap().into_owned()))
            .collect()
    }

    #[test]
    fn the_newest_generation_wins_in_any_order() {
        for names in [["k#2", "k#10", "k#9"], ["k#10", "k#9", "k#2"], ["k#9", "k#2", "k#10"]] {
            let found = scan(&names);
            assert_eq!(files(&found), [("k", "k#10".to_string())]);
            assert!(found.index.outdated.keys().eq(["k#2", "k#9"]));
            assert_eq!(found.index.next_generation, 11);
        }
    }

    #[test]
    fn a_file_without_a_number_is_a_value_if_the_key_has_no_other() {
        assert_eq!(
            files(&scan(&["a b", "plain"])),
            [("a b", "a b".to_string()), ("plain", "plain".to_string())]
        );
        for names in
            [["a b", "a%20b", "a%20b#3"], ["a%20b#3", "a%20b", "a b"], ["a%20b", "a%20b#3", "a b"]]
        {
            let found = scan(&names);
            assert_eq!(files(&found), [("a b", "a%20b#3".to_string())]);
            assert_eq!((found.index.findings.foreign, found.index.outdated.len()), (2, 0));
        }
        for names in [["a b", "a%20b"], ["a%20b", "a b"]] {
            assert_eq!(files(&scan(&names)), [("a b", "a b".to_string())]);
        }
    }

    #[test]
    fn temporary_files_are_unfinished_and_others_are_foreign() {
        let found = scan(&["%temporary-filemap#7", "a#x", "a#1#2"]);
        assert_eq!((found.unfinished, found.index.outdated.len()), (vec![7], 0));
        assert_eq!(
            (found.index.files.len(), found.index.next_generation, found.index.next_temporary),
            (0, 0, 8)
        );
        assert_eq!(found.index.findings.foreign_names, ["a#x", "a#1#2"]);
    }

    #[test]
    fn directories_and_names_that_are_not_utf8_are_not_values() {
        let mut found = Scan::default();
        found.add(&DirectoryEntry { name: "k#4", is_utf8: true, is_file: false });
        found.add(&DirectoryEntry { name: "k\u{fffd}", is_utf8: false, is_file: true });
        let Index { files, next_generation, findings, .. } = found.index;
        assert_eq!((files.len(), next_generation, findings.foreign), (0, 5, 2));
    }
}
