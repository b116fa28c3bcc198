//! Cases that trap or end while windows exist.

use crate::bindings::{Memmap, Mode};
use crate::memory::Memory;
use crate::support::options;

/// A window over all of `bytes.bin`.
fn window(mode: Mode) -> (Memmap, Memory) {
    let array = Memmap::open("work/bytes.bin", &options(mode, "u1")).unwrap();
    let memory = Memory::of_pages(2);
    memory.place(&array, 0, 64).unwrap();
    (array, memory)
}

pub(crate) fn stores_into_a_read_only_window() {
    let (_array, memory) = window(Mode::ReadOnly);
    memory.write_at(10, &[1]);
    unreachable!("the store traps");
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
