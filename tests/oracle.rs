//! filemap against the real numpy and zict, under both providers: each reads the files that the
//! other writes, and random programs give the same answers.
//!
//! A test writes its operations to a file of lines. The Python scripts beside this file and the
//! test program `tests/programs/src/bin/oracle` take the same lines. `cargo xtask oracle` installs
//! numpy and zict. A run prints its seed; `FILEMAP_TEST_SEED=N cargo test --test oracle` repeats
//! it.

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

use std::fs;

use support::folders::Folders;
use support::run::{Provider, run};
use support::{python, random};

/// Runs the test program `oracle` with the arguments `COMMAND DIRECTORY LINES`, and returns its
/// output.
#[track_caller]
fn run_plugin(
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
