//! Hostile cases for which the test prepares files, or limits the size of the disk.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use filemap_host::CtxBuilder;

use super::support::cases::BOTH_PROVIDERS;
use super::support::child::{assert_passed, child, is_child};
use super::support::folders::Folders;
use super::support::mounted::run_mounted;
use super::support::programs;
use super::{check, check_with, prepared};

#[test]
fn opens_symbolic_link_loops() {
    for provider in BOTH_PROVIDERS {
        let folders = Folders::new();
        for (link, target) in [("one", "two"), ("two", "one"), ("self", "self"), ("here", ".")] {
            symlink(target, folders.work().join(link)).unwrap();
        }
        check_with(provider, prepared::opens_symbolic_link_loops, &folders, &CtxBuilder::new());
    }
}

#[test]
fn opens_special_files() {
    for provider in BOTH_PROVIDERS {
        let folders = Folders::new();
        let odd = folders.work().join("odd");
        fs::create_dir_all(odd.join("folder#0")).unwrap();
        // The pipe and the socket get names like those of values.
        fs::rename(folders.work().join("pipe"), odd.join("pipe#1")).unwrap();
        fs::rename(folders.work().join("socket"), odd.join("socket#2")).unwrap();
        check_with(provider, prepared::opens_special_files, &folders, &CtxBuilder::new());
    }
}

/// The test runs again in a child process whose temporary directory is a file system of one
/// megabyte.
#[test]
fn fills_the_disk() {
    const TEST: &str = "files::fills_the_disk";
    const DISK: &str = "FILEMAP_FULL_DISK";
    if is_child(TEST) {
        tempfile::env::override_temp_dir(Path::new(&std::env::var_os(DISK).unwrap())).unwrap();
        for provider in BOTH_PROVIDERS {
            check(provider, prepared::fills_the_disk);
        }
        return;
    }
    // Build the program here, because the child has no room for it.
    programs::program("hostile");
    let disk = tempfile::tempdir().unwrap();
    let script = r#"mount -t tmpfs -o size=1m filemap-test "$1""#;
    let output = run_mounted(script, disk.path(), child(TEST).env(DISK, disk.path()));
    assert_passed(&output.unwrap_or_else(|refused| {
        panic!(
            "this test fills a small file system, and the system does not allow mounting one: run \
             the tests as root, or allow user namespaces ({refused})"
        )
    }));
}
