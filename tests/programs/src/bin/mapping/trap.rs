//! Plugins that end while they have windows.

use crate::bindings::{Memmap, Mode};
use crate::memory::Memory;
use crate::support::options;

/// The cases that do not simply hold or not.
pub(crate) const NAMES: [&str; 4] = [
    "stores_into_a_window_that_is_read",
    "traps_with_windows",
    "ends_with_windows",
    "is_unsupported",
];

/// A window of all of `bytes.bin`, which stays.
fn window(mode: Mode) -> (Memmap, Memory) {
    let array = Memmap::open("work/bytes.bin", &options(mode, "u1")).unwrap();
    let memory = Memory::of_pages(2);
    memory.place(&array, 0, 64).unwrap();
    (array, memory)
}

pub(crate) fn stores_into_a_window_that_is_read() {
    let (_array, memory) = window(Mode::ReadOnly);
    memory.write_at(10, &[1]);
    unreachable!("the store has trapped");
}

pub(crate) fn traps_with_windows() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let (array, memory) = window(mode);
        std::mem::forget(array);
        memory.leak();
    }
    std::process::abort();
}

pub(crate) fn ends_with_windows() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let (array, memory) = window(mode);
        std::mem::forget(array);
        memory.leak();
    }
}
