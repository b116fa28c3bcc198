//! A window whose memory is dropped first.

use super::*;
use crate::pages::window_table;

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
    assert!(window_table::contains(address));
    // As with `Store::into_data`: the memory is dropped, and the embedder's state, with the arrays
    // in it, is not.
    drop(memory);
    assert!(
        !window_table::contains(address),
        "the handler would replace the pages of whoever gets these addresses next"
    );
    drop(window);
}
