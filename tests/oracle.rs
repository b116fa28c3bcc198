//! filemap beside the real numpy and zict: what either side writes, the other reads.
//!
//! The Python is that of `cargo xtask oracle`. Every test writes down what is to be done as a file
//! of lines, and both sides take the same lines: the scripts beside this file, and the plugin
//! `tests/programs/src/bin/oracle`.

#[path = "oracle/arrays.rs"]
mod arrays;
#[path = "oracle/differential.rs"]
mod differential;
#[path = "oracle/lines.rs"]
mod lines;
#[path = "oracle/search.rs"]
mod search;
#[path = "oracle/store.rs"]
mod store;
mod support;
#[path = "oracle/terrain.rs"]
mod terrain;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::folders::Folders;
use support::programs::FILEMAP;
use support::run::{Provider, run};
use support::{python, random};

/// Both of them.
const PROVIDERS: [Provider; 2] = [Provider::Native, Provider::Portable];

/// Lets the plugin do something in a directory, as its command line says: `COMMAND DIRECTORY
/// LINES`. Returns what it prints.
#[track_caller]
fn plugin(
    provider: Provider,
    command: &str,
    directory: &str,
    lines: &str,
    folders: &Folders,
) -> String {
    fs::write(folders.work().join("lines"), lines).unwrap();
    let outcome = run(provider, "oracle", &[command, directory, "work/lines"], folders);
    assert_eq!(
        (outcome.exit, &*outcome.stderr),
        (Ok(0), ""),
        "{provider:?}: {command} {directory}"
    );
    outcome.stdout
}

/// What a plugin prints, run by the `filemap` command.
#[track_caller]
fn run_filemap(
    options: impl IntoIterator<Item: AsRef<OsStr>>,
    plugin: &Path,
    arguments: &[&str],
) -> String {
    let output = Command::new(FILEMAP).args(options).arg(plugin).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
