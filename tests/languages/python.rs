//! A plugin in Python, which componentize-py builds.

use std::process::Command;

use super::support::command::succeeds;
use super::tools::{self, tool};
use super::{check_imports, check_plugin};

#[test]
fn a_plugin_in_python_runs_under_both_providers() {
    let sources = ["python/app.py", "python/requirements.txt"];
    let plugin = tools::plugin("app", &sources, |folder| {
        let mut build = Command::new(tool("python/bin/componentize-py"));
        build.current_dir(folder).args(["--wit-path", "wit", "--world", "command", "componentize"]);
        build.args(["app", "--output", "plugin.wasm"]);
        succeeds(&mut build);
    });
    check_imports(&plugin, &["cli", "clocks", "filesystem", "io", "random", "sockets"]);
    check_plugin(&plugin);
}
