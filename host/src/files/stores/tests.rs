//! Stores on one directory, used by several threads and processes.

mod interrupts;
mod later_calls;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::Duration;

use filemap::fs::{Directory as _, IoErrorKind};
use filemap::store::{Durability, OpenOptions, Registry, Store};
use tempfile::TempDir;
use wasmtime_wasi::filesystem::{self as wasi, FsPerms, OpenMode};

use super::REGISTRY;
use crate::CtxBuilder;
use crate::files::NativeDirectory;
use crate::files::rename_watcher::tests::IS_REFUSED;
use crate::stores::histories::{Random, final_values, number, run, seeds, value};

const WRITE: OpenOptions =
    OpenOptions { create: false, read_only: false, durability: Durability::None };

fn directory(folder: &TempDir) -> NativeDirectory {
    let directory = std::fs::File::open(folder.path()).unwrap();
    let given = wasi::Dir::new(directory, FsPerms::ReadWrite, OpenMode::READ, false);
    NativeDirectory::from_descriptor(&given, &CtxBuilder::new().budgets()).unwrap()
}

const READ: OpenOptions = OpenOptions { read_only: true, ..WRITE };

/// Opens the store of a folder.
fn open(folder: &TempDir, options: OpenOptions) -> Store<NativeDirectory> {
    Store::open_directory(&REGISTRY, directory(folder), "test", options).unwrap()
}

#[test]
fn a_lock_ends_with_its_store_although_a_child_process_has_inherited_its_handle() {
    let folder = TempDir::new().unwrap();
    let lock = directory(&folder).try_lock().unwrap().unwrap();
    let refused = directory(&folder).try_lock().unwrap_err();
    assert_eq!(refused.kind, IoErrorKind::Locked);
    // A child process shares the handle between `fork` and `exec`.
    let inherited = lock.try_clone().unwrap();
    drop(lock);
    assert!(directory(&folder).try_lock().unwrap().is_some());
    drop(inherited);
}

#[test]
fn calls_of_several_threads_are_linearizable() {
    for seed in seeds(100) {
        let folder = TempDir::new().unwrap();
        let keys: &[&str] = if seed % 2 == 0 { &["shared"] } else { &["a", "b", "c"] };
        for (key, events) in keys.iter().zip(run(&|| Box::new(open(&folder, WRITE)), keys, seed)) {
            let finals = final_values(&events).unwrap_or_else(|| {
                panic!(
                    "no order of the calls explains their results for `{key}` (reproduce with \
                    FILEMAP_TEST_SEED={seed}): {events:#?}"
                )
            });
            // The value on disk at the end is one of the possible ones.
            let found = open(&folder, WRITE).get(key).unwrap().map(|bytes| number(&bytes));
            assert!(
                finals.contains(&found),
                "`{key}` is {found:?} and not one of {finals:?} (FILEMAP_TEST_SEED={seed})"
            );
        }
        let files = std::fs::read_dir(folder.path()).unwrap().count() as u64;
        assert_eq!(files, open(&folder, WRITE).len().unwrap(), "one file per key, and no others");
    }
}

#[test]
fn opening_a_directory_finds_a_key_that_another_process_replaces_meanwhile() {
    check_openings_beside_a_writer();
}

#[test]
fn opening_finds_the_key_although_the_system_refuses_to_watch_the_directory() {
    IS_REFUSED.set(true);
    check_openings_beside_a_writer();
}

fn check_openings_beside_a_writer() {
    let folder = TempDir::new().unwrap();
    for number in 0..2000 {
        std::fs::write(folder.path().join(format!("{}{number}#{number}", "x".repeat(100))), b"")
            .unwrap();
    }
    // Two registries do not share an index, as two processes do not.
    let (here, elsewhere) = (Registry::new(), Registry::new());
    let open = |registry, options| {
        Store::open_directory(registry, directory(&folder), "test", options).unwrap()
    };
    let writer = open(&elsewhere, WRITE);
    writer.set("k", &[b"v"]).unwrap();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                writer.set("k", &[b"v"]).unwrap();
            }
        });
        let missed = (0..200).filter(|_| !open(&here, READ).contains("k").unwrap()).count();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(missed, 0, "of 200 openings");
    });
}

#[test]
fn a_watch_that_the_system_refuses_once_is_asked_for_again() {
    let folder = TempDir::new().unwrap();
    let place = directory(&folder);
    // What happens while a listing runs tells whether it has a watch.
    let sees_a_rename = || {
        std::fs::write(folder.path().join("old"), b"").unwrap();
        let mut names = Vec::new();
        let is_complete = place.for_each_entry(false, &mut |entry| {
            names.push(entry.name.to_owned());
            _ = std::fs::rename(folder.path().join("old"), folder.path().join("new"));
        });
        std::fs::remove_file(folder.path().join("new")).unwrap();
        assert!(is_complete.unwrap());
        names.contains(&"new".to_owned())
    };
    IS_REFUSED.set(true);
    assert!(!sees_a_rename());
    IS_REFUSED.set(false);
    assert!(sees_a_rename());
}

#[test]
fn a_listing_does_not_stop_listings_of_other_directories() {
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    for folder in &folders {
        std::fs::write(folder.path().join("k#0"), b"").unwrap();
    }
    let (blocked, release) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            directory(&folders[0])
                .for_each_entry(false, &mut |_| {
                    blocked.wait();
                    release.wait();
                })
                .unwrap();
        });
        blocked.wait();
        let (sender, receiver) = mpsc::channel();
        let other = &folders[1];
        scope.spawn(move || sender.send(open(other, READ).len().unwrap()));
        let found = receiver.recv_timeout(Duration::from_secs(20));
        release.wait();
        assert_eq!(found, Ok(1), "the other listing waits");
    });
}

#[test]
fn stores_open_and_close_while_a_key_stays() {
    let folder = TempDir::new().unwrap();
    let kept = open(&folder, WRITE);
    kept.set("k", &[value(1)]).unwrap();
    drop(kept);
    thread::scope(|scope| {
        for thread in 0..8 {
            let folder = &folder;
            scope.spawn(move || {
                let mut random = Random(thread);
                for count in 0..100 {
                    visit(folder, (thread << 32) | (count + 2), &mut random);
                }
            });
        }
    });
    let store = open(&folder, READ);
    let found = store.verify().unwrap();
    assert_eq!((found.unfinished, found.outdated, found.missing), (0, 0, 0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count() as u64, store.len().unwrap());
}

/// Opens a store, makes a few random calls, and closes it, sometimes while it writes a value.
fn visit(folder: &TempDir, new: u64, random: &mut Random) {
    let options = if random.below(2) == 0 { READ } else { WRITE };
    let store = open(folder, options);
    for _ in 0..random.below(4) {
        number(&store.get("k").unwrap().unwrap());
        assert!(store.items().unwrap().next(100).unwrap().iter().any(|(key, _)| key == "k"));
        match random.below(5) {
            _ if options.read_only => {}
            0 => store.set("k", &[value(new)]).unwrap(),
            1 => store.update(&[("k", value(new)), ("j", value(new))]).unwrap(),
            2 => _ = store.pop("j").unwrap(),
            3 => {
                let mut writer = store.writer("k").unwrap();
                writer.write(&value(new)).unwrap();
                match random.below(3) {
                    0 => writer.commit().unwrap(),
                    1 => drop(writer),
                    _ => {
                        store.close();
                        assert!(writer.commit().is_err());
                        return;
                    }
                }
            }
            _ => _ = number(&store.set_default("k", &value(new)).unwrap()),
        }
    }
}
