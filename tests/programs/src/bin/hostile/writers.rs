//! Attacks by readers and writers of values: many of them, and unfinished ones.

use std::fs;

use crate::bindings::{ErrorCode, Mode, Store};
use crate::limits::{FILES_PER_STORE, MAX_FILES, MAX_HANDLES, open_to_limit};
use crate::support::{CREATE, fails};

/// The value of `key` before a case.
const OLD: &[u8] = b"old";

/// The number of writers that are left open.
const OPEN: usize = 20;

fn names() -> Vec<String> {
    let name =
        |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    fs::read_dir("work/store").unwrap().map(name).collect()
}

#[track_caller]
fn has_the_old_value(store: &Store) {
    assert_eq!(store.get("key").unwrap().as_deref(), Some(OLD));
    assert_eq!(store.keys().unwrap().next(10).unwrap(), ["key"]);
}

fn store() -> Store {
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", OLD).unwrap();
    store
}

pub(crate) fn opens_writers_without_end() {
    let store = store();
    for key in ["key", "other"] {
        open_to_limit(MAX_FILES - FILES_PER_STORE, || {
            let writer = store.writer(key)?;
            writer.write(b"new")?;
            Ok(writer)
        });
        assert_eq!(names(), ["key#0"]);
    }
    // Committed writers keep nothing open.
    let done: Vec<_> = (0..2 * MAX_FILES)
        .map(|number| {
            let writer = store.writer("other").unwrap();
            writer.write(&number.to_le_bytes()).unwrap();
            writer.commit().unwrap();
            writer
        })
        .collect();
    assert!(store.remove("other").unwrap());
    drop(done);
    has_the_old_value(&store);
}

pub(crate) fn opens_readers_without_end() {
    let store = store();
    open_to_limit(MAX_FILES - FILES_PER_STORE, || {
        Ok(store.reader("key")?.expect("the key exists"))
    });
    for _ in 0..2 * MAX_FILES {
        assert!(store.reader("other").unwrap().is_none());
    }
    has_the_old_value(&store);
}

pub(crate) fn opens_values_without_end() {
    let store = store();
    store.set("", &[]).unwrap();
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        open_to_limit(MAX_FILES - FILES_PER_STORE, || {
            Ok(store.open_value("key", mode)?.expect("the key exists"))
        });
        for _ in 0..2 * MAX_HANDLES {
            assert!(store.open_value("other", mode).unwrap().is_none());
        }
        // A value of no bytes keeps its file open too.
        open_to_limit(MAX_FILES - FILES_PER_STORE, || {
            Ok(store.open_value("", mode)?.expect("the key exists"))
        });
    }
}

pub(crate) fn opens_item_streams_without_end() {
    let store = store();
    open_to_limit(MAX_HANDLES - 1, || {
        let items = store.items()?;
        items.next(1)?;
        Ok(items)
    });
}

/// Opens writers and leaks them.
fn leave_open() {
    let store = store();
    let open = |number: usize| {
        let writer = store.writer(if number.is_multiple_of(2) { "key" } else { "other" }).unwrap();
        writer.write(&[1; 1000]).unwrap();
        writer
    };
    std::mem::forget((0..OPEN).map(open).collect::<Vec<_>>());
    has_the_old_value(&store);
    std::mem::forget(store);
    println!("{OPEN} writers are open");
}

pub(crate) fn leaves_writers_open() {
    leave_open();
}

pub(crate) fn traps_with_writers_open() {
    leave_open();
    std::process::abort();
}

/// Runs after the other two cases.
pub(crate) fn finds_no_files_of_writers() {
    let store = Store::open("work/store", CREATE).unwrap();
    has_the_old_value(&store);
    assert_eq!(names(), ["key#0"]);
}

pub(crate) fn corrupts_the_file_of_a_writer() {
    let remove = |path: &str| fs::remove_file(path).unwrap();
    let replace_by_directory = |path: &str| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    };
    let replace_by_link = |path: &str| {
        fs::remove_file(path).unwrap();
        fs::rename("work/outside", path).unwrap();
    };
    let move_away = |path: &str| fs::rename(path, "work/store/elsewhere").unwrap();
    // What has the name of the temporary file becomes the value.
    let spoilers: [fn(&str); 4] = [remove, replace_by_directory, replace_by_link, move_away];
    for (spoil, is_committed) in spoilers.into_iter().zip([false, true, true, false]) {
        let store = store();
        let writer = store.writer("key").unwrap();
        writer.write(b"new").unwrap();
        for name in names().into_iter().filter(|name| name.starts_with("%temporary-filemap#")) {
            spoil(&format!("work/store/{name}"));
        }
        // Only the value of that writer is corrupt.
        let committed = writer.write(b"er").and_then(|()| writer.commit());
        if is_committed {
            committed.unwrap();
        } else {
            let words = ["the value of `key` in `work/store`", "no such file or directory"];
            fails(committed, ErrorCode::NotFound, &words);
        }
        store.set("key", OLD).unwrap();
        has_the_old_value(&store);
        store.clear().unwrap();
        drop((writer, store));
        fs::remove_dir_all("work/store").unwrap();
    }
}
