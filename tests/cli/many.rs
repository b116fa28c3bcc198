//! A directory of many files: they are opened natively in little memory, and by their names alone.

use std::fs::{self, File};
use std::path::Path;

use tempfile::tempdir;

use super::mounted::run_mounted;
use super::session::Session;
use super::support::process::peak_memory;
use super::support::random::cases;
use super::support::run::Provider;
use super::{plugin, run_plugin};

/// How much memory a key may take, in bytes.
const A_KEY: u64 = 150;

/// How much memory it may take to read keys in pieces, however many there are, in bytes.
const A_PIECE: u64 = 2 << 20;

/// The most memory that it takes to open the store in `work`, in bytes.
fn memory(work: &Path, count: u64) -> u64 {
    let plugin = plugin(Provider::Native, "many", work);
    let mut session = Session::start(&mut run_plugin(&plugin, work, &[&count.to_string()]));
    assert_eq!(session.line(), "found");
    let memory = peak_memory(session.process());
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
    let (empty, full) = (memory(empty.path(), 0), memory(full.path(), count));
    let grown = full.saturating_sub(empty);
    println!("{count} keys take {grown} bytes more than {empty}");
    assert!(grown < A_PIECE + A_KEY * count);
}

/// Makes a directory of a hundred files in memory, of which one is a device when one asks the file
/// itself; the directory has it as a file all the same.
const A_FILE_THAT_IS_A_DEVICE: &str = r#"
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
fn a_directory_is_opened_without_a_look_at_its_files() {
    let folder = tempdir().unwrap();
    let work = folder.path().join("work");
    fs::create_dir(&work).unwrap();
    let plugin = plugin(Provider::Native, "many", folder.path());
    if let Some(ran) =
        run_mounted(A_FILE_THAT_IS_A_DEVICE, &work, &run_plugin(&plugin, &work, &["100"]))
    {
        assert_eq!(ran.succeeds(), "found\n");
    }
}
