//! Reads from windows.

use crate::bindings::{Memmap, Mode, wit_array::MemmapOptions};
use crate::memory::Memory;
use crate::support::{index, options, poke, resize, shaped};

/// Creates a file whose bytes count from 0 to 250 again and again. Returns its content.
pub(crate) fn create_file(path: &str, length: u32) -> Vec<u8> {
    let content: Vec<u8> = (0..length).map(|number| (number % 251) as u8).collect();
    std::fs::write(path, &content).unwrap();
    content
}

pub(crate) fn window_has_the_content_of_the_file() {
    let content = create_file("work/new.bin", 300_000);
    let array = Memmap::open("work/new.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let memory = Memory::for_bytes(300_000);
    assert_eq!(memory.place(&array, 0, 300_000).unwrap(), 0);
    assert_eq!(memory.bytes_at(0, 300_000), content);
    memory.remove(300_000).unwrap();
}

pub(crate) fn first_byte_keeps_its_offset_within_the_page() {
    let content = create_file("work/new.bin", 300_000);
    for (offset, start, length) in
        [(13, 0, 1000), (0, 4096, 8192), (128, 70_000, 200_000), (4095, 1, 2)]
    {
        let array = Memmap::open(
            "work/new.bin",
            &MemmapOptions { offset, ..options(Mode::ReadOnly, "u1") },
        )
        .unwrap();
        let memory = Memory::for_bytes(length);
        let first = memory.place(&array, start, length as u64).unwrap();
        let position = usize::try_from(offset + start).unwrap();
        assert_eq!(first, position % 4096);
        assert_eq!(memory.bytes_at(first, length), content[position..position + length]);
        memory.remove(length as u64).unwrap();
    }
}

pub(crate) fn window_shows_writes_by_others() {
    create_file("work/new.bin", 10_000);
    let array = Memmap::open("work/new.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let memory = Memory::for_bytes(10_000);
    memory.place(&array, 0, 10_000).unwrap();
    for value in [b"one", b"two"] {
        poke("work/new.bin", 5000, value);
        assert_eq!(memory.bytes_at(5000, 3), value);
    }
    memory.remove(10_000).unwrap();
}

pub(crate) fn several_windows_of_an_array_may_exist() {
    let content = create_file("work/new.bin", 300_000);
    let array = Memmap::open("work/new.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let memories =
        [Memory::for_bytes(100_000), Memory::for_bytes(100_000), Memory::for_bytes(100_000)];
    let starts = [0, 100_000, 50_000];
    let firsts: Vec<_> = memories
        .iter()
        .zip(starts)
        .map(|(memory, start)| memory.place(&array, start, 100_000).unwrap())
        .collect();
    for ((memory, start), first) in memories.iter().zip(starts).zip(firsts) {
        let start = usize::try_from(start).unwrap();
        assert_eq!(memory.bytes_at(first, 100_000), content[start..start + 100_000]);
    }
    for memory in &memories {
        memory.remove(100_000).unwrap();
    }
}

pub(crate) fn window_of_a_view_has_the_content_of_the_view() {
    let content = create_file("work/new.bin", 80_000);
    let array = Memmap::open("work/new.bin", &shaped(Mode::ReadOnly, "<u4", &[100, 200])).unwrap();
    let view = array.view(&index("50:60")).unwrap();
    let memory = Memory::for_bytes(8000);
    let first = memory.place(&view, 400, 400).unwrap();
    assert_eq!(memory.bytes_at(first, 400), content[40_400..40_800]);
    memory.remove(400).unwrap();
}

pub(crate) fn window_stays_when_the_memory_grows() {
    let content = create_file("work/new.bin", 100_000);
    let array = Memmap::open("work/new.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let memory = Memory::for_bytes(100_000);
    memory.place(&array, 0, 100_000).unwrap();
    let more = vec![1_u8; 50 << 20];
    assert_eq!(memory.bytes_at(0, 100_000), content);
    assert!(more.iter().all(|byte| *byte == 1));
    memory.remove(100_000).unwrap();
}

pub(crate) fn window_of_a_gigabyte_has_the_end_of_the_file() {
    const SIZE: usize = 1 << 30;
    resize("work/large.bin", SIZE as u64);
    poke("work/large.bin", SIZE as u64 - 4, b"last");
    let array = Memmap::open("work/large.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let memory = Memory::for_bytes(SIZE);
    memory.place(&array, 0, SIZE as u64).unwrap();
    assert_eq!(memory.bytes_at(SIZE - 4, 4), b"last");
    memory.remove(SIZE as u64).unwrap();
}
