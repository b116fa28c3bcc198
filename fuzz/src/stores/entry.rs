//! The plain mapping that a store is compared with.

use std::cell::RefCell;
use std::collections::BTreeMap;
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
}

/// The values of all keys.
pub(crate) type Mapping = BTreeMap<String, Entry>;

pub(crate) fn content(bytes: Vec<u8>) -> Content {
    Rc::new(RefCell::new(bytes))
}

impl Entry {
    /// A value that a store has written.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { content: content(bytes), is_numbered: true }
    }
}

/// Returns the values of a directory with these files: of each key the file with the largest
/// generation, or else the first file without one.
pub(crate) fn of_files(files: &[(String, Vec<u8>)]) -> Mapping {
    let mut newest = BTreeMap::<String, (Option<u64>, &String, &Vec<u8>)>::new();
    for (name, bytes) in files {
        let (key, generation) = match parse(name) {
            FileName::Value(key, generation) => (key, Some(generation)),
            FileName::Unnumbered(key) => (key, None),
            FileName::Temporary(_) | FileName::Foreign => continue,
        };
        let found = newest.entry(key).or_insert((generation, name, bytes));
        // `None` is less than every generation.
        if generation > found.0 || generation == found.0 && name < found.1 {
            *found = (generation, name, bytes);
        }
    }
    let entry = |(key, (generation, _, bytes)): (String, (Option<u64>, &String, &Vec<u8>))| {
        (key, Entry { content: content(bytes.clone()), is_numbered: generation.is_some() })
    };
    newest.into_iter().map(entry).collect()
}
