//! The `filemap` command as a process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::programs::{FILEMAP, plugged};

/// Returns the `filemap` command. Its cache and the cache's settings are in cargo's target
/// directory, not in the user's home.
pub(crate) fn filemap() -> Command {
    let mut command = Command::new(FILEMAP);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    command
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_CONFIG_HOME", folder.join("config"));
    command
}

/// Runs a command and returns its standard output. Fails the test if the command fails.
#[track_caller]
pub(crate) fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{stdout}{stderr}", output.status);
    stdout
}

/// Composes a plugin with the portable component. Returns the new file, which is in `folder`.
pub(crate) fn composed(plugin: &Path, folder: &Path) -> PathBuf {
    let composed = folder.join("plugged.wasm");
    fs::write(&composed, plugged(plugin)).unwrap();
    composed
}
