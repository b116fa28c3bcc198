//! Attacks by many handles, files, keys and pages. The native provider has limits for them. The
//! portable provider has none: the host limits the memory of the component.

use std::ops::RangeInclusive;

use crate::bindings::{Error, ErrorCode, Memmap, Mode, Store, wit_store::StoreOptions};
use crate::support::{CREATE, fails, index, options, resize, shaped, size};

/// The defaults of `filemap_host::limits`.
pub(crate) const MAX_FILES: usize = 256;
pub(crate) const MAX_HANDLES: usize = 10_000;
const MAX_PRIVATE: u64 = 1 << 30;

/// The number of files that a store for writing has open: its directory, and the lock on it.
pub(crate) const FILES_PER_STORE: usize = 2;

const FILE: &str = "work/bytes.bin";
const SPARSE: &str = "work/sparse.bin";
const PAGE: u64 = 4096;

/// Calls `make` until it is `limit-exceeded`, after a number of successful calls that is in
/// `counts`. Checks that a drop makes room for another call. Then drops everything, and checks that
/// the limit is the same again.
pub(crate) fn open_to_limit_within<T>(
    counts: RangeInclusive<usize>,
    make: impl Fn() -> Result<T, Error>,
) {
    let mut limit = None;
    for _ in 0..2 {
        let mut handles = Vec::new();
        let error = loop {
            match make() {
                Ok(handle) => handles.push(handle),
                Err(error) => break error,
            }
            assert!(handles.len() <= *counts.end(), "more than {counts:?} calls succeed");
        };
        fails::<()>(Err(error), ErrorCode::LimitExceeded, &["close or drop some first"]);
        assert!(counts.contains(&handles.len()), "{} of {counts:?} calls succeed", handles.len());
        handles.pop();
        handles.push(make().unwrap());
        fails(make(), ErrorCode::LimitExceeded, &["close or drop some first"]);
        assert_eq!(*limit.get_or_insert(handles.len()), handles.len());
    }
}

/// Like [`open_to_limit_within`], with the exact limit.
pub(crate) fn open_to_limit<T>(count: usize, make: impl Fn() -> Result<T, Error>) {
    open_to_limit_within(count..=count, make);
}

pub(crate) fn opens_arrays_without_end() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        open_to_limit(MAX_FILES, || Memmap::open(FILE, &options(mode, "u1")));
    }
    // A failed call keeps nothing open.
    for _ in 0..2 * MAX_HANDLES {
        let open = |dtype| Memmap::open(FILE, &options(Mode::ReadOnly, dtype));
        fails(open("f8").unwrap().view(&index("8")), ErrorCode::OutOfBounds, &["8"]);
        fails(open("f7"), ErrorCode::InvalidArgument, &["f7"]);
        let longer = Memmap::open(FILE, &shaped(Mode::ReadOnly, "u1", &[65]));
        fails(longer, ErrorCode::OutOfBounds, &["65", FILE]);
    }
    let closed: Vec<_> = (0..2 * MAX_FILES)
        .map(|_| {
            let array = Memmap::open(FILE, &options(Mode::ReadOnly, "u1")).unwrap();
            array.close();
            array
        })
        .collect();
    open_to_limit(MAX_FILES, || Memmap::open(FILE, &options(Mode::ReadOnly, "u1")));
    drop(closed);
}

pub(crate) fn opens_views_without_end() {
    let array = Memmap::open(FILE, &options(Mode::ReadOnly, "u1")).unwrap();
    open_to_limit(MAX_HANDLES - 1, || array.view(&[]));
}

pub(crate) fn opens_stores_without_end() {
    let open = || Store::open("work/store", CREATE);
    open_to_limit(MAX_FILES / FILES_PER_STORE, open);
    open_to_limit(MAX_FILES, || {
        Store::open("work/store", StoreOptions { read_only: true, ..CREATE })
    });
    let closed: Vec<_> = (0..2 * MAX_FILES)
        .map(|_| {
            let store = open().unwrap();
            store.close();
            store
        })
        .collect();
    open_to_limit(MAX_FILES / FILES_PER_STORE, open);
    drop(closed);
}

pub(crate) fn opens_key_streams_without_end() {
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", &[]).unwrap();
    open_to_limit(MAX_HANDLES - 1, || {
        let keys = store.keys()?;
        keys.next(1)?;
        Ok(keys)
    });
}

/// The limit is 1 MB.
pub(crate) fn sets_keys_without_end() {
    let key = |number: u64| format!("{number:0>190}");
    let fill = |store: &Store| {
        (0..10_000).take_while(|number| store.set(&key(*number), &[]).is_ok()).count()
    };
    let store = Store::open("work/store", CREATE).unwrap();
    let count = fill(&store);
    assert!((3000..5000).contains(&count), "{count} keys of 190 bytes");
    fails(store.set("one more key", &[]), ErrorCode::LimitExceeded, &["keys"]);
    assert_eq!(store.len().unwrap(), count as u64);
    // To set an existing key needs no more memory, and to remove a key makes room for another.
    store.set(&key(0), &[1]).unwrap();
    assert!(store.remove(&key(0)).unwrap());
    store.set("one more key", &[]).unwrap();

    // All stores on the directory share the keys: another store needs no more memory.
    let open = || Store::open("work/store", CREATE);
    drop(open().unwrap());
    fails(
        Store::open("work/other", CREATE).unwrap().set(&key(0), &[]),
        ErrorCode::LimitExceeded,
        &[],
    );
    drop(store);
    let store = open().unwrap();
    store.clear().unwrap();
    assert_eq!(fill(&Store::open("work/other", CREATE).unwrap()), count);
    open_to_limit(MAX_FILES / FILES_PER_STORE - 1, || Store::open("work/store", CREATE));
}

/// The limit is 10 GB.
pub(crate) fn maps_bytes_without_end() {
    let sparse = || Memmap::open(SPARSE, &options(Mode::ReadOnly, "u1"));
    open_to_limit(1, sparse);
    let array = sparse().unwrap();
    open_to_limit(4, || Memmap::open(SPARSE, &shaped(Mode::CopyOnWrite, "u1", &[1_000_000_000])));
    array.close();
    open_to_limit(1, sparse);
}

/// The limit is 64 pages.
pub(crate) fn changes_pages_of_many_arrays() {
    const MAX_CHANGED: u64 = 64;
    let open = |offset| {
        let options = shaped(Mode::CopyOnWrite, "u1", &[100 * PAGE]);
        Memmap::open(SPARSE, &crate::bindings::wit_array::MemmapOptions { offset, ..options })
            .unwrap()
    };
    let bytes = |pages: u64| vec![1; usize::try_from(pages * PAGE).unwrap()];
    let array = open(0);
    fails(
        array.write_bytes(0, &bytes(MAX_CHANGED + 1)),
        ErrorCode::LimitExceeded,
        &["copy-on-write"],
    );
    assert_eq!(array.read(&index(":2")).unwrap(), [0, 0], "the write changed nothing");
    // The rejected write does not count towards the limit.
    array.write_bytes(10 * PAGE, &bytes(MAX_CHANGED)).unwrap();
    array.write_bytes(10 * PAGE, &bytes(MAX_CHANGED)).unwrap();
    fails(array.write_bytes(0, &[1]), ErrorCode::LimitExceeded, &["copy-on-write"]);
    fails(open(0).write_bytes(0, &[1]), ErrorCode::LimitExceeded, &["copy-on-write"]);
    assert_eq!(array.read_bytes(10 * PAGE - 1, 2).unwrap(), [0, 1]);
    array.close();

    // One byte in each of 64 pages, and then in one more.
    let array = open(0);
    array.write(&index("5:262144:4096"), &[1], Some(&[1])).unwrap();
    fails(
        array.write_bytes(MAX_CHANGED * PAGE, &[1]),
        ErrorCode::LimitExceeded,
        &["copy-on-write"],
    );
    drop(array);

    // The pages of the file count, not those of the array.
    let array = open(PAGE - 1);
    let written = array.write_bytes(0, &vec![1; 63 * 4096 + 2]);
    fails(written, ErrorCode::LimitExceeded, &["copy-on-write"]);
    array.write_bytes(0, &vec![1; 63 * 4096 + 1]).unwrap();
    assert_eq!(size(SPARSE), 6_000_000_000);
}

/// The limit is 64 MiB.
pub(crate) fn changes_pages_without_end() {
    let piece = vec![1; 1 << 20];
    for _ in 0..10 {
        let array = Memmap::open(SPARSE, &shaped(Mode::CopyOnWrite, "u1", &[1 << 31])).unwrap();
        let written =
            (0..1000).take_while(|number| array.write_bytes(number << 20, &piece).is_ok()).count();
        assert_eq!(written, 64);
        fails(array.write_bytes(1 << 30, &piece), ErrorCode::LimitExceeded, &["copy-on-write"]);
    }
}

pub(crate) fn reads_large_pieces_without_end() {
    let array = Memmap::open(SPARSE, &shaped(Mode::ReadOnly, "u1", &[128 << 20])).unwrap();
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", &array.read(&[]).unwrap()).unwrap();
    for _ in 0..3 {
        assert_eq!(array.read(&[]).unwrap().len(), 128 << 20);
        assert_eq!(store.get("key").unwrap().map(|value| value.len()), Some(128 << 20));
        assert_eq!(store.reader("key").unwrap().unwrap().read(u64::MAX).unwrap().len(), 128 << 20);
        assert_eq!(store.items().unwrap().next(9).unwrap()[0].1.len(), 128 << 20);
        assert_eq!(
            store.get_many(&["key".into(), "other".into()]).unwrap()[0].as_ref().unwrap().len(),
            128 << 20
        );
    }
}

pub(crate) fn changes_pages_that_are_far_apart() {
    const TERABYTE: u64 = 1 << 40;
    // The file is sparse.
    resize("work/huge.bin", TERABYTE);
    for mode in [Mode::ReadWrite, Mode::CopyOnWrite, Mode::ReadOnly] {
        let array = Memmap::open("work/huge.bin", &shaped(mode, "u1", &[TERABYTE])).unwrap();
        fails(array.read(&index("::65536")), ErrorCode::LimitExceeded, &["pages"]);
        fails(array.read(&index("::-4194304")), ErrorCode::LimitExceeded, &["page tables"]);
        assert_eq!(array.read(&index("::68719476736")).unwrap(), [0; 16]);
        if mode == Mode::CopyOnWrite {
            fails(
                array.write(&index("::65536"), &[1], Some(&[1])),
                ErrorCode::LimitExceeded,
                &["pages"],
            );
            fails(
                array.write_bytes(0, &vec![1; usize::try_from(MAX_PRIVATE >> 2).unwrap()]),
                ErrorCode::LimitExceeded,
                &["one call moves at most"],
            );
            array.write(&index("::68719476736"), &[1], Some(&[1])).unwrap();
            assert_eq!(array.read(&index("::68719476736")).unwrap(), [1; 16]);
        }
    }
}
