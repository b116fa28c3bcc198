//! The example `terrain` under `filemap run`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::command::filemap;
use super::support::programs::root;

/// Returns the option that grants a folder under a name.
pub(crate) fn grant(host: &Path, guest: &str) -> String {
    format!("{}::{guest}", host.display())
}

/// Returns the folder with the model of the example.
pub(crate) fn model() -> PathBuf {
    root().join("examples/terrain/data")
}

/// Returns `filemap run` of a plugin that does the job, with these options. `model` is the folder
/// of the model, and `results` that of the store.
pub(crate) fn filemap_run(
    options: &[&str],
    plugin: &Path,
    model: &Path,
    results: &Path,
) -> Command {
    let mut command = filemap();
    command.arg("run").args(options).arg("--dir-ro").arg(grant(model, "dem"));
    command.arg("--dir").arg(grant(results, "results")).arg(plugin);
    command
}
