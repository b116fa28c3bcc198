//! Hostile cases for which the test prepares files, truncates them during the case, or limits the
//! size of the disk.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt as _, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use filemap_host::CtxBuilder;

use super::support::cases::BOTH_PROVIDERS;
use super::support::child::{assert_passed, child, is_child};
use super::support::folders::Folders;
use super::support::mounted::run_mounted;
use super::support::programs;
use super::support::run::Provider;
use super::{PAGE, check, check_with, prepared};

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

/// Runs a case while another thread truncates and extends the file that the case uses.
fn check_while_truncating(provider: Provider, case: &'static str) {
    const SIZE: u64 = 256 << 10;
    let folders = Folders::new();
    let file = File::create(folders.work().join("moving.bin")).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut cut, filling) = (1, vec![0x55; 64 << 10]);
            while !done.load(Ordering::Relaxed) {
                // Truncates anywhere in the file, at page boundaries and within pages.
                cut = cut * 48_271 % 2_147_483_647;
                file.set_len(if cut % 2 == 0 { cut % SIZE } else { cut % SIZE / PAGE * PAGE })
                    .unwrap();
                file.set_len(SIZE).unwrap();
                file.write_all_at(&filling, cut % SIZE / 2).unwrap();
            }
        });
        let outcome = std::panic::catch_unwind(|| {
            check_with(provider, case, &folders, &CtxBuilder::new());
        });
        done.store(true, Ordering::Relaxed);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

macro_rules! tests_while_truncating {
    ($($case:ident)*) => {
        $(#[test] fn $case() {
            for provider in BOTH_PROVIDERS {
                check_while_truncating(provider, prepared::$case);
            }
        })*
    };
}

tests_while_truncating! {
    reads_while_another_thread_truncates
    writes_while_another_thread_truncates
    reduces_while_another_thread_truncates
    resizes_while_another_thread_truncates
    streams_while_another_thread_truncates
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
