//! Persistent mappings and memory-mapped arrays for plugins in Rust: the interface `filemap:data`,
//! safe and typed.
//!
//! A plugin is a program for `wasm32-wasip2`. `filemap run` runs it, and so does any host of WASI
//! 0.2 after `filemap plug`:
//!
//! ```no_run
#![doc = include_str!("../examples/sums.rs")]
//! ```
//!
//! [`Store`] works like a map of the standard library, over a directory that Python's `zict.File`
//! reads and writes too. [`Memmap`] works like `numpy.memmap`, over any file or a `.npy` file.
//!
//! # Arrays as memory
//!
//! [`Memmap::map`] returns a [`Mapped`], which is a `&[T]` over the elements, and
//! [`Memmap::map_mut`] a [`MappedMut`]. If the host allows it, this memory is the pages of the
//! file: nothing is copied, and an access costs no call. Otherwise the elements are read into the
//! memory, and written back by `flush` or a drop. [`Memmap::windows`] walks an array that is larger
//! than the plugin's memory.
//!
//! | | the host places pages | it does not |
//! |---|---|---|
//! | what others write | is visible at once | is visible in the next mapping |
//! | `map_mut` in `r+` or `w+` writes | at once | by `flush`, `unmap` or a drop |
//! | `map_mut` in `c` writes | never | never |
//! | a file that is truncated meanwhile | zeroes, and an error of `unmap` or of the next call | an error of the next call |
//!
//! `T` is any [`bytemuck::Pod`], because a file may hold any bytes. For a structured dtype it is a
//! structure of that layout, with the derives of `bytemuck`:
//!
//! ```no_run
//! # use filemap_plugin::Memmap;
//! #[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
//! #[repr(C)]
//! struct Reading { time: u64, value: f32, sensor: u32 }
//!
//! let dtype = "[('time', '<u8'), ('value', '<f4'), ('sensor', '<u4')]";
//! let readings = Memmap::options().dtype(dtype).open("data/log.bin")?;
//! let latest = readings.map::<Reading>()?.iter().map(|reading| reading.time).max();
//! # Ok::<(), filemap_plugin::Error>(())
//! ```
//!
//! With the feature `ndarray`, a mapping is also an `ArrayViewD` or `ArrayViewMutD` in the array's
//! shape.
//!
//! # Much data
//!
//! Except for little data, bytes and values go through WASI's streams, which are as fast as
//! `std::fs` under both providers: [`Memmap::read_bytes`], [`Memmap::write_bytes`],
//! [`Memmap::read`] and [`Memmap::write`] of everything, mappings where no pages are placed,
//! [`Store::get`], [`Store::insert`], [`Reader`] and [`Writer`]. Their only limit is the plugin's
//! memory. Other calls move at most 128 MiB, and are slower for much data.
//!
//! # On other targets
//!
//! The crate compiles for every target, so that the plugin's calculations can be tested natively.
//! Only a host has files: on another target every call panics.

extern crate alloc;

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
    Advice, Index, Mask, Memmap, MemmapOptions, Mode, NpyOpenOptions, NpyOptions, NpyVersion,
    Operation, Order, Reduction, Slice, Take, by,
};
pub use crate::error::{Error, Result};
pub use crate::mapped::{Mapped, MappedMut};
pub use crate::store::{Durability, Findings, Items, Keys, Reader, Store, StoreOptions, Writer};
pub use crate::windows::Windows;
