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
