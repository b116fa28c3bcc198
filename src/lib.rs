//! filemap: persistent mappings and memory-mapped arrays for WebAssembly components.
//!
//! This crate is the engine, which holds every rule once, and with the feature `component` also the
//! portable provider, a component over WASI filesystem calls. With the feature `keyvalue`, this
//! component provides `wasi:keyvalue` too. The other provider, a Wasmtime host with real `mmap`, is
//! the crate `filemap-host`. The contract that both fulfil is the WIT package `filemap:data` in the
//! folder `wit`.
//!
//! The engine does no input or output and needs nothing but `alloc`. A provider supplies files and
//! directories ([`fs`]) and mapped regions ([`region`]).
//!
//! The modules, from the top down; each imports only modules that stand below it:
//!
//! | module | contents | model in Python |
//! |---|---|---|
//! | [`keyvalue`] | the rules of `wasi:keyvalue` over stores | |
//! | [`store`] | a directory as a mapping from strings to bytes | `zict.File` |
//! | [`array`](mod@array) | arrays over files: opening, reading, writing, reductions | `numpy.memmap` |
//! | [`region`] | mapped parts of files, which an array reads and writes | `mmap.mmap` |
//! | [`layout`] | shapes, strides, indexing, and plans of copies | `numpy.ndarray` |
//! | [`dtype`] | element types and their spelling | `numpy.dtype` |
//! | [`fs`] | the traits that a provider implements: files and directories | `os` |
//! | [`limits`] | the caps on one call | |
//! | [`checkpoint`] | the steps at which the host can end a call | `PyErr_CheckSignals` |
//! | [`error`] | the error of every function | |
#![no_std]

extern crate alloc;
// Only for the panic handler that a native `cdylib` needs to be linked at all; nothing here names
// it.
#[cfg(not(target_family = "wasm"))]
extern crate std;

mod argsort;
pub mod array;
pub mod checkpoint;
#[cfg(feature = "component")]
mod component;
mod convert;
mod display;
pub mod dtype;
pub mod error;
pub mod fs;
pub mod keyvalue;
pub mod layout;
pub mod limits;
pub mod region;
pub mod store;
