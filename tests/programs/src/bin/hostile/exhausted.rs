//! Attacks on a host that has no mappings or no address space left. The test takes them away when
//! it reads `use up`, and gives them back when it reads `release`.

use std::fs;

use crate::bindings::{ErrorCode, Memmap, Mode, Operation, Store};
use crate::memory::Memory;
use crate::support::{CREATE, fails, index, options, resize, shaped};

const FILE: &str = "work/victim.bin";
/// Sixteen pages, as many as a window has at least.
const SIZE: u64 = 65_536;

fn victim() -> Memmap {
    fs::write(FILE, vec![1; 65_536]).unwrap();
    Memmap::open(FILE, &options(Mode::ReadWrite, "u1")).unwrap()
}

/// Uses a store and an array that need nothing new.
fn works(store: &Store, array: &Memmap) {
    store.set("key", b"new").unwrap();
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"new"[..]));
    array.write(&index("5"), &[2], None).unwrap();
    assert_eq!(array.read(&index("4:7")).unwrap(), [1, 2, 1]);
    assert_eq!(array.reduce(Operation::Max, None).unwrap().data, [2]);
    array.flush().unwrap();
}

pub(crate) fn finds_no_mapping_left() {
    let (store, array) = (Store::open("work/store", CREATE).unwrap(), victim());
    let memory = Memory::for_bytes(65_536);
    let is_placed = memory.place(&array, 0, SIZE).is_ok();
    let other = Memmap::open(FILE, &options(Mode::ReadWrite, "u1")).unwrap();

    println!("use up");
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let opened = Memmap::open(FILE, &options(mode, "u1"));
        fails(opened, ErrorCode::LimitExceeded, &[FILE, "memory"]);
    }
    works(&store, &array);
    // A file that loses its pages now.
    resize(FILE, 100);
    fails(other.read(&[]), ErrorCode::Truncated, &[FILE]);
    if is_placed {
        assert_eq!(memory.bytes_at(0, 1), [1]);
        assert_eq!(memory.bytes_at(50_000, 1), [0]);
        fails(memory.remove(SIZE), ErrorCode::Truncated, &["window"]);
        assert!(memory.is_zero());
    }
    drop(other);
    println!("release");

    resize(FILE, SIZE);
    let other = Memmap::open(FILE, &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(other.read(&index(":6")).unwrap(), [1, 1, 1, 1, 1, 2]);
    array.write_bytes(SIZE - 1, &[3]).unwrap();
}

pub(crate) fn finds_no_address_space_left() {
    const HUGE: u64 = 128 << 20;
    fs::create_dir("work/store").unwrap();
    resize("work/store/large#7", HUGE);
    let (store, array) = (Store::open("work/store", CREATE).unwrap(), victim());
    let sparse = Memmap::open("work/sparse.bin", &shaped(Mode::ReadOnly, "u1", &[HUGE])).unwrap();

    println!("use up");
    fails(sparse.read(&[]), ErrorCode::LimitExceeded, &["memory"]);
    fails(sparse.read_bytes(0, HUGE), ErrorCode::LimitExceeded, &["memory"]);
    fails(store.get("large"), ErrorCode::LimitExceeded, &["large", "memory"]);
    let opened = Memmap::open("work/sparse.bin", &shaped(Mode::ReadOnly, "u1", &[HUGE]));
    fails(opened, ErrorCode::LimitExceeded, &["memory"]);
    works(&store, &array);
    println!("release");

    assert_eq!(sparse.read(&[]).unwrap().len() as u64, HUGE);
    assert_eq!(store.get("large").unwrap().map(|value| value.len() as u64), Some(HUGE));
}
