//! How windows end.

use crate::bindings::{ErrorCode, Memmap, Mode};
use crate::memory::Memory;
use crate::reading::create_file;
use crate::support::{fails, options, resize, size};

/// An array over a new file, and a window over all of it.
fn window(mode: Mode) -> (Memmap, Memory) {
    create_file("work/new.bin", 200_000);
    let array = Memmap::open("work/new.bin", &options(mode, "u1")).unwrap();
    let memory = Memory::for_bytes(200_000);
    assert_eq!(memory.place(&array, 0, 200_000).unwrap(), 0);
    (array, memory)
}

const MODES: [Mode; 3] = [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite];

pub(crate) fn window_is_zero_after_remove() {
    for mode in MODES {
        let (array, memory) = window(mode);
        memory.remove(200_000).unwrap();
        assert!(memory.is_zero());
        // The memory belongs to the plugin again.
        memory.write_at(1000, b"mine");
        assert_eq!(size("work/new.bin"), 200_000);
        assert!(array.read_bytes(1000, 4).unwrap() != b"mine");
    }
}

pub(crate) fn window_is_zero_after_close() {
    for mode in MODES {
        let (array, memory) = window(mode);
        array.close();
        assert!(memory.is_zero());
        fails(
            memory.remove(200_000),
            ErrorCode::InvalidArgument,
            &["there is no window of 200000 bytes"],
        );
    }
}

pub(crate) fn window_is_zero_after_the_last_drop() {
    for mode in MODES {
        let (array, memory) = window(mode);
        let view = array.view(&[]).unwrap();
        drop(array);
        assert!(!memory.is_zero());
        drop(view);
        assert!(memory.is_zero());
    }
}

pub(crate) fn window_can_be_placed_at_a_removed_one() {
    let (array, memory) = window(Mode::ReadOnly);
    for _ in 0..100 {
        memory.remove(200_000).unwrap();
        memory.place(&array, 0, 200_000).unwrap();
    }
    array.close();
    create_file("work/other.bin", 1000);
    let other = Memmap::open("work/other.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    assert_eq!(memory.place(&other, 0, 1000).unwrap(), 0);
    assert_eq!(memory.bytes_at(250, 2), [250, 0]);
    memory.remove(1000).unwrap();
}

pub(crate) fn truncated_file_shows_zeroes_and_is_reported() {
    for mode in MODES {
        let (array, memory) = window(mode);
        resize("work/new.bin", 8192);
        assert_eq!(memory.bytes_at(8190, 4), [158, 159, 0, 0]);
        assert!(memory.bytes_at(150_000, 50_000).iter().all(|byte| *byte == 0));
        fails(array.read_bytes(0, 1), ErrorCode::Truncated, &["truncated"]);
        // Writes to lost pages are lost, even if the file is long again.
        resize("work/new.bin", 200_000);
        fails(array.flush(), ErrorCode::Truncated, &["truncated"]);
        fails(memory.remove(200_000), ErrorCode::Truncated, &["pages of the window"]);
        assert!(memory.is_zero());
        resize("work/new.bin", 8192);
        fails(memory.place(&array, 0, 200_000), ErrorCode::Truncated, &["truncated"]);
        fails(memory.remove(200_000), ErrorCode::InvalidArgument, &[]);
    }
}

pub(crate) fn file_truncated_within_a_page_shows_zeroes() {
    let (array, memory) = window(Mode::ReadOnly);
    resize("work/new.bin", 199_000);
    assert_eq!(memory.bytes_at(198_999, 2), [207, 0]);
    fails(array.read_bytes(0, 1), ErrorCode::Truncated, &["truncated"]);
    // No page is lost: the file ends within this page.
    memory.remove(200_000).unwrap();
}
