//! Counts of stored bytes, with handles that stay open and with several plugins.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::thread;

use filemap::fs::{Directory as _, File as _, IoErrorKind, Open};
use tempfile::TempDir;
use wasmtime_wasi::filesystem::{self as wasi, FsPerms, OpenMode};

use super::*;
use crate::CtxBuilder;
use crate::files::NativeDirectory;
use crate::limits::Budgets;

/// A plugin with this limit that has a folder.
struct Plugin {
    directory: NativeDirectory,
    budgets: Budgets,
}

impl Plugin {
    fn new(folder: &TempDir, max: u64) -> Self {
        let budgets = CtxBuilder::new().max_stored_bytes(max).budgets();
        let opened = File::open(folder.path()).unwrap();
        let given = wasi::Dir::new(opened, FsPerms::ReadWrite, OpenMode::READ, false);
        Self { directory: NativeDirectory::from_descriptor(&given, &budgets).unwrap(), budgets }
    }

    fn used(&self) -> u64 {
        self.budgets.stored_bytes.used()
    }
}

#[test]
fn growth_is_reserved_before_it_happens() {
    let folder = TempDir::new().unwrap();
    let plugin = Plugin::new(&folder, 100);
    let file = plugin.directory.open_file("x", Open::CreateNew).unwrap();
    file.write_all(&[1; 60], 0).unwrap();
    file.write_all(&[2; 60], 20).unwrap();
    assert_eq!(plugin.used(), 80, "an overlap counts once");
    for refused in [
        file.write_all(&[3; 21], 80),
        file.write_all(&[3], 100),
        file.set_size(101),
        file.reserve(80..101),
        file.set_size(u64::MAX),
    ] {
        assert_eq!(refused.unwrap_err().kind, IoErrorKind::OverLimit);
    }
    assert_eq!((plugin.used(), file.size().unwrap()), (80, 80));
    file.reserve(80..100).unwrap();
    assert_eq!(plugin.used(), 100);
    file.set_size(30).unwrap();
    file.reserve(0..30).unwrap();
    file.clear(30).unwrap();
    assert_eq!(plugin.used(), 30);
}

#[test]
fn a_removed_file_counts_for_its_remover_until_the_last_handle_is_closed() {
    let folder = TempDir::new().unwrap();
    let (one, other) = (Plugin::new(&folder, 100), Plugin::new(&folder, 100));
    let file = one.directory.open_file("x", Open::CreateNew).unwrap();
    file.set_size(50).unwrap();
    let reader = other.directory.open_file("x", Open::Read).unwrap();
    drop(file);
    let status = fs::metadata(folder.path().join("x")).unwrap();
    let inode = (status.dev(), status.ino());
    one.directory.remove_file("x").unwrap();
    assert_eq!((one.used(), other.used()), (50, 0), "the other plugin has it open");
    assert!(lock(&OPEN).get(&inode).is_some_and(|file| file.strong_count() == 1));
    drop(reader);
    assert_eq!((one.used(), other.used()), (0, 0));
}

#[test]
fn only_the_last_name_of_a_file_gives_back() {
    let folder = TempDir::new().unwrap();
    let plugin = Plugin::new(&folder, 100);
    plugin.directory.open_file("x", Open::CreateNew).unwrap().set_size(50).unwrap();
    fs::hard_link(folder.path().join("x"), folder.path().join("y")).unwrap();
    plugin.directory.remove_file("x").unwrap();
    assert_eq!(plugin.used(), 50);
    plugin.directory.remove_file("y").unwrap();
    assert_eq!(plugin.used(), 0);
}

#[test]
fn what_is_no_file_gives_nothing_back() {
    let folder = TempDir::new().unwrap();
    let plugin = Plugin::new(&folder, 100);
    plugin.directory.open_file("x", Open::CreateNew).unwrap().set_size(50).unwrap();
    std::os::unix::fs::symlink("x", folder.path().join("link")).unwrap();
    plugin.directory.remove_file("link").unwrap();
    plugin.directory.create_directory("d").unwrap();
    assert_eq!(plugin.directory.remove_file("d").unwrap_err().kind, IoErrorKind::IsDirectory);
    assert_eq!(plugin.directory.remove_file("none").unwrap_err().kind, IoErrorKind::NotFound);
    assert_eq!(plugin.used(), 50);
    assert!(folder.path().join("x").exists());
}

#[test]
fn plugins_that_change_one_file_at_the_same_time_count_each_byte_once() {
    const SIZES: [u64; 8] = [10, 4000, 0, 900, 20_000, 1, 77, 5000];
    let folder = TempDir::new().unwrap();
    let plugins = [Plugin::new(&folder, 1 << 40), Plugin::new(&folder, 1 << 40)];
    for round in 0..100 {
        plugins[0].directory.open_file("x", Open::CreateNew).unwrap();
        // What a plugin gives back beyond its own is lost, so each begins with enough.
        for plugin in &plugins {
            plugin.budgets.stored_bytes.take(1 << 30).unwrap();
        }
        let before: u64 = plugins.iter().map(Plugin::used).sum();
        thread::scope(|scope| {
            for plugin in &plugins {
                scope.spawn(|| {
                    let file = plugin.directory.open_file("x", Open::ReadWrite).unwrap();
                    for size in SIZES {
                        file.set_size(size).unwrap();
                        file.write_all(&[7; 100], size / 2).unwrap();
                    }
                });
            }
        });
        let sum: u64 = plugins.iter().map(Plugin::used).sum();
        let size = fs::metadata(folder.path().join("x")).unwrap().len();
        assert_eq!(sum - before, size, "round {round}");
        plugins[round % 2].directory.remove_file("x").unwrap();
        assert_eq!(plugins.iter().map(Plugin::used).sum::<u64>(), before);
    }
}

#[test]
fn a_file_that_is_extended_while_it_is_removed_is_given_back_whole() {
    let folder = TempDir::new().unwrap();
    let plugin = Plugin::new(&folder, 1 << 40);
    for _ in 0..100 {
        let file = plugin.directory.open_file("x", Open::CreateNew).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                let file = file;
                for piece in 0..10 {
                    file.write_all(&[1; 100], piece * 100).unwrap();
                }
            });
            scope.spawn(|| plugin.directory.remove_file("x").unwrap());
        });
        assert_eq!(plugin.used(), 0);
    }
}
