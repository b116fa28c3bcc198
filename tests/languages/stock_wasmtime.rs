//! Plugged plugins in hosts that know nothing of filemap: Wasmtime's own command, and Wasmtime for
//! Python. They print the same and leave the same files as under `filemap run`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::tempdir;

use super::support::command::{composed, filemap, succeeds};
use super::support::files::file_contents;
use super::support::programs::{example, root};
use super::tools::{source, tool};

/// Plugins that analyse an elevation model: all leave the same files.
fn plugins() -> Vec<(&'static str, PathBuf)> {
    vec![("Rust", example("terrain"))]
}

/// What two runs of a plugin print, the second of which finds the results, and what they leave.
#[derive(PartialEq)]
struct Results {
    printed: [String; 2],
    files: BTreeMap<String, Vec<u8>>,
}

/// Runs a program twice on the same folder for results. `program` makes its command from the folder
/// of the model and that of the results.
#[track_caller]
fn results(program: impl Fn(&Path, &Path) -> Command) -> Results {
    let (model, folder) = (root().join("examples/terrain/data"), tempdir().unwrap());
    let printed = [(); 2].map(|()| succeeds(&mut program(&model, folder.path())));
    assert!(printed[1].contains("found in the store"), "{}", printed[1]);
    Results { printed, files: file_contents(folder.path()) }
}

/// Returns what is expected of each host: what `filemap run` does with the plugged plugin. The
/// plugin itself leaves the same files under the native provider.
#[track_caller]
fn expected(plugin: &Path, plugged: &Path) -> Results {
    let [native, portable] = [plugin, plugged].map(|plugin| {
        results(|model, folder| {
            let mut command = filemap();
            command.arg("run").arg("--dir-ro").arg(grant(model, "dem"));
            command.arg("--dir").arg(grant(folder, "results")).arg(plugin);
            command
        })
    });
    assert!(native.files == portable.files);
    assert_eq!(
        native.files.keys().collect::<Vec<_>>(),
        ["hillshade.png#0", "slope#1", "stats.json#2"]
    );
    portable
}

fn grant(host: &Path, guest: &str) -> String {
    format!("{}::{guest}", host.display())
}

/// Checks each plugin in the host whose command `host` makes from the plugged plugin, the folder of
/// the model and that of the results.
#[track_caller]
fn check(host: impl Fn(&Path, &Path, &Path) -> Command) {
    for (language, plugin) in plugins() {
        let folder = tempdir().unwrap();
        let plugged = composed(&plugin, folder.path());
        let expected = expected(&plugin, &plugged);
        let found = results(|model, results| host(&plugged, model, results));
        assert_eq!(found.printed, expected.printed, "{language}");
        assert!(found.files == expected.files, "{language}: the files differ");
    }
}

#[test]
fn plugged_plugins_run_under_the_command_of_wasmtime() {
    let wasmtime = tool("python-host/commands/wasmtime");
    check(|plugged, model, results| {
        let mut command = Command::new(&wasmtime);
        command.arg("run").arg("--dir").arg(grant(model, "dem"));
        command.arg("--dir").arg(grant(results, "results")).arg(plugged);
        command
    });
}

#[test]
fn plugged_plugins_run_under_wasmtime_for_python() {
    let python = tool("python-host/bin/python");
    check(|plugged, model, results| {
        let mut command = Command::new(&python);
        command.arg(source("python-host/host.py")).args([plugged, model, results]);
        command
    });
}
