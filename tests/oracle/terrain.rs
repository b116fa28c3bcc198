//! The example `terrain` against `examples/terrain/data/reference.py`, which computes the same with
//! numpy, and its store read by zict.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::tempdir;

use super::python::python;
use super::store::inspect;
use super::store::side::Side;
use super::support::command::{filemap, succeeds};
use super::support::folders::Folders;
use super::support::programs::{example, root};

/// Runs the example, and returns the values of its store by their keys.
fn run_example(results: &Path) -> [(&'static str, Vec<u8>); 3] {
    let grants = [
        format!("--dir-ro={}::dem", root().join("examples/terrain/data").display()),
        format!("--dir={}::results", results.display()),
    ];
    succeeds(filemap().arg("run").args(grants).arg(example("terrain")));
    ["hillshade.png#0", "slope#1", "stats.json#2"]
        .map(|file| (file.split_once('#').unwrap().0, fs::read(results.join(file)).unwrap()))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

#[test]
fn slope_and_statistics_equal_those_of_numpy() {
    let folder = tempdir().unwrap();
    let [_, (_, slope), (_, report)] = run_example(folder.path());
    let path = folder.path().join("reference");
    let reference =
        python("examples/terrain/data/reference.py", ["--slope".as_ref(), path.as_os_str()]);

    let (slope, expected) = (floats(&slope), floats(&fs::read(path).unwrap()));
    assert_eq!(slope.len(), 344 * 403);
    assert_eq!(slope.len(), expected.len());
    let different =
        slope.iter().zip(&expected).position(|(slope, expected)| (slope - expected).abs() > 1e-5);
    assert_eq!(different.map(|cell| (cell, slope[cell], expected[cell])), None);

    let [report, reference]: [Value; 2] =
        [&report[..], reference.as_bytes()].map(|json| serde_json::from_slice(json).unwrap());
    for grid in ["elevation", "slope", "hillshade"] {
        for name in ["min", "max", "mean", "std"] {
            let [found, expected] =
                [&report, &reference].map(|json| json[grid][name].as_f64().unwrap());
            assert!((found - expected).abs() < 1e-9, "{grid}, {name}: {found} is not {expected}");
        }
    }
    assert_eq!(report["basis"]["shape"], reference["shape"]);
    assert_eq!(report["basis"]["dtype"], reference["dtype"]);
}

#[test]
fn zict_reads_the_results() {
    let folders = Folders::new();
    let results = folders.work().join("results");
    fs::create_dir(&results).unwrap();
    let values = run_example(&results).map(|(key, value)| (key.to_owned(), value.into()));
    let mut lines = String::new();
    inspect(Side::Zict, ("work", "results"), &folders, &mut values.into(), &mut lines);
    Side::Zict.run("work", &lines, &folders);
}
