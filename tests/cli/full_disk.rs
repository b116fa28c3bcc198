//! A disk without room, a real one: one megabyte of memory with a hundred files, mounted for a
//! process that nobody else sees.

use tempfile::tempdir;

use super::mounted::run_mounted;
use super::support::run::Provider;
use super::{plugin, run_plugin};

const A_SMALL_DISK: &str = r#"mount -t tmpfs -o size=1m,nr_inodes=100 filemap-test "$1""#;

/// Runs that test program on the disk.
#[track_caller]
fn check(provider: Provider, program: &str) {
    let folder = tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let plugin = plugin(provider, program, folder.path());
    // Only where nobody may mount does nothing run: the disks in memory of the engine's tests are
    // full, too.
    if let Some(ran) = run_mounted(A_SMALL_DISK, &disk, &run_plugin(&plugin, &disk, &[])) {
        ran.succeeds();
    }
}

#[test]
fn natively_no_array_finds_room_and_none_loses_its_own() {
    check(Provider::Native, "full");
}

#[test]
fn portably_no_array_finds_room_and_none_loses_its_own() {
    check(Provider::Portable, "full");
}

#[test]
fn natively_no_value_finds_room_and_none_is_lost() {
    check(Provider::Native, "full_store");
}

#[test]
fn portably_no_value_finds_room_and_none_is_lost() {
    check(Provider::Portable, "full_store");
}
