//! Windows that are written to.

use crate::bindings::{Memmap, Mode};
use crate::memory::Memory;
use crate::reading::create_file;
use crate::support::{index, options, resize};

pub(crate) fn window_in_read_write_changes_the_file() {
    let mut content = create_file("work/new.bin", 100_000);
    let array = Memmap::open("work/new.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    let memory = Memory::for_bytes(100_000);
    memory.place(&array, 0, 100_000).unwrap();
    memory.write_at(70_000, b"written");
    content[70_000..70_007].copy_from_slice(b"written");
    assert!(std::fs::read("work/new.bin").unwrap() == content);
    array.flush().unwrap();
    memory.remove(100_000).unwrap();
    assert!(std::fs::read("work/new.bin").unwrap() == content);
}

pub(crate) fn window_in_read_write_is_visible_to_arrays_and_other_windows() {
    create_file("work/new.bin", 10_000);
    let array = Memmap::open("work/new.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    let other = Memmap::open("work/new.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let (memory, another) = (Memory::for_bytes(10_000), Memory::for_bytes(10_000));
    memory.place(&array, 0, 10_000).unwrap();
    another.place(&other, 0, 10_000).unwrap();
    memory.write_at(5000, b"window");
    assert_eq!(other.read_bytes(5000, 6).unwrap(), b"window");
    assert_eq!(another.bytes_at(5000, 6), b"window");
    array.write(&index("5000:5005"), b"array", None).unwrap();
    assert_eq!(
        (memory.bytes_at(5000, 6), another.bytes_at(5000, 6)),
        (b"arrayw".to_vec(), b"arrayw".to_vec())
    );
    memory.remove(10_000).unwrap();
    another.remove(10_000).unwrap();
}

pub(crate) fn private_window_starts_with_writes_to_the_array() {
    let mut content = create_file("work/new.bin", 3_000_000);
    let array = Memmap::open("work/new.bin", &options(Mode::CopyOnWrite, "u1")).unwrap();
    array.write_bytes(2_500_000, b"before").unwrap();
    let memory = Memory::for_bytes(2_000_000);
    let first = memory.place(&array, 900_001, 2_000_000).unwrap();
    content[2_500_000..2_500_006].copy_from_slice(b"before");
    assert!(memory.bytes_at(first, 2_000_000) == content[900_001..2_900_001]);
    memory.remove(2_000_000).unwrap();
}

pub(crate) fn private_window_is_invisible_to_others() {
    let content = create_file("work/new.bin", 10_000);
    let array = Memmap::open("work/new.bin", &options(Mode::CopyOnWrite, "u1")).unwrap();
    let memory = Memory::for_bytes(10_000);
    memory.place(&array, 0, 10_000).unwrap();
    memory.write_at(5000, b"private");
    memory.fill_at(0, 100, 7);
    assert_eq!(
        (memory.bytes_at(5000, 7), memory.bytes_at(0, 100)),
        (b"private".to_vec(), vec![7; 100])
    );
    array.flush().unwrap();
    assert!(std::fs::read("work/new.bin").unwrap() == content);
    assert!(array.read(&[]).unwrap() == content);
    memory.remove(10_000).unwrap();
    assert!(memory.is_zero());
}

/// The host executes an instruction for a whole block.
pub(crate) fn block_written_to_a_read_only_window_does_not_reach_the_file() {
    let content = create_file("work/new.bin", 100_000);
    let array = Memmap::open("work/new.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let memory = Memory::for_bytes(100_000);
    memory.place(&array, 0, 100_000).unwrap();
    memory.fill_at(5000, 50_000, 9);
    assert_eq!(memory.bytes_at(4990, 10), content[4990..5000]);
    memory.remove(100_000).unwrap();
    assert!(std::fs::read("work/new.bin").unwrap() == content);
    memory.place(&array, 0, 100_000).unwrap();
    assert_eq!(memory.bytes_at(0, 100_000), content);
    memory.remove(100_000).unwrap();
}

/// Wasmtime compiles a short copy of a constant length to stores that it does not expect to fail.
pub(crate) fn short_block_copied_to_a_read_only_window_does_not_reach_the_file() {
    let content = create_file("work/new.bin", 10_000);
    let array = Memmap::open("work/new.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let memory = Memory::for_bytes(10_000);
    memory.place(&array, 0, 10_000).unwrap();
    memory.copy_100(7);
    assert_eq!(memory.bytes_at(100, 9900), content[100..]);
    memory.remove(10_000).unwrap();
    assert!(std::fs::read("work/new.bin").unwrap() == content);
}

/// More separate pages than a process has mappings.
pub(crate) fn pages_of_a_read_only_window_become_private_one_by_one() {
    const SIZE: usize = 1 << 29;
    resize("work/large.bin", SIZE as u64);
    let array = Memmap::open("work/large.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let memory = Memory::for_bytes(SIZE);
    memory.place(&array, 0, SIZE as u64).unwrap();
    for page in 0..SIZE / 8192 {
        memory.fill_at(page * 8192, 1, 1);
    }
    memory.remove(SIZE as u64).unwrap();
    assert_eq!(array.read_bytes(0, 1).unwrap(), [0]);
}
