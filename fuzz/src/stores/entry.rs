//! The plain mapping that a store is compared with.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use filemap::store::key::{FileName, parse};

/// The bytes of a value. An array over the value shares them, also after the key is replaced.
pub(crate) type Content = Rc<RefCell<Vec<u8>>>;

/// A key's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) content: Content,
    /// Whether filemap or zict wrote the file. Others are not changed.
    pub(crate) is_numbered: bool,
    /// Whether the key has a file without a number. It is not removed, also if it is replaced.
    pub(crate) is_kept: bool,
}

/// The values of all keys.
pub(crate) type Mapping = BTreeMap<String, Entry>;

pub(crate) fn content(bytes: Vec<u8>) -> Content {
    Rc::new(RefCell::new(bytes))
}

impl Entry {
    /// A value that a store has written in place of an earlier one.
    pub(crate) fn new(bytes: Vec<u8>, earlier: Option<&Self>) -> Self {
        let is_kept = earlier.is_some_and(|earlier| earlier.is_kept);
        Self { content: content(bytes), is_numbered: true, is_kept }
    }
}

/// Returns the values of a directory with these files: of each key the file with the largest
/// generation, or else the first file without one.
pub(crate) fn of_files(files: &[(String, Vec<u8>)]) -> Mapping {
    let mut newest = BTreeMap::<String, (Option<u64>, &String, &Vec<u8>)>::new();
    let mut kept = BTreeSet::new();
    for (name, bytes) in files {
        let (key, generation) = match parse(name) {
            FileName::Value(key, generation) => (key, Some(generation)),
            FileName::Unnumbered(key) => {
                kept.insert(key.clone());
                (key, None)
            }
            FileName::Temporary(_) | FileName::Foreign => continue,
        };
        let found = newest.entry(key).or_insert((generation, name, bytes));
        // `None` is less than every generation.
        if generation > found.0 || generation == found.0 && name < found.1 {
            *found = (generation, name, bytes);
        }
    }
    let entry = |(key, (generation, _, bytes)): (String, (Option<u64>, &String, &Vec<u8>))| {
        let is_kept = kept.contains(&key);
        let content = content(bytes.clone());
        (key, Entry { content, is_numbered: generation.is_some(), is_kept })
    };
    newest.into_iter().map(entry).collect()
}
