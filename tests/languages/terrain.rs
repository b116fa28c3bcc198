//! The example `terrain` in each language on each host: every cell of the matrix in the README.
//!
//! A test is named `terrain::LANGUAGE::HOST`. It runs the program twice: the second run finds the
//! results of the first. Both print what the program in Rust prints natively, and leave the same
//! files, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::tempdir;

use super::example_run::{filemap_run, grant, model};
use super::support::command::{composed, succeeds};
use super::support::files::file_contents;
use super::support::programs::{example, root};
use super::tools::{source, tool};
use super::{browser, node, python_host};

/// Defines the tests of each language, and the list of all tests.
macro_rules! matrix {
    ($($language:ident ($plugin:expr): $($host:ident)*;)*) => {
        $(
            mod $language {
                $(
                    #[test]
                    fn $host() {
                        super::check(&$plugin, super::$host);
                    }
                )*
            }
        )*
        /// The tests of each language.
        const TESTS: &[(&str, &[&str])] =
            &[$((stringify!($language), &[$(stringify!($host)),*])),*];
    };
}

matrix! {
    rust (super::super::support::programs::example("terrain")):
        natively with_map plugged in_wasmtime in_python in_node in_a_browser;
    python (super::super::python::terrain()):
        natively plugged in_wasmtime in_python in_node in_a_browser;
    javascript (super::super::javascript_package::terrain_in_quickjs()):
        natively plugged in_wasmtime in_python in_node in_a_browser;
    c (super::super::c::terrain_plugin()):
        natively with_map plugged in_wasmtime in_python in_node in_a_browser;
}

/// The tests in the order of the columns of the matrix.
const COLUMNS: [&str; 7] =
    ["natively", "with_map", "plugged", "in_wasmtime", "in_python", "in_node", "in_a_browser"];

/// What a host is given.
struct Job<'a> {
    plugin: &'a Path,
    /// The plugin, composed with the portable component.
    plugged: &'a Path,
    /// The folder with the model, for reading.
    model: PathBuf,
    /// The folder of the store.
    results: &'a Path,
}

/// What the two runs print, and the files that they leave.
struct Outcome {
    printed: [String; 2],
    files: BTreeMap<String, Vec<u8>>,
}

/// Runs a plugin twice on a host, which returns what the two runs print.
#[track_caller]
fn outcome(plugin: &Path, host: fn(&Job) -> [String; 2]) -> Outcome {
    let folder = tempdir().unwrap();
    let results = folder.path().join("results");
    fs::create_dir(&results).unwrap();
    let plugged = &composed(plugin, folder.path());
    let printed = host(&Job { plugin, plugged, model: model(), results: &results });
    // WASI has no locks, and the description of the store says so under the portable provider.
    let printed = printed.map(|text| text.replace(" elements, not locked>", " elements>"));
    Outcome { printed, files: file_contents(&results) }
}

#[track_caller]
fn check(plugin: &Path, host: fn(&Job) -> [String; 2]) {
    static EXPECTED: OnceLock<Outcome> = OnceLock::new();
    let expected = EXPECTED.get_or_init(|| outcome(&example("terrain"), natively));
    let names: Vec<_> = expected.files.keys().collect();
    assert_eq!(names, ["hillshade.png#0", "slope#1", "stats.json#2"]);
    assert!(expected.printed[1].contains("found in the store"), "{}", expected.printed[1]);
    let found = outcome(plugin, host);
    assert_eq!(found.printed, expected.printed);
    for (name, content) in &expected.files {
        assert!(found.files.get(name) == Some(content), "`{name}` differs");
    }
    assert_eq!(found.files.len(), expected.files.len());
}

/// Runs the same command twice.
#[track_caller]
fn twice(command: impl Fn() -> Command) -> [String; 2] {
    [(); 2].map(|()| succeeds(&mut command()))
}

/// `filemap run`.
fn natively(job: &Job) -> [String; 2] {
    twice(|| filemap_run(&[], job.plugin, &job.model, job.results))
}

/// `filemap run --map`.
fn with_map(job: &Job) -> [String; 2] {
    twice(|| filemap_run(&["--map"], job.plugin, &job.model, job.results))
}

/// `filemap run` of the plugged plugin.
fn plugged(job: &Job) -> [String; 2] {
    twice(|| filemap_run(&[], job.plugged, &job.model, job.results))
}

/// Wasmtime's own command, with the plugged plugin.
fn in_wasmtime(job: &Job) -> [String; 2] {
    twice(|| {
        let mut command = Command::new(tool("python-host/commands/wasmtime"));
        command.arg("run").arg("--dir").arg(grant(&job.model, "dem"));
        command.arg("--dir").arg(grant(job.results, "results")).arg(job.plugged);
        command
    })
}

/// The package `filemap-wasm` for Python over Wasmtime for Python, which composes the plugin.
fn in_python(job: &Job) -> [String; 2] {
    twice(|| {
        let mut command = python_host::portable_python();
        command.arg(source("python-host/run.py")).arg(job.plugin).arg(&job.model).arg(job.results);
        command
    })
}

/// The package `filemap-wasm` for Node, with the plugged plugin.
fn in_node(job: &Job) -> [String; 2] {
    twice(|| {
        let mut command = node::run_in_node();
        command.arg(job.plugged).arg(format!("results={}", job.results.display()));
        command.arg(format!("dem={}:ro", job.model.display()));
        command
    })
}

/// The page of `examples/browser` in Chromium, with the plugged plugin.
fn in_a_browser(job: &Job) -> [String; 2] {
    browser::terrain(job.plugged, job.results)
}

/// Wasmtime for Python, by the program that its page shows.
fn in_wasmtime_for_python(job: &Job) -> [String; 2] {
    twice(|| {
        let mut command = Command::new(tool("python-host/bin/python"));
        command.arg(source("python-host/host.py"));
        command.args([job.plugged, &job.model, job.results]);
        command
    })
}

#[test]
fn the_program_for_wasmtime_in_python_runs_a_plugged_plugin() {
    check(&example("terrain"), in_wasmtime_for_python);
}

/// The package `filemap-wasm` for Node, which links the plugin with its portable component.
fn in_node_not_plugged(job: &Job) -> [String; 2] {
    in_node(&Job { plugged: job.plugin, model: job.model.clone(), ..*job })
}

#[test]
fn node_runs_a_plugin_that_is_not_plugged() {
    check(&example("terrain"), in_node_not_plugged);
}

#[test]
fn the_matrix_of_the_readme_is_that_of_the_tests() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let rows = readme.lines().skip_while(|line| !line.starts_with("| plugin in |")).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let shown: BTreeSet<_> = rows
        .flat_map(|row| {
            let mut cells = row.trim_matches('|').split('|').map(str::trim);
            let language = cells.next().unwrap_or_default();
            let language = language.trim_start_matches('[').split([']', ' ']).next().unwrap();
            let language = language.to_lowercase();
            let cells = cells.zip(COLUMNS).filter(|(cell, _)| *cell == "yes");
            cells.map(move |(_, column)| format!("{language}::{column}")).collect::<Vec<_>>()
        })
        .collect();
    let tested: BTreeSet<_> = TESTS
        .iter()
        .flat_map(|(language, hosts)| hosts.iter().map(move |host| format!("{language}::{host}")))
        .collect();
    assert_eq!(shown, tested, "the cells of the README (left) and the tests (right)");
}
