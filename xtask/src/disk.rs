//! The disk that the tests need.

use std::fs;
use std::path::Path;

use anyhow::{Error, Result};
use rustix::fs::statvfs;

use crate::root;

/// What `cargo xtask test` writes in a new clone, in GB: `target` and temporary files. With
/// incremental builds it is more.
const NEEDED: u64 = 9;

/// The space below which a failure may be one of the disk, in GB: some tests write that much.
const SHORT: u64 = 1;

/// Runs the tests. Says before them if the disk has less space than they take in a new clone, and
/// after a failure if it is almost full: then the failed tests are those that write most.
pub(crate) fn watch(tests: impl FnOnce() -> Result<()>) -> Result<()> {
    let target = root().join("target");
    fs::create_dir_all(&target)?;
    if let Some(free) = free(&target).filter(|&free| free < NEEDED) {
        println!("note: the disk has {free} GB left, and the tests of a new clone take {NEEDED}");
    }
    tests().map_err(|error| explain(error, free(&target)))
}

/// Adds to a failure that the disk is almost full, if that is the case.
fn explain(error: Error, free: Option<u64>) -> Error {
    match free {
        Some(free) if free < SHORT => error.context("the disk is almost full: free some space"),
        _ => error,
    }
}

/// Returns the free space of the disk of a folder in GB, rounded down.
fn free(folder: &Path) -> Option<u64> {
    let disk = statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize) / 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_failure_on_a_full_disk_says_so() {
        let text = |free| format!("{:#}", explain(anyhow!("`cargo test` failed"), free));
        assert_eq!(text(Some(0)), "the disk is almost full: free some space: `cargo test` failed");
        assert_eq!(text(Some(1)), "`cargo test` failed");
        assert_eq!(text(None), "`cargo test` failed");
    }

    #[test]
    fn the_free_space_of_a_folder_is_read() {
        assert!(free(root()).is_some());
        assert_eq!(free(Path::new("no such folder")), None);
    }
}
