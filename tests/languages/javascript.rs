//! Plugins in JavaScript, which jco builds.

use std::process::Command;

use super::support::command::succeeds;
use super::tools::{self, tool};
use super::{check_imports, check_plugin};

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
