//! A disk without room, a real one: one megabyte of memory, mounted for a process that nobody else sees.

use std::process::Command;

use tempfile::tempdir;

use super::support::programs::{FILEMAP, plugged, program};
use super::{filemap, outcome};

/// Mounts the disk and runs the rest of the arguments.
const ON_A_SMALL_DISK: &str = r#"mount -t tmpfs -o size=1m filemap-test "$1" && shift && exec "$@""#;

/// Runs the test program `full`, or that composed with the portable component.
#[track_caller]
fn check(is_plugged: bool) {
    let folder = tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mut plugin = program("full");
    if is_plugged {
        let composed = plugged(&plugin);
        plugin = folder.path().join("plugged.wasm");
        std::fs::write(&plugin, composed).unwrap();
    }
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh"]).arg(&disk);
    for (name, value) in filemap().get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let grant = format!("{}::work", disk.display());
    command.args([FILEMAP, "run", "--dir", &grant]).arg(plugin);
    let output = command.output().expect("`unshare` of util-linux is there: install it");
    let ran = outcome(&output);
    if ["unshare:", "mount:"].iter().any(|word| ran.stderr.starts_with(word)) {
        // Only where nobody may mount: the disks in memory of the engine's tests are full, too.
        eprintln!("NOT TESTED on a full disk, because this system does not allow to mount one: {}", ran.stderr);
        return;
    }
    ran.succeeds();
}

#[test]
fn natively_no_array_finds_room_and_none_loses_its_own() {
    check(false);
}

#[test]
fn portably_no_array_finds_room_and_none_loses_its_own() {
    check(true);
}
