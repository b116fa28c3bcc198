//! The example `search` beside `examples/search/data/reference.py`, which does the same with numpy.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use tempfile::tempdir;

use super::python::python;
use super::run_filemap;
use super::support::programs::{example, plugged, root};

/// More than two windows of the example.
const ROWS: &str = "12000";

/// The words that the example found, and how similar they are.
fn found(options: &[&str], plugin: &Path, data: &Path, words: &[&str]) -> Vec<(String, f64)> {
    let granted = format!("--dir-ro={}::data", data.display());
    let output = run_filemap([&["run", &granted], options].concat(), plugin, words);
    let line = |line: &str| {
        let (score, word) = line.split_once("  ").unwrap();
        (word.to_owned(), score.parse().unwrap())
    };
    output.lines().map(line).collect()
}

/// Checks that numpy finds the same words in the same order, and the same scores but for rounding.
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
fn the_answers_are_those_of_numpy() {
    let plugin = example("search");
    for words in [&["king"][..], &["army", "water"], &["music"], &["paris", "english", "city"]] {
        check(&[(&["--map"], &plugin)], &root().join("examples/search/data"), words);
    }
}

#[test]
fn several_windows_are_searched_as_one() {
    let (folder, plugin) = (tempdir().unwrap(), example("search"));
    let (composed, data) = (folder.path().join("plugged.wasm"), folder.path().join("data"));
    fs::write(&composed, plugged(&plugin)).unwrap();
    let arguments = ["--synthetic".as_ref(), ROWS.as_ref(), "--into".as_ref(), data.as_os_str()];
    python("examples/search/data/make.py", arguments);
    for words in [&["w0"][..], &["w11999", "w5461", "w5460"]] {
        check(&[(&["--map"], &plugin), (&[], &plugin), (&[], &composed)], &data, words);
    }
}
