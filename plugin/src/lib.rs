//! Persistent mappings and memory-mapped arrays for plugins in Rust: the interface `filemap:data`, safe and typed.
//!
//! A plugin of this crate is a program for `wasm32-wasip2`, which `filemap run` runs, or any host of WASI 0.2 after
//! `filemap plug`:
//!
//! ```no_run
#![doc = include_str!("../examples/sums.rs")]
//! ```
//!
//! [`Store`] has the habits of a map of Rust's, over a directory that Python's `zict.File` reads and writes too. [`Memmap`]
//! has those of `numpy.memmap`, over any file or a `.npy` file.
//!
//! # Arrays as memory
//!
//! [`Memmap::map`] gives a [`Mapped`], which is a `&[T]` over the elements, and [`Memmap::map_mut`] a [`MappedMut`]. Where the
//! host allows it, this memory is the pages of the file: nothing is copied, and reading costs no calls. Otherwise the
//! elements are read into it, and written back by `flush` or a drop. [`Memmap::windows`] walks an array that is larger than
//! memory.
//!
//! | | the host places pages | it does not |
//! |---|---|---|
//! | what others write | is seen at once | is seen by the next mapping |
//! | `map_mut` in `r+` or `w+` writes | at once | by `flush`, `unmap` or a drop |
//! | `map_mut` in `c` writes | never | never |
//! | a file that is truncated meanwhile | zeroes, and an error of `unmap` or of the next call | an error of the next call |
//!
//! `T` is any [`bytemuck::Pod`], because bytes of a file may be anything. For a structured dtype it is a structure of that
//! layout, with the derives of `bytemuck`:
//!
//! ```no_run
//! # use filemap_plugin::Memmap;
//! #[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
//! #[repr(C)]
//! struct Reading { time: u64, value: f32, sensor: u32 }
//!
//! let readings = Memmap::options().dtype("[('time', '<u8'), ('value', '<f4'), ('sensor', '<u4')]").open("data/log.bin")?;
//! let latest = readings.map::<Reading>()?.iter().map(|reading| reading.time).max();
//! # Ok::<(), filemap_plugin::Error>(())
//! ```
//!
//! With the feature `ndarray`, a mapping is also an `ArrayViewD` or `ArrayViewMutD` in the array's shape.
//!
//! # Elsewhere than in a plugin
//!
//! The crate compiles for every target, so that what a plugin calculates can be tested natively; but only a host has
//! files, and so a call panics there.

mod array;
mod bindings;
mod bulk;
mod element;
mod error;
mod mapped;
mod store;
mod window;
mod windows;

pub use bytemuck;

pub use crate::array::{
    Advice, Index, Mask, Memmap, MemmapOptions, Mode, NpyOpenOptions, NpyOptions, NpyVersion, Operation, Order,
    Reduction, Slice, Take, by,
};
pub use crate::error::{Error, Result};
pub use crate::mapped::{Mapped, MappedMut};
pub use crate::store::{Durability, Findings, Items, Keys, Reader, Store, StoreOptions, Writer};
pub use crate::windows::Windows;
