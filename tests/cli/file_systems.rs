//! File systems of many kinds, each mounted for one process: what arrays and stores answer on them.
//! `docs/filesystems.md` has the answers.

use std::fs;
use std::path::Path;

use rustix::io::Errno;
use tempfile::tempdir;

use super::support::cases::BOTH_PROVIDERS;
use super::support::fuse::fuse_tools;
use super::support::run::Provider;
use super::support::seccomp::refuse;
use super::{Outcome, outcome, outcome_mounted, plugin, run_plugin};

/// Makes the files that the program `file_system` expects.
fn prepare(folder: &Path) {
    fs::create_dir_all(folder.join("old")).unwrap();
    fs::write(folder.join("old/key#0"), "value").unwrap();
    let mut array = b"\x93NUMPY\x01\0\x76\0".to_vec();
    array.extend(b"{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }");
    array.resize(127, b' ');
    array.extend(b"\n\x01\x02\x03");
    fs::write(folder.join("old.npy"), array).unwrap();
}

/// The operations that only read.
const READING: [&str; 4] = ["open r", "open c", "read a store", "open-value"];

/// Returns the answers of the program, each with the name of its operation.
#[track_caller]
fn answers(outcome: Outcome) -> Vec<(String, String)> {
    let text = outcome.succeeds();
    let answers: Vec<_> =
        text.lines().map(|line| line.split_once('\t').expect("a name and an answer")).collect();
    assert_eq!(answers.len(), 14, "{text}");
    answers.into_iter().map(|(name, answer)| (name.into(), answer.into())).collect()
}

/// Runs the program `file_system` after `script` has made a file system at `$1` from the files in
/// `$FILES`, under both providers, and passes the answers to `check`.
#[track_caller]
fn on(script: &str, check: impl Fn(Provider, &str, &str)) {
    for provider in BOTH_PROVIDERS {
        let folder = tempdir().unwrap();
        let (files, disk) = (folder.path().join("files"), folder.path().join("disk"));
        prepare(&files);
        fs::create_dir(&disk).unwrap();
        let plugin = plugin(provider, "file_system", folder.path());
        let command = run_plugin(&plugin, &disk, &[]);
        let script = format!("FILES='{}'\n{script}", files.display());
        if let Some(outcome) = outcome_mounted(&script, &disk, &command) {
            for (name, answer) in answers(outcome) {
                check(provider, &name, &answer);
            }
        }
    }
}

#[test]
fn a_read_only_mount_is_access_denied_for_every_change() {
    let script = r#"mount -t tmpfs filemap-test "$1"; cp -r "$FILES"/. "$1"
        mount -o remount,ro "$1""#;
    on(script, |provider, name, answer| {
        let expected = if READING.contains(&name) { "ok" } else { "ErrorCode::AccessDenied" };
        assert!(answer.starts_with(expected), "{provider:?}, {name}: {answer}");
    });
}

/// Returns a script that makes a file system of this kind in a file and mounts it.
fn image(kind: &str, size: &str) -> String {
    // Where `mkfs` is missing, the message is that of a system that does not allow mounting.
    format!(
        r#"command -v mkfs.{kind} > /dev/null || {{ echo "mount: no mkfs.{kind}" >&2; exit 1; }}
        truncate -s {size} "$FILES.image"
        mkfs.{kind} "$FILES.image" > /dev/null 2>&1
        mount -o loop "$FILES.image" "$1"
        cp -r "$FILES"/. "$1""#
    )
}

#[track_caller]
fn all_is_well(provider: Provider, name: &str, answer: &str) {
    assert_eq!(answer, "ok", "{provider:?}, {name}");
}

#[test]
fn every_operation_succeeds_on_tmpfs() {
    on(r#"mount -t tmpfs filemap-test "$1"; cp -r "$FILES"/. "$1""#, all_is_well);
}

#[test]
fn every_operation_succeeds_on_ext4() {
    on(&image("ext4", "64M"), all_is_well);
}

#[test]
fn every_operation_succeeds_on_xfs() {
    on(&image("xfs", "320M"), all_is_well);
}

#[test]
fn every_operation_succeeds_on_btrfs() {
    on(&image("btrfs", "128M"), all_is_well);
}

#[test]
fn every_operation_succeeds_on_overlayfs() {
    let script = r#"mkdir "$FILES.upper"; mount -t tmpfs filemap-test "$FILES.upper"
        mkdir "$FILES.upper/files" "$FILES.upper/work"
        options="lowerdir=$FILES,upperdir=$FILES.upper/files,workdir=$FILES.upper/work"
        mount -t overlay -o "$options" filemap-test "$1""#;
    on(script, all_is_well);
}

#[test]
fn overlayfs_without_an_upper_directory_is_access_denied_for_every_change() {
    let script = r#"mkdir "$FILES.more"
        mount -t overlay -o "lowerdir=$FILES:$FILES.more" filemap-test "$1""#;
    on(script, |provider, name, answer| {
        let expected = if READING.contains(&name) { "ok" } else { "ErrorCode::AccessDenied" };
        assert!(answer.starts_with(expected), "{provider:?}, {name}: {answer}");
    });
}

#[test]
fn a_full_file_system_is_no_space_for_everything_that_needs_space() {
    let script = r#"mount -t tmpfs -o size=24k filemap-test "$1"; cp -r "$FILES"/. "$1"
        dd if=/dev/zero of="$1/filler" bs=1k count=1000 2> /dev/null || true"#;
    on(script, |provider, name, answer| {
        let needs_space = name != "open r+" && !READING.contains(&name);
        let expected = if needs_space { "ErrorCode::NoSpace" } else { "ok" };
        assert!(answer.starts_with(expected), "{provider:?}, {name}: {answer}");
    });
}

/// As a file system that has no `fsync` for directories: here, no `fsync` at all, which nothing
/// else uses.
#[test]
fn durability_full_is_unsupported_at_open_where_a_directory_cannot_be_synced() {
    for provider in BOTH_PROVIDERS {
        let folder = tempdir().unwrap();
        prepare(&folder.path().join("work"));
        let plugin = plugin(provider, "file_system", folder.path());
        let mut command = run_plugin(&plugin, &folder.path().join("work"), &[]);
        refuse(&mut command, libc::SYS_fsync, Errno::INVAL.raw_os_error());
        for (name, answer) in answers(outcome(&mut command)) {
            if name.ends_with("full") {
                for part in ["ErrorCode::Unsupported: cannot", "the durability `data`"] {
                    assert!(answer.contains(part), "{provider:?}, {name}: {answer}");
                }
            } else {
                assert_eq!(answer, "ok", "{provider:?}, {name}");
            }
        }
        assert!(!folder.path().join("work/made").exists());
    }
}

#[test]
fn every_operation_succeeds_on_bindfs() {
    if fuse_tools() {
        on(r#"bindfs "$FILES" "$1""#, all_is_well);
    }
}

#[test]
fn a_file_system_without_renames_changes_arrays_only() {
    if !fuse_tools() {
        return;
    }
    on(r#"bindfs --rename-deny "$FILES" "$1""#, |provider, name, answer| {
        let expected =
            if name.contains(" store, ") { "ErrorCode::AccessDenied: cannot write" } else { "ok" };
        assert!(answer.starts_with(expected), "{provider:?}, {name}: {answer}");
    });
}
