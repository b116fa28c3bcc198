//! Mapped pages and the memory of plugins. All unsafe code of the crate is in this module.
//!
//! From the bottom up, each file uses only those above it in this list:
//!
//! | file | what |
//! |---|---|
//! | `spare` | mappings in reserve, for a process that has too many |
//! | `remap` | system calls that replace or protect pages |
//! | `signal_mask` | the signals that a thread blocks |
//! | `guard`, `window_table` | what the signal handlers read: the range that a thread accesses, and all windows |
//! | `chained_handler`, `sigbus`, `sigsegv`, `sigxfsz` | the signal handlers |
//! | `copy`, `advise` | copies between mapped pages and buffers; hints |
//! | `interruptible` | checkpoints in a visit of mapped pages |
//! | `map` | mapping a part of a file |
//! | `guest_memory` | linear memories that files can be mapped into |
//! | `window`, `placed_window` | pages of a file in such a memory, and who owns them |
//! | `spread` | the number of pages that a copy touches |
//! | `region` | a mapped part of a file: the engine's `Region` |

use std::io;

mod advise;
mod chained_handler;
mod copy;
mod guard;
mod guest_memory;
#[cfg(test)]
pub(crate) mod in_child;
mod interruptible;
mod map;
mod placed_window;
mod region;
mod remap;
mod sigbus;
mod signal_mask;
mod sigsegv;
mod sigxfsz;
mod spare;
mod spread;
mod visit;
mod window;
mod window_table;

pub(crate) use guest_memory::{GuestMemory, RangeError};
pub use guest_memory::{large_pages, map_into_guest};
pub(crate) use placed_window::PluginWindows;
pub(crate) use region::MmapRegion;
pub(crate) use sigsegv::is_called_after_wasmtime;
pub(crate) use window::{PlaceError, WASM_PAGE, WindowTarget};

/// Installs all handlers, which a process needs before its first plugin.
pub(crate) fn install_handlers() -> io::Result<()> {
    sigsegv::install()?;
    sigbus::install()?;
    sigxfsz::install()
}
