//! The model of a store, with which zict and filemap are compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use filemap::store::key;

use super::super::lines::encode;
use super::super::support::files::file_names;

/// A value and the name of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) bytes: Vec<u8>,
    /// The name of the file if it has no number, as zict 2 wrote it. Otherwise the name follows
    /// from the key.
    pub(crate) unnumbered: Option<String>,
}

/// The values by their keys.
pub(crate) type Contents = BTreeMap<String, Value>;

impl From<Vec<u8>> for Value {
    /// Returns the value that `set` stores.
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, unnumbered: None }
    }
}

/// Returns the answer of a side that is this value.
pub(crate) fn answer(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".into(), |value| encode(&value.bytes))
}

/// Returns the answer of a side that is this list.
pub(crate) fn list(answers: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", answers.into_iter().collect::<Vec<_>>().join(","))
}

/// Writes a file without a number, unless its key already has a value: zict never makes two files
/// of one key.
pub(crate) fn put_unnumbered(
    directory: &Path,
    contents: &mut Contents,
    name: &str,
    bytes: Vec<u8>,
) {
    let key = key::unquote(name).into_owned();
    contents.entry(key).or_insert_with(|| {
        fs::write(directory.join(name), &bytes).unwrap();
        Value { bytes, unnumbered: Some(name.to_owned()) }
    });
}

/// Checks that each key has one file with the right name, and that the directory has no other file.
#[track_caller]
pub(crate) fn check_files(directory: &Path, contents: &Contents) {
    let mut expected: Vec<_> = contents
        .iter()
        .map(|(key, value)| {
            value.unnumbered.clone().unwrap_or_else(|| format!("{}#", key::quote(key)))
        })
        .collect();
    expected.sort();
    assert_eq!(
        names_without_numbers(directory),
        expected,
        "the files in `{}`",
        directory.display()
    );
}

/// Returns the names of the files in a directory without their numbers, sorted.
#[track_caller]
fn names_without_numbers(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = file_names(directory)
        .into_iter()
        .map(|name| {
            let without = name.trim_end_matches(|character: char| character.is_ascii_digit());
            if without.ends_with('#') && without != name { without.to_owned() } else { name }
        })
        .collect();
    names.sort();
    names
}
