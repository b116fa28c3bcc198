//! Tests of the table that the signal handlers read.

use std::sync::atomic::AtomicBool;

use super::*;

#[test]
fn an_address_between_two_windows_is_in_none() {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // One thread has a window far up, and then one far down, in the same slot.
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                for begin in [0x9000_0000_0000, 0x1000_0000_0000] {
                    give_slot_back(
                        take_slot(Seen { begin, end: begin + 0x1000, is_read_only: true }).unwrap(),
                    );
                }
            }
        });
        let found =
            (0..20_000_000_u64).find_map(|_| find(0x5000_0000_0000).map(|(_, seen)| seen.end));
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(found, None, "the handler would put zeroes up to there");
    });
}

#[test]
fn a_window_is_in_no_table_once_its_memory_is_gone() {
    let memory = Arc::new(Memory::with_size(1 << 20));
    let file = File::from(
        rustix::fs::memfd_create("filemap-test", rustix::fs::MemfdFlags::CLOEXEC).unwrap(),
    );
    file.set_len(65_536).unwrap();
    let window =
        Window::place(&memory, (0, 65_536), &file, (0, 65_536), Sharing::ReadOnly).unwrap();
    let address = memory.address(0);
    assert!(find(address).is_some());
    // As with `Store::into_data`: the memory goes, and the embedder's state, with the arrays in it,
    // stays.
    drop(memory);
    assert!(find(address).is_none(), "whoever gets these addresses next has zeroes placed in them");
    drop(window);
}
