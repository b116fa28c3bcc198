//! filemap: persistent mappings and memory-mapped arrays for WebAssembly components.
//!
//! This crate is the engine, which holds every rule once, and with the feature `component` also the
//! portable provider, a component over WASI filesystem calls. The other provider, a Wasmtime host
//! with real `mmap`, is the crate `filemap-host`. The contract that both fulfil is the WIT package
//! `filemap:data` in the folder `wit`.
//!
//! The engine does no input or output and needs nothing but `alloc`. A provider supplies files and
//! directories ([`fs`]) and mapped regions ([`region`]).
//!
//! | module | what is in it | its model in Python |
//! |---|---|---|
//! | [`store`] | a directory as a mapping from strings to bytes | `zict.File` |
//! | [`key`] | keys and the file names that stand for them | `urllib.parse.quote` |
//! | [`array`](mod@array) | dtypes, shapes, indexing, `.npy` headers | `numpy.memmap` |
//! | [`region`] | what an array reads and writes through | `mmap.mmap` |
//! | [`overlay`] | what was written to a private mapping | `mmap.ACCESS_COPY` |
//! | [`preopen`] | from a path to a directory that was granted | |
//! | [`fs`] | what a provider supplies | `os` |
//! | [`lock`] | what keeps threads apart | `threading.Lock` |
//! | [`error`] | the one error | |
//! | [`limits`] | the caps on what one call may ask for | |
#![no_std]

extern crate alloc;
// Only for the panic handler that a native `cdylib` needs to be linked at all; nothing here names
// it.
#[cfg(not(target_family = "wasm"))]
extern crate std;

pub mod array;
#[cfg(feature = "component")]
mod component;
mod convert;
pub mod error;
pub mod fs;
pub mod key;
pub mod limits;
pub mod lock;
pub mod overlay;
pub mod preopen;
pub mod region;
mod sorted;
pub mod store;
#[cfg(feature = "component")]
mod wasi;
