//! The example `terrain` as its README runs it, under both providers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use super::support::programs::{example, root};
use super::{run_filemap, samples};

/// The numbers of numpy for the elevations: min, max, mean. numpy's sum is not Welford's, and so
/// the last digits differ.
const ELEVATION: [(&str, f64); 3] =
    [("min", 236.0), ("max", 1076.0), ("mean", 531.031_168_849_904_8)];

/// The example, plugged where that is asked for, and a folder for its results.
struct Example {
    plugin: PathBuf,
    folder: TempDir,
}

impl Example {
    fn new(plugged: bool) -> Self {
        let (mut plugin, folder) = (example("terrain"), tempdir().unwrap());
        fs::create_dir(folder.path().join("results")).unwrap();
        if plugged {
            let composed = folder.path().join("terrain.wasm");
            run_filemap(["plug".as_ref(), plugin.as_os_str(), "-o".as_ref(), composed.as_os_str()])
                .succeeds();
            plugin = composed;
        }
        Self { plugin, folder }
    }

    /// What it prints.
    fn run(&self) -> String {
        let data = format!("{}::dem", root().join("examples/terrain/data").display());
        let results = format!("{}::results", self.results().display());
        let arguments =
            ["run", "--dir-ro", &data, "--dir", &results, self.plugin.to_str().unwrap()];
        run_filemap(arguments).succeeds()
    }

    fn results(&self) -> PathBuf {
        self.folder.path().join("results")
    }
}

/// The names and contents of the files in a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect()
}

/// What the example's README says that the first run prints, and the one line of the second that
/// differs.
fn promised() -> (String, String) {
    let [first, changed] = samples("terrain").try_into().unwrap();
    (first, changed)
}

#[test]
fn the_first_run_computes_and_the_second_finds() {
    let (first, changed) = promised();
    let second: String = first
        .split_inclusive('\n')
        .map(|line| if line.starts_with("results ") { changed.as_str() } else { line })
        .collect();
    assert_ne!(first, second);
    for plugged in [false, true] {
        let example = Example::new(plugged);
        // WASI has no locks, and the store says so.
        let kept_in = if plugged { " elements, not locked>" } else { " elements>" };
        assert_eq!(example.run(), first.replace(" elements>", kept_in), "plugged: {plugged}");
        let kept = files(&example.results());
        assert_eq!(example.run(), second.replace(" elements>", kept_in), "plugged: {plugged}");
        assert!(
            files(&example.results()) == kept,
            "plugged: {plugged}: the second run writes nothing"
        );
    }
}

#[test]
fn both_providers_leave_the_same_bytes() {
    let [native, plugged] = [false, true].map(|plugged| {
        let example = Example::new(plugged);
        example.run();
        files(&example.results())
    });
    assert_eq!(native.keys().collect::<Vec<_>>(), ["hillshade.png#0", "slope#1", "stats.json#2"]);
    assert!(native == plugged);
}

#[test]
fn each_provider_finds_the_results_of_the_other() {
    let (native, mut plugged) = (Example::new(false), Example::new(true));
    native.run();
    plugged.folder = native.folder;
    // The composition lay in the folder that was exchanged.
    plugged.plugin = plugged.folder.path().join("terrain.wasm");
    run_filemap([
        "plug".as_ref(),
        native.plugin.as_os_str(),
        "-o".as_ref(),
        plugged.plugin.as_os_str(),
    ])
    .succeeds();
    assert!(plugged.run().contains("found in the store"));
}

#[test]
fn the_picture_is_one() {
    let example = Example::new(false);
    example.run();
    let picture = fs::read(example.results().join("hillshade.png#0")).unwrap();
    let (start, end) = (&picture[..33], &picture[picture.len() - 12..]);
    assert_eq!(start[..16], *b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR");
    let number = |at: usize| u32::from_be_bytes(start[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), (403, 344), "width and height");
    assert_eq!(start[24..26], [8, 0], "eight bits of grey");
    assert_eq!(end[4..8], *b"IEND");
}

#[test]
fn the_statistics_are_those_of_numpy() {
    let example = Example::new(false);
    example.run();
    let report: Value =
        serde_json::from_slice(&fs::read(example.results().join("stats.json#2")).unwrap()).unwrap();
    for (name, expected) in ELEVATION {
        let found = report["elevation"][name].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-9, "{name}: {found} is not {expected}");
    }
    assert_eq!(report["highest"], serde_json::json!({ "row": 297, "column": 219 }));
}
