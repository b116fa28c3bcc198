//! What the standard library would bring along, and with it imports of clocks, sockets and
//! terminals.

#![expect(
    unsafe_code,
    reason = "the canonical ABI allocates through a C function, and the compiler needs one of \
        libc's"
)]

use core::alloc::{GlobalAlloc, Layout};

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

// The compiler calls `memcmp`, which wasi-libc has; nothing else of it ends up in the component.
#[link(name = "c")]
unsafe extern "C" {}

/// A panic is a bug in filemap: bad input is answered by an error.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// What the host calls to place the arguments of a call in this memory.
///
/// # Safety
///
/// The canonical ABI's: `old` is null, or was returned from here for `old_length` bytes of this
/// alignment.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_length: usize,
    align: usize,
    length: usize,
) -> *mut u8 {
    if length == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    // A list may be longer than what the language allows an allocation to be.
    let Ok(layout) = Layout::from_size_align(length, align) else {
        core::arch::wasm32::unreachable()
    };
    // SAFETY: the length is not 0, and not too large. `old` comes with the length and the alignment
    // that it was allocated with, which were valid then.
    let pointer = unsafe {
        if old_length == 0 {
            ALLOCATOR.alloc(layout)
        } else {
            ALLOCATOR.realloc(old, Layout::from_size_align_unchecked(old_length, align), length)
        }
    };
    if pointer.is_null() { core::arch::wasm32::unreachable() } else { pointer }
}
