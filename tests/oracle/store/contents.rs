//! What must be in a directory: the plain model that zict and filemap are both compared with.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use filemap::store::key;

use super::super::lines::encode;

/// A value, and what its file is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) bytes: Vec<u8>,
    /// The name of the file where it has no number: as zict 2 wrote it. Otherwise the name follows
    /// from the key.
    pub(crate) unnumbered: Option<String>,
}

/// The keys and their values.
pub(crate) type Contents = BTreeMap<String, Value>;

impl From<Vec<u8>> for Value {
    /// A value as `set` leaves it.
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, unnumbered: None }
    }
}

/// A value as the sides answer it.
pub(crate) fn answer(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".into(), |value| encode(&value.bytes))
}

/// A list as the sides answer it.
pub(crate) fn list(answers: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", answers.into_iter().collect::<Vec<_>>().join(","))
}

/// Writes a file without a number, unless its key has a value already: two files of one key are
/// nothing that zict makes.
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

/// Checks that each key has one file, of the right name, and that there is nothing else.
#[track_caller]
pub(crate) fn check_files(directory: &Path, contents: &Contents) {
    let mut expected: Vec<_> = contents
        .iter()
        .map(|(key, value)| {
            value.unnumbered.clone().unwrap_or_else(|| format!("{}#", key::quote(key)))
        })
        .collect();
    expected.sort();
    assert_eq!(names(directory), expected, "the files in `{}`", directory.display());
}

/// The names of the files in a directory, up to their numbers.
#[track_caller]
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let without = name.trim_end_matches(|character: char| character.is_ascii_digit());
            if without.ends_with('#') && without != name { without.to_owned() } else { name }
        })
        .collect();
    names.sort();
    names
}
