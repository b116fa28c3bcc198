//! Files mapped into guest memory by `filemap run --map`: the mappings, open files and memory that
//! they take in the host process.

use std::fs::File;
use std::path::Path;

use tempfile::tempdir;

use super::support::process::{mappings, open_files, peak_memory};
use super::support::run::Provider;
use super::support::session::Session;
use super::{plugin, run_plugin_with};

/// The size of the large array, in bytes.
const ARRAY_SIZE: u64 = 64 << 30;

/// The maximum growth of the host's peak memory while the plugin reads the large array, in bytes:
/// a little more than one window.
const MAX_GROWTH: u64 = 300 << 20;

fn start(folder: &Path, argument: &str) -> Session {
    let plugin = plugin(Provider::Native, "windows", folder);
    Session::start(&mut run_plugin_with(&["--map"], &plugin, folder, &[argument]))
}

#[test]
fn ten_thousand_windows_leave_no_mapping() {
    let folder = tempdir().unwrap();
    std::fs::write(folder.path().join("bytes.bin"), vec![7; 1_000_000]).unwrap();
    let mut session = start(folder.path(), "rounds");
    let mut counts_at = |line| {
        assert_eq!(session.ask(""), line);
        (mappings(session.process_id()), open_files(session.process_id()))
    };
    let [(before, files_before), (after, files_after)] = ["ready", "done"].map(&mut counts_at);
    // The kernel splits or merges anonymous memory into any number of mappings. The margin of 100
    // still shows a leak of one window in a hundred.
    assert!(after < before + 100, "{before} mappings have become {after}");
    assert_eq!(files_before, files_after);
    session.finish();
}

#[test]
fn reading_an_array_of_64_gibibytes_in_windows_takes_little_memory() {
    let folder = tempdir().unwrap();
    File::create(folder.path().join("large.bin")).unwrap().set_len(ARRAY_SIZE).unwrap();
    let mut session = start(folder.path(), "walk");
    let mut peak_at = |line| {
        assert_eq!(session.ask(""), line);
        peak_memory(session.process_id())
    };
    let [before, after] = ["ready", "done"].map(&mut peak_at);
    println!("{before} bytes before, {after} bytes after reading 64 GiB");
    assert!(after - before < MAX_GROWTH, "{before} bytes have become {after}");
    session.finish();
}
