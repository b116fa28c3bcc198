//! Plugins in JavaScript, which jco builds, and the portable component in Node, which jco
//! transpiles.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::tempdir;

use super::support::command::{filemap, succeeds};
use super::tools::{self, source, tool};
use super::{check, check_imports, check_plugin};

/// Returns the command that runs jco in Node.
fn jco() -> Command {
    let mut command = Command::new("node");
    command.arg(tool("javascript/node_modules/@bytecodealliance/jco/dist/jco.js"));
    command
}

/// Builds the plugin `NAME.js` by `jco componentize` with these options, and checks it.
#[track_caller]
fn check_javascript(name: &str, options: &[&str]) {
    let program = format!("{name}.js");
    let sources = [&format!("javascript/{program}"), "javascript/package-lock.json"];
    let plugin = tools::plugin(name, &sources, |folder| {
        let mut build = jco();
        build.current_dir(folder).arg("componentize").arg(&program);
        build
            .args(["--wit", "wit", "--world-name", "command", "--out", "plugin.wasm"])
            .args(options);
        succeeds(&mut build);
    });
    check_imports(&plugin, &["cli", "clocks", "filesystem", "io", "random"]);
    check_plugin(&plugin);
}

#[test]
fn a_plugin_in_javascript_runs_under_both_providers() {
    check_javascript("plugin", &["--disable", "http", "--disable", "fetch-event"]);
}

#[test]
fn a_plugin_in_javascript_built_with_quickjs_runs_under_both_providers() {
    check_javascript("quickjs", &["--backend", "qjs", "--backend-qjs-disable-async"]);
}

#[test]
fn the_portable_component_runs_in_node() {
    let folder = tempdir().unwrap();
    let program = node_program(folder.path(), "node.mjs");
    check(|work| {
        let mut node = Command::new("node");
        node.arg(&program).arg(work);
        node
    });
}

#[test]
fn stores_in_node_share_a_directory_although_its_host_knows_no_descriptor_again() {
    let folder = tempdir().unwrap();
    let program = node_program(folder.path(), "sharing.mjs");
    let work = tempdir().unwrap();
    let printed = succeeds(Command::new("node").arg(&program).arg(work.path()));
    assert_eq!(printed, "shared\n");
    let names = super::support::files::file_names(&work.path().join("store"));
    assert_eq!(names, ["big#0", "k#1"]);
}

/// Transpiles the portable component to `folder`, and copies the program `name` to it. Returns the
/// path of the program.
fn node_program(folder: &Path, name: &str) -> PathBuf {
    let component = folder.join("filemap.wasm");
    succeeds(filemap().args(["component", "--output"]).arg(&component));
    let provider = folder.join("provider");
    succeeds(jco().arg("transpile").arg(&component).arg("--out-dir").arg(provider));
    // Node looks for packages beside the program. This version of the shim resolves links within
    // the granted directory and grants nothing by default; jco itself cannot read files with it.
    let packages = folder.join("node_modules/@bytecodealliance");
    fs::create_dir_all(&packages).unwrap();
    let shim = tool("javascript/node_modules/preview2-shim-of-programs");
    symlink(shim, packages.join("preview2-shim")).unwrap();
    let program = folder.join(name);
    fs::copy(source(&format!("javascript/{name}")), &program).unwrap();
    program
}
