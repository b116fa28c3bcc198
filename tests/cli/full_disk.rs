//! Plugins on a full disk: a file system in memory of one megabyte and a hundred files, mounted for
//! one process.

use tempfile::tempdir;

use super::support::run::Provider;
use super::{outcome_mounted, plugin, run_plugin};

const MOUNT_SMALL_DISK: &str = r#"mount -t tmpfs -o size=1m,nr_inodes=100 filemap-test "$1""#;

/// Runs a test program on the small disk. Where the system does not allow mounting, only the
/// engine's tests cover full disks, with disks in memory.
#[track_caller]
fn check(provider: Provider, program: &str, arguments: &[&str]) {
    let folder = tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let plugin = plugin(provider, program, folder.path());
    let command = run_plugin(&plugin, &disk, arguments);
    if let Some(outcome) = outcome_mounted(MOUNT_SMALL_DISK, &disk, &command) {
        outcome.succeeds();
    }
}

#[test]
fn a_full_disk_refuses_new_arrays_and_keeps_existing_ones_natively() {
    check(Provider::Native, "full", &["reserved"]);
}

#[test]
fn a_full_disk_refuses_writes_to_new_parts_of_arrays_portably() {
    check(Provider::Portable, "full", &["sparse"]);
}

#[test]
fn a_full_disk_refuses_new_values_and_keeps_existing_ones_natively() {
    check(Provider::Native, "full_store", &[]);
}

#[test]
fn a_full_disk_refuses_new_values_and_keeps_existing_ones_portably() {
    check(Provider::Portable, "full_store", &[]);
}
