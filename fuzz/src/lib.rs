//! Fuzz targets: functions that take any bytes, call the engine or the native provider with what
//! the bytes say, and panic if the answer is wrong.
//!
//! `cargo xtask fuzz` searches for such bytes with libFuzzer: the programs in `libfuzzer/` call
//! these functions. The folder `corpus/` has inputs for each target that reach much of its code,
//! and the test of this package runs them without nightly Rust.
//!
//! - [`npy_header()`]: the bytes of a `.npy` file; what is written back is read again.
//! - [`dtype()`]: the text of a dtype; what is printed is parsed again.
//! - [`selection()`]: a shape, and indices into it, compared with a list of all elements.
//! - [`store_directory()`]: names and contents of files, and calls of a store on them, compared
//!   with a `BTreeMap`.
//! - [`engine_model()`]: calls of a store and of arrays, and faults of the disk, compared with a
//!   `BTreeMap` and a `Vec<u8>` for each file.
//! - [`native_truncation()`]: calls of mapped arrays, and changes of their file by other programs,
//!   compared with a `Vec<u8>` for each file.

mod arrays;
mod complaint;
mod directory;
mod dtype;
mod engine_model;
mod input;
// The model of an array, and the disk in memory, are those of the engine's tests.
#[allow(dead_code, reason = "the engine's tests use all of it")]
#[path = "../../tests/engine/memory/mod.rs"]
mod memory;
#[allow(dead_code, reason = "the engine's tests use all of it")]
#[path = "../../tests/engine/model.rs"]
mod model;
#[cfg(feature = "native")]
mod native_truncation;
mod npy_header;
#[path = "../../tests/engine/operations.rs"]
mod operations;
mod reductions;
mod selection;
mod store_directory;
mod stores;

pub use dtype::dtype;
pub use engine_model::engine_model;
#[cfg(feature = "native")]
pub use native_truncation::native_truncation;
pub use npy_header::npy_header;
pub use selection::selection;
pub use store_directory::store_directory;
