//! Contents of directories.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Returns the names of the entries of a directory, sorted.
#[track_caller]
pub(crate) fn file_names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Returns the contents of all files below a directory by their paths, relative to the directory
/// and with `/` between the parts.
#[track_caller]
pub(crate) fn file_contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut contents = BTreeMap::new();
    for name in file_names(directory) {
        let path = directory.join(&name);
        if path.is_dir() {
            let below = file_contents(&path).into_iter();
            contents.extend(below.map(|(rest, content)| (format!("{name}/{rest}"), content)));
        } else {
            contents.insert(name, fs::read(path).unwrap());
        }
    }
    contents
}
