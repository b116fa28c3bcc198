//! Plugins on FUSE file systems, which `bindfs` mounts for one process.

use std::fs;

use tempfile::tempdir;

use super::support::fuse::fuse_tools;
use super::support::run::Provider;
use super::{outcome_mounted, plugin, run_plugin};

/// Mounts two file systems, and one that shows both, at `$1`.
const MOUNT_TWO_TREES: &str = r#"
mount -t tmpfs filemap-test "$1.a"
mount -t tmpfs filemap-test "$1.b"
mount -t tmpfs filemap-test "$1.both"
mkdir "$1.both/a" "$1.both/b"
mount --bind "$1.a" "$1.both/a"
mount --bind "$1.b" "$1.both/b"
bindfs "$1.both" "$1""#;

/// Runs a test program on a file system that `script` mounts with FUSE.
#[track_caller]
fn check(provider: Provider, program: &str, script: &str) {
    if !fuse_tools() {
        return;
    }
    let folder = tempdir().unwrap();
    let disk = folder.path().join("disk");
    for suffix in ["", ".a", ".b", ".both"] {
        fs::create_dir(folder.path().join(format!("disk{suffix}"))).unwrap();
    }
    let plugin = plugin(provider, program, folder.path());
    let command = run_plugin(&plugin, &disk, &[]);
    if let Some(outcome) = outcome_mounted(script, &disk, &command) {
        outcome.succeeds();
    }
}

#[test]
fn two_directories_of_equal_device_and_inode_are_two_stores_natively() {
    check(Provider::Native, "two_trees", MOUNT_TWO_TREES);
}

#[test]
fn two_directories_of_equal_device_and_inode_are_two_stores_portably() {
    check(Provider::Portable, "two_trees", MOUNT_TWO_TREES);
}

/// Mounts a file system, and one that shows it, at `$1`.
const MOUNT_MIRROR: &str = r#"
mount -t tmpfs filemap-test "$1.a"
bindfs "$1.a" "$1""#;

#[test]
fn a_file_that_fuse_keeps_because_it_is_open_is_no_key_natively() {
    check(Provider::Native, "hidden_files", MOUNT_MIRROR);
}

#[test]
fn a_file_that_fuse_keeps_because_it_is_open_is_no_key_portably() {
    check(Provider::Portable, "hidden_files", MOUNT_MIRROR);
}
