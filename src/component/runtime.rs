//! The allocator and the panic handler, instead of the standard library, which would import clocks,
//! sockets and terminals.

#![expect(
    unsafe_code,
    reason = "the canonical ABI allocates through a C function, and the compiler needs one of \
        libc's"
)]

use core::alloc::{GlobalAlloc, Layout};

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

// The compiler calls `memcmp`, which wasi-libc provides. The component contains nothing else of it.
#[link(name = "c")]
unsafe extern "C" {}

/// A panic is a bug in filemap: invalid input leads to an error.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// Allocates the memory for arguments of a call, for the host.
///
/// # Safety
///
/// As the canonical ABI requires: `old` is null, or was returned by this function for `old_length`
/// bytes of this alignment.
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
    // A host may ask for more than Rust's limit on allocations.
    let Ok(layout) = Layout::from_size_align(length, align) else {
        core::arch::wasm32::unreachable()
    };
    // SAFETY: `length` is not 0 and the layout is valid. `old` comes with the length and the
    // alignment of its allocation, whose layout was valid then.
    let pointer = unsafe {
        if old_length == 0 {
            ALLOCATOR.alloc(layout)
        } else {
            ALLOCATOR.realloc(old, Layout::from_size_align_unchecked(old_length, align), length)
        }
    };
    if pointer.is_null() { core::arch::wasm32::unreachable() } else { pointer }
}
