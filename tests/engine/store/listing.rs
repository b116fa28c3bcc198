//! Listings that miss files which another process renames meanwhile.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use filemap::fs::{Directory, DirectoryEntry, IoResult, Open};
use filemap::store::{Registry, Store};

use super::forwarding::forward_to_inner;
use super::{READ, WRITE};
use crate::memory::{Disk, MemoryDirectory, MemoryFile};

/// A directory in which another process replaces the value of `k` during each of the first
/// listings, which miss it.
#[derive(Clone)]
struct Renaming {
    inner: MemoryDirectory,
    disk: Disk,
    misses_left: Rc<Cell<u32>>,
    listings: Rc<Cell<u32>>,
}

impl Directory for Renaming {
    type File = MemoryFile;
    type Lock<T> = RefCell<T>;
    type DirectoryLock = <MemoryDirectory as Directory>::DirectoryLock;

    fn try_lock(&self) -> IoResult<Option<Self::DirectoryLock>> {
        Ok(None)
    }

    fn for_each_entry(
        &self,
        is_locked: bool,
        visit: &mut dyn FnMut(DirectoryEntry<'_>),
    ) -> IoResult<bool> {
        self.listings.set(self.listings.get() + 1);
        let misses = self.misses_left.get();
        self.misses_left.set(misses.saturating_sub(1));
        if misses == 0 {
            return self.inner.for_each_entry(is_locked, visit);
        }
        let number = self.listings.get();
        self.inner.rename(&format!("k#{}", number - 1), &format!("k#{number}"))?;
        self.inner.for_each_entry(is_locked, &mut |entry| {
            if !entry.name.starts_with('k') {
                visit(entry);
            }
        })?;
        Ok(false)
    }

    forward_to_inner!(
        identity open_file has_file read_link open_directory create_directory remove_directory
        rename
        remove_file sync
    );
}

#[test]
fn a_directory_is_listed_again_until_no_key_can_be_missing() {
    for options in [READ, WRITE] {
        for misses in 0..5 {
            let disk = Disk::with(&[("k#0", b"v"), ("other#0", b"w"), ("a#x", b"")]);
            let directory = Renaming {
                inner: disk.root(true),
                disk: disk.clone(),
                misses_left: Rc::new(Cell::new(misses)),
                listings: Rc::default(),
            };
            let store =
                Store::open_directory(&Registry::new(), directory.clone(), "d", options).unwrap();
            assert_eq!(store.get("k"), Ok(Some(b"v".to_vec())), "{misses}");
            assert_eq!((store.len(), directory.listings.get()), (Ok(2), misses + 1));
            let findings = store.verify().expect("the findings");
            assert_eq!((findings.foreign, findings.outdated), (1, 0));
            assert_eq!(directory.disk.names().len(), 3);
        }
    }
}

#[test]
fn a_directory_that_always_changes_is_listed_a_limited_number_of_times() {
    let disk = Disk::with(&[("k#0", b"v"), ("other#0", b"w")]);
    let directory = Renaming {
        inner: disk.root(true),
        disk,
        misses_left: Rc::new(Cell::new(u32::MAX)),
        listings: Rc::default(),
    };
    let store = Store::open_directory(&Registry::new(), directory.clone(), "d", READ).unwrap();
    assert_eq!((store.contains("other"), directory.listings.get()), (Ok(true), 6));
    assert_eq!(store.describe(), "<File: d, 1 elements, keys may be missing>");
}
