//! Misdeeds by the heap. How large the heaps may be is said by the native provider; the portable
//! one has no caps of its own, and is held by those of the component that it is.

use crate::STORE;
use crate::bindings::{Error, ErrorCode, Memmap, Mode, Store, wit_store::StoreOptions};
use crate::support::{fails, index, options, resize, shaped, size};

/// The defaults of `filemap_host::limits`.
pub(crate) const MAX_FILES: usize = 256;
pub(crate) const MAX_HANDLES: usize = 10_000;
const MAX_PRIVATE: u64 = 1 << 30;

/// What a store that is open for writing has open itself: its directory, and the lock on it.
pub(crate) const OF_A_STORE: usize = 2;

const FILE: &str = "work/bytes.bin";
const SPARSE: &str = "work/sparse.bin";
const PAGE: u64 = 4096;

/// Makes things until no more are to be had, which must be after `most`; then lets go of them, and
/// does it again.
pub(crate) fn pile_up<T>(most: usize, make: impl Fn() -> Result<T, Error>) {
    for _ in 0..2 {
        let mut things = Vec::new();
        let refused = loop {
            match make() {
                Ok(thing) => things.push(thing),
                Err(error) => break error,
            }
            assert!(things.len() <= most, "more than {most} are too many");
        };
        fails::<()>(Err(refused), ErrorCode::LimitExceeded, &["close or drop some first"]);
        assert_eq!(things.len(), most);
        things.pop();
        things.push(make().unwrap());
        fails(make(), ErrorCode::LimitExceeded, &[]);
    }
}

pub(crate) fn piles_up_arrays() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        pile_up(MAX_FILES, || Memmap::open(FILE, &options(mode, "u1")));
    }
    // Nothing of them is left after an error either.
    for _ in 0..2 * MAX_HANDLES {
        Memmap::open(FILE, &options(Mode::ReadOnly, "f8")).unwrap().view(&index("8")).unwrap_err();
        Memmap::open(FILE, &options(Mode::ReadOnly, "f7")).unwrap_err();
        Memmap::open(FILE, &shaped(Mode::ReadOnly, "u1", &[65])).unwrap_err();
    }
    let closed: Vec<_> = (0..2 * MAX_FILES)
        .map(|_| {
            let array = Memmap::open(FILE, &options(Mode::ReadOnly, "u1")).unwrap();
            array.close();
            array
        })
        .collect();
    pile_up(MAX_FILES, || Memmap::open(FILE, &options(Mode::ReadOnly, "u1")));
    drop(closed);
}

pub(crate) fn piles_up_views() {
    let array = Memmap::open(FILE, &options(Mode::ReadOnly, "u1")).unwrap();
    pile_up(MAX_HANDLES - 1, || array.view(&[]));
}

pub(crate) fn piles_up_stores() {
    let open = || Store::open("work/store", STORE);
    pile_up(MAX_FILES / OF_A_STORE, open);
    pile_up(MAX_FILES, || Store::open("work/store", StoreOptions { read_only: true, ..STORE }));
    let closed: Vec<_> = (0..2 * MAX_FILES)
        .map(|_| {
            let store = open().unwrap();
            store.close();
            store
        })
        .collect();
    pile_up(MAX_FILES / OF_A_STORE, open);
    drop(closed);
}

pub(crate) fn piles_up_key_streams() {
    let store = Store::open("work/store", STORE).unwrap();
    store.set("key", &[]).unwrap();
    pile_up(MAX_HANDLES - 1, || {
        let keys = store.keys()?;
        keys.next(1)?;
        Ok(keys)
    });
}

/// The cap is 1 MB.
pub(crate) fn piles_up_keys() {
    let key = |number: u64| format!("{number:0>190}");
    let fill = |store: &Store| {
        (0..10_000).take_while(|number| store.set(&key(*number), &[]).is_ok()).count()
    };
    let store = Store::open("work/store", STORE).unwrap();
    let most = fill(&store);
    assert!((3000..5000).contains(&most), "{most} keys of 190 bytes");
    fails(store.set("one more key", &[]), ErrorCode::LimitExceeded, &["keys"]);
    assert_eq!(store.len().unwrap(), most as u64);
    // A key that is there costs nothing more, and one that goes makes room for another.
    store.set(&key(0), &[1]).unwrap();
    assert!(store.remove(&key(0)).unwrap());
    store.set("one more key", &[]).unwrap();

    // All stores on the directory share the keys, and another one costs nothing more.
    let open = || Store::open("work/store", STORE);
    drop(open().unwrap());
    fails(
        Store::open("work/other", STORE).unwrap().set(&key(0), &[]),
        ErrorCode::LimitExceeded,
        &[],
    );
    drop(store);
    let store = open().unwrap();
    store.clear().unwrap();
    assert_eq!(fill(&Store::open("work/other", STORE).unwrap()), most);
    pile_up(MAX_FILES / OF_A_STORE - 1, || Store::open("work/store", STORE));
}

/// The cap is 10 GB.
pub(crate) fn piles_up_mapped_bytes() {
    let sparse = || Memmap::open(SPARSE, &options(Mode::ReadOnly, "u1"));
    pile_up(1, sparse);
    let array = sparse().unwrap();
    pile_up(4, || Memmap::open(SPARSE, &shaped(Mode::CopyOnWrite, "u1", &[1_000_000_000])));
    array.close();
    pile_up(1, sparse);
}

/// The cap is 64 pages.
pub(crate) fn piles_up_changed_pages() {
    const MOST: u64 = 64;
    let open = |offset| {
        let options = shaped(Mode::CopyOnWrite, "u1", &[100 * PAGE]);
        Memmap::open(SPARSE, &crate::bindings::wit_array::MemmapOptions { offset, ..options })
            .unwrap()
    };
    let bytes = |pages: u64| vec![1; usize::try_from(pages * PAGE).unwrap()];
    let array = open(0);
    fails(array.write_bytes(0, &bytes(MOST + 1)), ErrorCode::LimitExceeded, &["copy-on-write"]);
    assert_eq!(array.read(&index(":2")).unwrap(), [0, 0], "nothing was changed");
    // What was refused has not been taken from the budget.
    array.write_bytes(10 * PAGE, &bytes(MOST)).unwrap();
    array.write_bytes(10 * PAGE, &bytes(MOST)).unwrap();
    fails(array.write_bytes(0, &[1]), ErrorCode::LimitExceeded, &[]);
    fails(open(0).write_bytes(0, &[1]), ErrorCode::LimitExceeded, &[]);
    assert_eq!(array.read_bytes(10 * PAGE - 1, 2).unwrap(), [0, 1]);
    array.close();

    // One byte in each of 64 pages, and then in another.
    let array = open(0);
    array.write(&index("5:262144:4096"), &[1], Some(&[1])).unwrap();
    fails(array.write_bytes(MOST * PAGE, &[1]), ErrorCode::LimitExceeded, &[]);
    drop(array);

    // The pages are those of the file, whatever the offset of the array.
    let array = open(PAGE - 1);
    fails(array.write_bytes(0, &vec![1; 63 * 4096 + 2]), ErrorCode::LimitExceeded, &[]);
    array.write_bytes(0, &vec![1; 63 * 4096 + 1]).unwrap();
    assert_eq!(size(SPARSE), 6_000_000_000);
}

/// The cap is 64 MiB.
pub(crate) fn changes_pages_without_end() {
    let piece = vec![1; 1 << 20];
    for _ in 0..10 {
        let array = Memmap::open(SPARSE, &shaped(Mode::CopyOnWrite, "u1", &[1 << 31])).unwrap();
        let written =
            (0..1000).take_while(|number| array.write_bytes(number << 20, &piece).is_ok()).count();
        assert_eq!(written, 64);
        fails(array.write_bytes(1 << 30, &piece), ErrorCode::LimitExceeded, &[]);
    }
}

pub(crate) fn reads_large_pieces_without_end() {
    let array = Memmap::open(SPARSE, &shaped(Mode::ReadOnly, "u1", &[128 << 20])).unwrap();
    let store = Store::open("work/store", STORE).unwrap();
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

pub(crate) fn touches_pages_that_lie_far_apart() {
    const TERABYTE: u64 = 1 << 40;
    // Nothing but its length is on the disk.
    resize("work/far.bin", TERABYTE);
    for mode in [Mode::ReadWrite, Mode::CopyOnWrite, Mode::ReadOnly] {
        let array = Memmap::open("work/far.bin", &shaped(mode, "u1", &[TERABYTE])).unwrap();
        fails(array.read(&index("::65536")), ErrorCode::LimitExceeded, &["pages"]);
        fails(array.read(&index("::-4194304")), ErrorCode::LimitExceeded, &["page tables"]);
        assert_eq!(array.read(&index("::68719476736")).unwrap(), [0; 16]);
        if mode == Mode::CopyOnWrite {
            fails(array.write(&index("::65536"), &[1], Some(&[1])), ErrorCode::LimitExceeded, &[]);
            fails(
                array.write_bytes(0, &vec![1; usize::try_from(MAX_PRIVATE >> 2).unwrap()]),
                ErrorCode::LimitExceeded,
                &[],
            );
            array.write(&index("::68719476736"), &[1], Some(&[1])).unwrap();
            assert_eq!(array.read(&index("::68719476736")).unwrap(), [1; 16]);
        }
    }
}
