//! Files in the memory of plugins: what that costs their host.

use std::fs::File;

use tempfile::tempdir;

use super::session::Session;
use super::support::process::{mappings, open_files, peak_memory};
use super::support::run::Provider;
use super::{plugin, run_plugin_with};

/// The size of the array that is walked through, in bytes.
const LARGE: u64 = 64 << 30;

/// How much more memory its host may have had at the end than at the beginning, in bytes: a window
/// of it, and some.
const A_WINDOW: u64 = 300 << 20;

fn start(folder: &std::path::Path, what: &str) -> Session {
    let plugin = plugin(Provider::Native, "windows", folder);
    Session::start(&mut run_plugin_with(&["--map"], &plugin, folder, &[what]))
}

#[test]
fn ten_thousand_windows_leave_no_mapping() {
    let folder = tempdir().unwrap();
    std::fs::write(folder.path().join("bytes.bin"), vec![7; 1_000_000]).unwrap();
    let mut session = start(folder.path(), "rounds");
    let mut count = |word| {
        assert_eq!(session.ask(""), word);
        (mappings(session.process()), open_files(session.process()))
    };
    let [(mappings, files), (after, files_after)] = ["ready", "done"].map(&mut count);
    // Memory of zeroes may be one mapping or a few, as the system likes. One of a hundred windows
    // would be seen.
    assert!(after < mappings + 100, "{mappings} mappings have become {after}");
    assert_eq!(files, files_after);
    session.finish();
}

#[test]
fn an_array_of_64_gibibytes_is_walked_through_in_little_memory() {
    let folder = tempdir().unwrap();
    File::create(folder.path().join("large.bin")).unwrap().set_len(LARGE).unwrap();
    let mut session = start(folder.path(), "walk");
    let mut peak = |word| {
        assert_eq!(session.ask(""), word);
        peak_memory(session.process())
    };
    let [before, after] = ["ready", "done"].map(&mut peak);
    println!("{before} bytes at first, {after} after 64 GiB");
    assert!(after - before < A_WINDOW, "{before} bytes have become {after}");
    session.finish();
}
