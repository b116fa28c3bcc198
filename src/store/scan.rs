//! Reading the names in a directory, and making sense of what a crash has left.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::cost;
use crate::fs::{Directory, IoError, IoErrorKind, IoResult};
use crate::key::{self, Generation, Name};
use crate::limits::MAX_INDEX;

/// What the names in a directory say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// The newest generation of every key.
    pub(super) index: BTreeMap<String, Generation>,
    /// Larger than every generation found.
    pub(super) next_generation: Generation,
    /// How many entries are neither values nor left-overs.
    pub(super) ignored: u64,
    /// The values that have a newer one.
    pub(super) outdated: Vec<(String, Generation)>,
    /// The files of unfinished writes.
    pub(super) unfinished: Vec<Generation>,
    /// About how much memory all this takes, in bytes.
    size: u64,
}

impl Scan {
    /// Lists a directory once.
    pub(super) fn of(directory: &impl Directory) -> IoResult<Self> {
        let mut scan = Self::default();
        directory.for_each_entry(&mut |entry| {
            // What is too much already does not become more.
            if scan.size <= MAX_INDEX {
                scan.add(entry.name, entry.is_file);
            }
        })?;
        if scan.size <= MAX_INDEX {
            return Ok(scan);
        }
        let keys = scan.index.len();
        let detail =
            format!("it has more than {keys} keys, and those of a store take at most {MAX_INDEX} bytes of memory");
        Err(IoError { kind: IoErrorKind::OverLimit, detail })
    }

    fn add(&mut self, name: Option<&str>, is_file: bool) {
        let found = name.map_or(Name::Foreign, key::parse);
        if let Name::Value(_, generation) | Name::Temporary(generation) = &found {
            // Also for a directory of such a name, which a new file could not replace.
            self.next_generation = self.next_generation.max(generation + 1);
        }
        self.size += match &found {
            Name::Value(key, _) => cost(key),
            Name::Temporary(_) => cost(""),
            Name::Foreign => 0,
        };
        match found {
            _ if !is_file => self.ignored += 1,
            Name::Foreign => self.ignored += 1,
            Name::Temporary(generation) => self.unfinished.push(generation),
            Name::Value(key, generation) => match self.index.entry(key) {
                Entry::Vacant(place) => _ = place.insert(generation),
                Entry::Occupied(mut newest) => {
                    let (older, newer) = (generation.min(*newest.get()), generation.max(*newest.get()));
                    // The same one twice is what some file systems list when they change meanwhile.
                    if older < newer {
                        self.outdated.push((newest.key().clone(), older));
                        newest.insert(newer);
                    }
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    /// What a directory with files of these names holds.
    fn scan(names: &[&str]) -> Scan {
        let mut scan = Scan::default();
        for name in names {
            scan.add(Some(name), true);
        }
        scan
    }

    #[test]
    fn the_newest_generation_wins_whatever_the_order() {
        for names in [["k#2", "k#10", "k#9"], ["k#10", "k#9", "k#2"], ["k#9", "k#2", "k#10"]] {
            let mut found = scan(&names);
            found.outdated.sort();
            assert_eq!(found.index, BTreeMap::from([("k".to_string(), 10)]));
            assert_eq!(found.outdated, vec![("k".to_string(), 2), ("k".to_string(), 9)]);
            assert_eq!(found.next_generation, 11);
        }
    }

    #[test]
    fn temporary_files_are_left_over_and_foreign_ones_are_not() {
        let found = scan(&["%temporary-filemap#7", "notes.txt", "a#1#2"]);
        assert_eq!((found.unfinished, found.outdated), (vec![7], vec![]));
        assert_eq!((found.index.len(), found.next_generation, found.ignored), (0, 8, 2));
    }

    #[test]
    fn directories_are_no_values_and_names_that_are_not_utf8_neither() {
        let mut found = Scan::default();
        found.add(Some("k#4"), false);
        found.add(None, true);
        assert_eq!((found.index.len(), found.next_generation, found.ignored), (0, 5, 2));
    }
}
