//! The example `search` against `examples/search/data/reference.py`, which computes the same with
//! numpy.

use std::ffi::OsStr;
use std::path::Path;

use tempfile::tempdir;

use super::python::python;
use super::support::command::{composed, filemap, succeeds};
use super::support::programs::{example, root};

/// The number of rows of the synthetic array: more than two of the example's windows.
const ROWS: &str = "12000";

/// Runs the example, and returns the words that it prints with their similarities.
fn found(options: &[&str], plugin: &Path, data: &Path, words: &[&str]) -> Vec<(String, f64)> {
    let granted = format!("--dir-ro={}::data", data.display());
    let mut command = filemap();
    command.args(["run", &granted]).args(options).arg(plugin).args(words);
    let line = |line: &str| {
        let (score, word) = line.split_once("  ").unwrap();
        (word.to_owned(), score.parse().unwrap())
    };
    succeeds(&mut command).lines().map(line).collect()
}

/// Checks that numpy finds the same words in the same order, with the same scores up to rounding.
/// Each plugin has the options of `filemap run` with which it runs.
#[track_caller]
fn check(plugins: &[(&[&str], &Path)], data: &Path, words: &[&str]) {
    let arguments = [data.as_os_str()].into_iter().chain(words.iter().map(OsStr::new));
    let expected = python("examples/search/data/reference.py", arguments);
    let expected: Vec<(String, f64)> = serde_json::from_str(&expected).unwrap();
    assert_eq!(expected.len(), 10);
    for (options, plugin) in plugins {
        let found = found(options, plugin, data, words);
        let names =
            |of: &[(String, f64)]| of.iter().map(|(word, _)| word.clone()).collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected), "{options:?} {words:?}");
        for ((word, score), (_, expected)) in found.iter().zip(&expected) {
            assert!(
                (score - expected).abs() < 1e-5,
                "{options:?} {words:?}: {word}: {score} is not {expected}"
            );
        }
    }
}

#[test]
fn the_found_words_equal_those_of_numpy() {
    let plugin = example("search");
    for words in [&["king"][..], &["army", "water"], &["music"], &["paris", "english", "city"]] {
        check(&[(&["--map"], &plugin)], &root().join("examples/search/data"), words);
    }
}

#[test]
fn an_array_of_several_windows_is_searched_as_a_whole() {
    let (folder, plugin) = (tempdir().unwrap(), example("search"));
    let (composed, data) = (composed(&plugin, folder.path()), folder.path().join("data"));
    let arguments = ["--synthetic".as_ref(), ROWS.as_ref(), "--into".as_ref(), data.as_os_str()];
    python("examples/search/data/make.py", arguments);
    for words in [&["w0"][..], &["w11999", "w5461", "w5460"]] {
        check(&[(&["--map"], &plugin), (&[], &plugin), (&[], &composed)], &data, words);
    }
}
