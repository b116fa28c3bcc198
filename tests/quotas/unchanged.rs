//! What a plugin leaves on the disk that opens or creates something beyond a quota: nothing.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use filemap_host::CtxBuilder;

use super::host::Plugin;
use super::support::folders::Folders;
use super::{console, run_in};

/// Asserts that `bytes.bin` is as it was, and that the names `new`, `new.bin` and `new.npy` are
/// not in use.
#[track_caller]
fn assert_unchanged(folders: &Folders) {
    let work = folders.work();
    assert_eq!(fs::read(work.join("bytes.bin")).unwrap(), (0..64).collect::<Vec<u8>>());
    for name in ["new", "new.bin", "new.npy"] {
        assert!(!work.join(name).exists(), "{name}");
    }
}

#[test]
fn an_array_whose_dtype_exceeds_the_budget_changes_no_file() {
    let folders = Folders::new();
    // The header of each file has 128 bytes.
    let (printed, usage) = run_in(
        &CtxBuilder::new().max_dtypes(200),
        &folders,
        &["create-npy work/x.npy 10", "create-npy work/bytes.bin 10", "create-npy work/new.npy 10"],
    );
    assert_eq!(printed[0], "ok");
    for refused in &printed[1..] {
        assert_eq!(
            refused,
            "ErrorCode::LimitExceeded: the limit `max_dtypes` is 200 bytes of memory for the \
             dtypes of open arrays and views, with 128 in use and 128 more needed: close or drop \
             some first"
        );
    }
    assert_unchanged(&folders);
    assert_eq!((usage.dtypes.used, usage.handles.used), (128, 1));
}

#[test]
fn an_array_that_cannot_be_mapped_takes_no_space() {
    for limits in [CtxBuilder::new().max_files(1), CtxBuilder::new().max_mapped(64)] {
        let folders = Folders::new();
        let hole = fs::File::create(folders.work().join("hole.bin")).unwrap();
        hole.set_len(1 << 20).unwrap();
        let (printed, _) = run_in(
            &limits,
            &folders,
            &[
                "open work/bytes.bin r 64",
                "open work/hole.bin w+ 1048576",
                "open work/hole.bin r+ 2097152",
                "open work/new.bin w+ 10",
            ],
        );
        assert_eq!(printed[0], "ok");
        for refused in &printed[1..] {
            assert!(
                refused.starts_with("ErrorCode::LimitExceeded: cannot map `work/"),
                "{refused}"
            );
        }
        let metadata = hole.metadata().unwrap();
        assert_eq!((metadata.len(), metadata.blocks()), (1 << 20, 0));
        assert_unchanged(&folders);
    }
}

#[test]
fn a_call_that_finds_the_table_of_resources_full_changes_nothing() {
    let openings = [
        "create-npy work/bytes.bin 10",
        "create-npy work/new.npy 10",
        "open work/bytes.bin w+ 10",
        "open work/bytes.bin r+ 100",
        "open work/new.bin w+ 10",
        "store work/new",
    ];
    let folders = Folders::new();
    // Other arrays fill the table until each command is answered.
    let commands = openings.map(|opening| format!("without-room work/bytes.bin {opening}\n"));
    let mut plugin = Plugin::console(console(), &folders, &CtxBuilder::new(), &commands.concat());
    plugin.store.data_mut().table.set_max_capacity(100);
    assert_eq!(plugin.run().unwrap(), 0);
    let printed = plugin.output();
    assert_eq!(printed.lines().count(), openings.len(), "{printed}");
    for line in printed.lines() {
        assert_eq!(
            line,
            "ErrorCode::LimitExceeded: the limit of the host on all resources of the plugin \
             (`set_max_capacity` of its `ResourceTable`) is reached: drop some first"
        );
    }
    assert_unchanged(&folders);
}
