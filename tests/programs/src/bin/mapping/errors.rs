//! Errors of `place` and `remove`.

use crate::bindings::filemap::data::mapping::{place, remove};
use crate::bindings::{ErrorCode, Memmap, Mode};
use crate::memory::{Memory, PAGE, place_at};
use crate::reading::create_file;
use crate::support::{fails, index, options, resize, shaped};

#[track_caller]
fn array() -> Memmap {
    create_file("work/new.bin", 80_000);
    Memmap::open("work/new.bin", &shaped(Mode::ReadOnly, "<f8", &[100, 100])).unwrap()
}

pub(crate) fn unaligned_addresses_are_invalid() {
    let (array, memory) = (array(), Memory::of_pages(4));
    for distance in [1, 8, 4096, PAGE - 1] {
        let address = memory.address() + distance as u64;
        let here = std::ptr::with_exposed_provenance(usize::try_from(address).unwrap());
        let placed = place_at(&array, (0, 8), address, here);
        fails(
            placed,
            ErrorCode::InvalidArgument,
            &[&format!("{address} is not a multiple of 65536")],
        );
    }
    assert!(memory.is_zero());
}

pub(crate) fn memory_that_does_not_exist_is_out_of_bounds() {
    resize("work/large.bin", 3 << 30);
    let array = Memmap::open("work/large.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let memory = Memory::of_pages(2);
    fails(
        memory.place(&array, 0, 3 << 30),
        ErrorCode::OutOfBounds,
        &["3221225472 bytes at address", "does not fit into the memory"],
    );
    assert!(memory.is_zero());
}

pub(crate) fn ranges_of_partial_elements_are_invalid() {
    let (array, memory) = (array(), Memory::of_pages(4));
    for (offset, length) in [(0, 0), (0, 7), (4, 8), (8, 20)] {
        fails(
            memory.place(&array, offset, length),
            ErrorCode::InvalidArgument,
            &["not whole elements of `<f8`", "8 bytes"],
        );
    }
}

pub(crate) fn ranges_outside_the_array_are_out_of_bounds() {
    let (array, memory) = (array(), Memory::of_pages(4));
    for (offset, length) in [(0, 80_008), (80_000, 8), (u64::MAX - 7, 8), (8, u64::MAX - 7)] {
        fails(
            memory.place(&array, offset, length),
            ErrorCode::OutOfBounds,
            &["80000 bytes of the array"],
        );
    }
}

pub(crate) fn views_with_gaps_are_invalid() {
    let (array, memory) = (array(), Memory::of_pages(4));
    for view in ["::2", "..., :50", "::-1"] {
        let view = array.view(&index(view)).unwrap();
        fails(memory.place(&view, 0, 8), ErrorCode::InvalidArgument, &["a view with gaps"]);
    }
}

pub(crate) fn overlapping_windows_are_invalid() {
    let (array, memory) = (array(), Memory::of_pages(4));
    memory.place(&array, 0, 80_000).unwrap();
    fails(memory.place(&array, 0, 8), ErrorCode::InvalidArgument, &["overlaps another"]);
    let address = memory.address() + PAGE as u64;
    let here = std::ptr::with_exposed_provenance(usize::try_from(address).unwrap());
    fails(
        place_at(&array, (0, 8), address, here),
        ErrorCode::InvalidArgument,
        &["overlaps another"],
    );
    memory.remove(80_000).unwrap();
    place_at(&array, (0, 8), address, here).unwrap();
    fails(memory.place(&array, 0, 80_000), ErrorCode::InvalidArgument, &["overlaps another"]);
    memory.place(&array, 0, 8).unwrap();
    memory.remove(8).unwrap();
    remove(address, 8).unwrap();
    assert!(memory.is_zero());
}

pub(crate) fn here_at_another_address_is_invalid() {
    let (array, memory) = (array(), Memory::of_pages(2));
    let address = memory.address();
    fails(
        place(&array, 0, 8, address, &[], false),
        ErrorCode::InvalidArgument,
        &["`here` must be one byte"],
    );
    fails(
        place(&array, 0, 8, address, &[1, 2], false),
        ErrorCode::InvalidArgument,
        &["`here` must be one byte"],
    );
    fails(
        place(&array, 0, 8, address, &[1], false),
        ErrorCode::InvalidArgument,
        &["`here` is the byte at address", "not at"],
    );
    assert!(memory.is_zero());
}

pub(crate) fn missing_window_cannot_be_removed() {
    let (array, memory) = (array(), Memory::of_pages(2));
    memory.place(&array, 0, 800).unwrap();
    let address = memory.address();
    for (address, length) in
        [(address, 799), (address, 0), (address + 1, 800), (0, 800), (u64::MAX, u64::MAX)]
    {
        fails(
            remove(address, length),
            ErrorCode::InvalidArgument,
            &["there is no window", "passed to `place`"],
        );
    }
    memory.remove(800).unwrap();
    fails(memory.remove(800), ErrorCode::InvalidArgument, &["there is no window"]);
}

pub(crate) fn windows_of_a_closed_array_are_closed() {
    let (array, memory) = (array(), Memory::of_pages(2));
    array.close();
    fails(memory.place(&array, 0, 8), ErrorCode::Closed, &["closed"]);
}

pub(crate) fn windows_above_the_limit_are_limit_exceeded() {
    let array = array();
    let memories: Vec<_> = (0..65).map(|_| Memory::of_pages(2)).collect();
    for memory in &memories[..64] {
        memory.place(&array, 0, 8).unwrap();
    }
    fails(
        memories[64].place(&array, 0, 8),
        ErrorCode::LimitExceeded,
        &["`max_windows` is 64 windows, with 64 in use and 1 more needed"],
    );
    memories[0].remove(8).unwrap();
    memories[64].place(&array, 0, 8).unwrap();
    for memory in &memories[1..] {
        memory.remove(8).unwrap();
    }
}

pub(crate) fn private_windows_count_towards_the_limit() {
    const SIZE: u64 = 600 << 20;
    resize("work/large.bin", SIZE);
    let array = Memmap::open("work/large.bin", &options(Mode::CopyOnWrite, "u1")).unwrap();
    let memories = [Memory::for_bytes(600 << 20), Memory::for_bytes(600 << 20)];
    memories[0].place(&array, 0, SIZE).unwrap();
    fails(memories[1].place(&array, 0, SIZE), ErrorCode::LimitExceeded, &["copy-on-write"]);
    memories[0].remove(SIZE).unwrap();
    memories[1].place(&array, 0, SIZE).unwrap();
    memories[1].remove(SIZE).unwrap();
}

/// Checks a host that does not map files into the memory of plugins.
pub(crate) fn is_unsupported() {
    let (array, memory) = (array(), Memory::of_pages(2));
    fails(memory.place(&array, 0, 8), ErrorCode::Unsupported, &["read into the memory instead"]);
    fails(memory.remove(8), ErrorCode::Unsupported, &["read into the memory instead"]);
    assert!(memory.is_zero());
}
