//! Opening and closing stores.

use crate::bindings::{Durability, ErrorCode, Mode, Store, wit_store::StoreOptions};
use crate::store::{holds, keys, open};
use crate::store_changes::{REMOVALS, WRITES};
use crate::store_files::files;
use crate::support::{CREATE, READ_ONLY, exists, fails};

/// The options for an existing store.
const EXISTING: StoreOptions = StoreOptions { create: false, ..CREATE };

pub(crate) fn store_of_a_missing_directory_is_not_found_without_create() {
    for options in [EXISTING, READ_ONLY] {
        fails(
            Store::open("work/new", options),
            ErrorCode::NotFound,
            &["cannot open the directory `work/new`"],
        );
    }
    assert!(!exists("work/new"));
}

pub(crate) fn store_create_makes_the_directory_and_its_parents() {
    for (path, durability) in [
        ("work/a/b/c", Durability::None),
        ("work/a/x", Durability::Data),
        ("work/y/z", Durability::Full),
    ] {
        let store = Store::open(path, StoreOptions { durability, ..CREATE }).unwrap();
        store.set("key", b"value").unwrap();
        assert!(exists(&format!("{path}/key#0")));
    }
}

pub(crate) fn store_create_of_an_existing_directory_opens_it() {
    open().set("key", b"value").unwrap();
    holds(&open(), "key", b"value");
    holds(&Store::open("work/store", EXISTING).unwrap(), "key", b"value");
}

pub(crate) fn store_create_at_the_path_of_a_file_is_invalid() {
    for options in [CREATE, EXISTING, READ_ONLY] {
        for path in ["work/bytes.bin", "work/bytes.bin/store"] {
            let parts = [&format!("`{path}`")[..], "it is a file, not a directory"];
            fails(Store::open(path, options), ErrorCode::InvalidArgument, &parts);
        }
    }
}

pub(crate) fn store_create_in_a_read_only_directory_is_access_denied() {
    fails(
        Store::open("fixed/new", CREATE),
        ErrorCode::AccessDenied,
        &["`fixed/new`", "a grant for reading only"],
    );
    assert!(!exists("fixed/new"));
}

pub(crate) fn store_create_of_a_read_only_store_does_nothing() {
    let options = StoreOptions { create: true, ..READ_ONLY };
    fails(Store::open("work/new/store", options), ErrorCode::NotFound, &["`work/new/store`"]);
    assert!(!exists("work/new"));
}

pub(crate) fn store_may_be_a_granted_directory_itself() {
    let store = Store::open("work", CREATE).unwrap();
    assert_eq!(keys(&store), ["bytes.bin", "sparse.bin"]);
    store.set("key", b"value").unwrap();
    assert!(exists("work/key#0"));
}

pub(crate) fn store_read_only_reads_and_denies_every_change() {
    let store = Store::open("fixed/store", READ_ONLY).unwrap();
    holds(&store, "key", b"value");
    assert_eq!(store.get_range("key", 1, 3).unwrap().as_deref(), Some(&b"alu"[..]));
    assert_eq!((store.size_of("key").unwrap(), store.len().unwrap()), (Some(5), 1));
    let parts = ["the store `fixed/store` was opened `read-only`", "open it without"];
    for (_, write) in WRITES {
        fails(write(&store, "new", b"new"), ErrorCode::AccessDenied, &parts);
    }
    for (_, remove) in REMOVALS {
        fails(remove(&store, "key"), ErrorCode::AccessDenied, &parts);
    }
    fails(store.set("key", b"new"), ErrorCode::AccessDenied, &parts);
    fails(store.remove("new"), ErrorCode::AccessDenied, &parts);
    assert_eq!(keys(&store), ["key"]);
    holds(&store, "key", b"value");
}

pub(crate) fn store_read_only_denies_changes_in_a_writable_directory() {
    open().set("key", b"value").unwrap();
    let store = Store::open("work/store", READ_ONLY).unwrap();
    fails(store.set("key", b"new"), ErrorCode::AccessDenied, &["`work/store`", "`read-only`"]);
    assert_eq!(files(), ["key#0"]);
}

pub(crate) fn store_for_writing_in_a_read_only_directory_is_access_denied() {
    for options in [CREATE, EXISTING] {
        let parts =
            ["the directory `fixed/store` is not writable", "grant it for writing", "`read-only`"];
        fails(Store::open("fixed/store", options), ErrorCode::AccessDenied, &parts);
    }
}

pub(crate) fn store_open_leaves_no_file() {
    drop(open());
    assert!(files().is_empty());
}

pub(crate) fn store_close_ends_every_function_but_describe_and_close() {
    let store = open();
    store.set("key", b"value").unwrap();
    let (keys, items) = (store.keys().unwrap(), store.items().unwrap());
    store.close();
    let parts = ["the store `work/store` was closed", "open it again"];
    fails(store.get("key"), ErrorCode::Closed, &parts);
    fails(store.get("other"), ErrorCode::Closed, &parts);
    fails(store.get_range("key", 0, 1), ErrorCode::Closed, &parts);
    fails(store.size_of("key"), ErrorCode::Closed, &parts);
    fails(store.get_many(&["key".into()]), ErrorCode::Closed, &parts);
    fails(store.get_many(&[]), ErrorCode::Closed, &parts);
    fails(store.reader("key"), ErrorCode::Closed, &parts);
    fails(store.open_value("key", Mode::ReadOnly), ErrorCode::Closed, &parts);
    fails(store.open_value("other", Mode::ReadWrite), ErrorCode::Closed, &parts);
    for (_, write) in WRITES {
        fails(write(&store, "key", b"new"), ErrorCode::Closed, &parts);
        fails(write(&store, "other", b"new"), ErrorCode::Closed, &parts);
    }
    for (_, remove) in REMOVALS {
        fails(remove(&store, "key"), ErrorCode::Closed, &parts);
    }
    fails(store.update(&[]), ErrorCode::Closed, &parts);
    fails(store.contains("key"), ErrorCode::Closed, &parts);
    fails(store.len(), ErrorCode::Closed, &parts);
    fails(store.keys(), ErrorCode::Closed, &parts);
    fails(store.items(), ErrorCode::Closed, &parts);
    fails(store.verify(), ErrorCode::Closed, &parts);
    fails(keys.next(1), ErrorCode::Closed, &parts);
    fails(items.next(1), ErrorCode::Closed, &parts);
    assert!(store.describe().starts_with("<File: work/store, 1 elements"));
    store.close();
    holds(&open(), "key", b"value");
}

pub(crate) fn store_dropped_is_closed_for_its_streams_too() {
    let store = open();
    store.set("key", b"value").unwrap();
    let (keys, items) = (store.keys().unwrap(), store.items().unwrap());
    drop(store);
    fails(keys.next(1), ErrorCode::Closed, &["the store `work/store` was closed"]);
    fails(items.next(1), ErrorCode::Closed, &["the store `work/store` was closed"]);
}
