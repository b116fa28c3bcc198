//! The example `terrain`, run as its README shows, natively and composed with the portable
//! component: its output, its results, and its second run, which reads them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use super::support::files::file_contents;
use super::support::programs::{example, root};
use super::{readme_outputs, run_filemap};

/// The elevations' min, max and mean as numpy computes them. numpy does not sum by Welford's
/// method, so the last digits differ.
const ELEVATION: [(&str, f64); 3] =
    [("min", 236.0), ("max", 1076.0), ("mean", 531.031_168_849_904_8)];

/// The example and the folder of its results.
struct Example {
    plugin: PathBuf,
    folder: TempDir,
}

impl Example {
    /// Returns the example with an empty folder; `plugged` composes it by `filemap plug`.
    fn new(plugged: bool) -> Self {
        let (mut plugin, folder) = (example("terrain"), tempdir().unwrap());
        fs::create_dir(folder.path().join("results")).unwrap();
        if plugged {
            plugin = plug(&plugin, folder.path());
        }
        Self { plugin, folder }
    }

    /// Runs the example and returns its output.
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

/// Composes a plugin to a new file in `folder`.
fn plug(plugin: &Path, folder: &Path) -> PathBuf {
    let composed = folder.join("terrain.wasm");
    run_filemap(["plug".as_ref(), plugin.as_os_str(), "-o".as_ref(), composed.as_os_str()])
        .succeeds();
    composed
}

/// Returns the output of the first run, as the example's README shows it, and the only line of the
/// second run that differs.
fn documented_outputs() -> (String, String) {
    let [first, changed] = readme_outputs("terrain").try_into().unwrap();
    (first, changed)
}

#[test]
fn the_first_run_computes_the_results_and_the_second_finds_them() {
    let (first, changed) = documented_outputs();
    let second: String = first
        .split_inclusive('\n')
        .map(|line| if line.starts_with("results ") { changed.as_str() } else { line })
        .collect();
    assert_ne!(first, second);
    for plugged in [false, true] {
        let example = Example::new(plugged);
        // WASI has no locks, and the description of the store says so.
        let elements = if plugged { " elements, not locked>" } else { " elements>" };
        assert_eq!(example.run(), first.replace(" elements>", elements), "plugged: {plugged}");
        let results = file_contents(&example.results());
        assert_eq!(example.run(), second.replace(" elements>", elements), "plugged: {plugged}");
        assert!(
            file_contents(&example.results()) == results,
            "plugged: {plugged}: the second run writes nothing"
        );
    }
}

#[test]
fn both_providers_write_the_same_bytes() {
    let [native, plugged] = [false, true].map(|plugged| {
        let example = Example::new(plugged);
        example.run();
        file_contents(&example.results())
    });
    assert_eq!(native.keys().collect::<Vec<_>>(), ["hillshade.png#0", "slope#1", "stats.json#2"]);
    assert!(native == plugged);
}

#[test]
fn the_portable_provider_finds_the_results_of_the_native_one() {
    let mut example = Example::new(false);
    example.run();
    example.plugin = plug(&example.plugin, example.folder.path());
    assert!(example.run().contains("found in the store"));
}

#[test]
fn the_hillshade_is_a_png_image() {
    let example = Example::new(false);
    example.run();
    let picture = fs::read(example.results().join("hillshade.png#0")).unwrap();
    let (start, end) = (&picture[..33], &picture[picture.len() - 12..]);
    assert_eq!(start[..16], *b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR");
    let number = |at: usize| u32::from_be_bytes(start[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), (403, 344), "width and height");
    assert_eq!(start[24..26], [8, 0], "eight bits, greyscale");
    assert_eq!(end[4..8], *b"IEND");
}

#[test]
fn the_statistics_equal_those_of_numpy() {
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
