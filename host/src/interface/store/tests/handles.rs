//! Handles of directories, and what failed openings leave.

use super::*;
use crate::files::registered_reservations;
use crate::pages::in_child::in_child;

/// Returns the number of open files of this process that are the directory.
fn open_handles(directory: &std::path::Path) -> u64 {
    let is_open = |entry: &std::fs::DirEntry| {
        std::fs::read_link(entry.path()).is_ok_and(|target| target == directory)
    };
    let entries = std::fs::read_dir("/proc/self/fd").unwrap().map(|entry| entry.unwrap());
    entries.filter(is_open).count() as u64
}

#[test]
fn failed_openings_leave_nothing_in_memory() {
    let test = "failed_openings_leave_nothing_in_memory";
    let status = in_child(module_path!(), test, || {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("key#0"), b"").unwrap();
        let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_index(10));
        for _ in 0..1000 {
            let refused = plugin_error(plugin.try_open("d", true).expect_err("it has a key"));
            assert!(matches!(refused.code, ErrorCode::LimitExceeded), "{refused:?}");
        }
        assert_eq!(registered_reservations(), 0);
        assert_eq!((plugin.index_used(), plugin.files_used()), (0, 0));
    });
    assert!(status.is_none_or(|status| status.success()));
}

#[test]
fn a_store_keeps_no_handle_of_a_store_that_is_closed() {
    let folder = TempDir::new().unwrap();
    let directory = folder.path().canonicalize().unwrap().join("s");
    std::fs::create_dir(&directory).unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let mut other = Plugin::new(&folder, &CtxBuilder::new());
    for close_first in [true, false] {
        let mut open = |read_only| plugin.try_open("d/s", read_only).ok().unwrap();
        let (writer, reader) = (open(false), open(true));
        let (closed, kept) = if close_first { (writer, reader) } else { (reader, writer) };
        assert!(open_handles(&directory) <= plugin.files_used());
        now(plugin.view().close(closed)).unwrap();
        let files = if close_first { 1 } else { 2 };
        assert_eq!((open_handles(&directory), plugin.files_used()), (files, files));

        // A store of another plugin keeps the index, after the first plugin has ended.
        let last = other.try_open("d/s", true).ok().unwrap();
        now(wit::HostStore::drop(&mut plugin.view(), kept)).unwrap();
        assert_eq!((open_handles(&directory), plugin.files_used()), (1, 0));
        // The remaining handle still tells that it is the same directory.
        let joined = plugin.try_open("d/s", false).ok().unwrap();
        now(plugin.view().set(copy(&joined), "k".into(), vec![])).ok().unwrap();
        assert_eq!(now(other.view().contains(copy(&last), "k".into())).ok(), Some(true));
        now(wit::HostStore::drop(&mut plugin.view(), joined)).unwrap();
        now(wit::HostStore::drop(&mut other.view(), last)).unwrap();
        assert_eq!(open_handles(&directory), 0);
    }
}
