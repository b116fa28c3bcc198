//! Stores of many files: the native provider opens them in little memory, and from the names of the
//! directory entries alone.
//!
//! `FILEMAP_TEST_CASES` above 1 tests a million files instead of 20,000.

use std::fs::{self, File};
use std::path::Path;

use tempfile::tempdir;

use super::support::process::peak_memory;
use super::support::random::cases;
use super::support::run::Provider;
use super::support::session::Session;
use super::{outcome_mounted, plugin, run_plugin};

/// The maximum memory for each key, in bytes.
const MAX_BYTES_PER_KEY: u64 = 150;

/// The maximum memory for listing keys in pieces, whatever their count, in bytes.
const MAX_BYTES_FOR_LISTING: u64 = 2 << 20;

/// Returns the peak memory of a process that opens the store in `work`, in bytes.
fn memory_to_open(work: &Path, key_count: u64) -> u64 {
    let plugin = plugin(Provider::Native, "many", work);
    let mut session = Session::start(&mut run_plugin(&plugin, work, &[&key_count.to_string()]));
    assert_eq!(session.line(), "found");
    let memory = peak_memory(session.process_id());
    session.tell("");
    session.finish();
    memory
}

#[test]
fn many_keys_take_little_memory() {
    let count = if cases() > 1 { 1_000_000 } else { 20_000 };
    let (full, empty) = (tempdir().unwrap(), tempdir().unwrap());
    for folder in [&full, &empty] {
        fs::create_dir(folder.path().join("store")).unwrap();
    }
    for number in 0..count {
        File::create(full.path().join(format!("store/k{number}#{number}"))).unwrap();
    }
    let (empty, full) = (memory_to_open(empty.path(), 0), memory_to_open(full.path(), count));
    let growth = full.saturating_sub(empty);
    println!("{count} keys take {growth} bytes more than {empty}");
    assert!(growth < MAX_BYTES_FOR_LISTING + MAX_BYTES_PER_KEY * count);
}

/// Creates a store of a hundred files, and mounts a device over one of them. `stat` of this file
/// then reports a device, while the directory entry still reports a regular file.
const MOUNT_STORE_WITH_DEVICE: &str = r#"
mount -t tmpfs filemap-test "$1"
mkdir "$1/store"
number=0
while [ $number -lt 100 ]; do
    : > "$1/store/k$number#$number"
    number=$((number + 1))
done
mount --bind /dev/null "$1/store/k7#7"
"#;

#[test]
fn a_store_is_opened_without_a_stat_of_each_file() {
    let folder = tempdir().unwrap();
    let work = folder.path().join("work");
    fs::create_dir(&work).unwrap();
    let plugin = plugin(Provider::Native, "many", folder.path());
    let command = run_plugin(&plugin, &work, &["100"]);
    if let Some(outcome) = outcome_mounted(MOUNT_STORE_WITH_DEVICE, &work, &command) {
        assert_eq!(outcome.succeeds(), "found\n");
    }
}
