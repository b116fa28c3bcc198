//! Persistent mappings and memory-mapped arrays for plugins in Rust: the interface `filemap:data`,
//! safe and typed.
//!
//! [`Store`] works like a map of the standard library, over a directory that Python's `zict.File`
//! reads and writes too. [`Memmap`] works like `numpy.memmap`, over a file of raw elements or a
//! `.npy` file.
//!
//! # Quick start
//!
//! A plugin is a program for the target `wasm32-wasip2`:
//!
//! ```no_run
#![doc = include_str!("../examples/sums.rs")]
//! ```
//!
//! ```text
//! $ cargo build --release --target wasm32-wasip2
//! $ filemap run --dir data --map target/wasm32-wasip2/release/sums.wasm
//! ```
//!
//! `filemap run` is the native provider. After `filemap plug`, the portable provider is part of the
//! plugin, which then runs in any host of WASI 0.2.
//!
//! # Elements of an array
//!
//! | call | for | result |
//! |---|---|---|
//! | [`map`](Memmap::map), [`map_mut`](Memmap::map_mut) | an array that fits in memory | `&[T]`, `&mut [T]` |
//! | [`map_window`](Memmap::map_window), [`map_window_mut`](Memmap::map_window_mut) | a range of a large array | the same |
//! | [`windows`](Memmap::windows) | one pass over a large array | a `&[T]` for each window |
//! | [`read_as`](Memmap::read_as), [`write_as`](Memmap::write_as), [`write_broadcast`](Memmap::write_broadcast) | the elements of an index, with or without gaps | a copy, as `Vec<T>` |
//! | [`read`](Memmap::read), [`write`](Memmap::write) | elements of any dtype | a copy, as bytes |
//! | [`read_bytes`](Memmap::read_bytes), [`write_bytes`](Memmap::write_bytes) | bytes as they lie in the file | a copy, as bytes |
//! | [`sum`](Memmap::sum), [`max`](Memmap::max), [`reduce`](Memmap::reduce) and others | arrays of any size | a value, calculated by the provider |
//! | [`fill`](Memmap::fill) | arrays of any size | |
//!
//! An index is written as in numpy: `a[1, 2:8, ::-1]` is `index![1, 2..8, by(.., -1)]`; see
//! [`index!`].
//!
//! `T` is any [`bytemuck::Pod`], because a file may hold any bytes. For a structured dtype it is a
//! struct of the same layout that derives `Pod`:
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
//! With the feature `ndarray`, a mapped slice is also an `ArrayViewD` or `ArrayViewMutD` in the
//! array's shape.
//!
//! # Pages and copies
//!
//! If the host allows it (`filemap run --map`), a mapped slice consists of the pages of the file:
//! nothing is copied, and an access costs no call. Under any other provider the slice is a copy,
//! and the same program runs:
//!
//! | | slice of pages | slice that is a copy |
//! |---|---|---|
//! | a change by another program | is visible at once | is visible in the next mapped slice |
//! | a change of `map_mut` in the modes `r+` and `w+` | is in the file at once | is in the file after `flush`, `unmap` or a drop |
//! | a change of `map_mut` in the mode `c` | is never in the file | is never in the file |
//! | the file is truncated while the slice exists | the slice has zeroes, and `unmap` or the next call fails | the next call fails |
//!
//! # Bulk data
//!
//! These calls go through WASI's streams, which are as fast as `std::fs` under both providers, and
//! are limited only by the plugin's memory: [`Memmap::read_bytes`], [`Memmap::write_bytes`],
//! [`Memmap::read`] and [`Memmap::write`] of a whole array in C order, mapped slices that are
//! copies, [`Store::get`], [`Store::insert`], [`Store::insert_parts`], [`Reader`] and [`Writer`].
//! [`Store::get_many`] takes at most 10,000 keys, and values of any total length. Any other call
//! moves at most 128 MiB, and is slower for bulk data.
//!
//! # Errors
//!
//! Every call returns the [`Error`] of the interface. Programs match its variant, and its text is
//! for humans. A missing key is not an error: it is `None`.
//!
//! The types [`Advice`], [`Durability`], [`Findings`], [`Index`], [`Mask`], [`Mode`],
//! [`NpyVersion`], [`Operation`], [`Order`], [`Reduction`], [`Slice`] and [`Take`] are generated
//! from the WIT, and so is their documentation. The documentation uses the names of the WIT:
//! `invalid-argument` is [`Error::InvalidArgument`], `read-write` is [`Mode::ReadWrite`], `none` is
//! `None`.
//!
//! # Other targets
//!
//! The crate compiles for every target, so that a plugin's calculations can be tested natively.
//! Without a host there are no files: on another target every call panics.

extern crate alloc;

mod array;
mod bindings;
mod bulk;
mod element;
mod error;
mod mapped;
mod memory;
mod store;
mod target;
mod window;
mod windows;

pub use bytemuck;

pub use crate::array::{Memmap, MemmapOptions, NpyOpenOptions, NpyOptions, by};
pub use crate::bindings::filemap::data::array::{
    Advice, Index, Mask, Mode, NpyVersion, Operation, Order, Reduction, Slice, Take,
};
pub use crate::bindings::filemap::data::store::{Durability, Findings};
pub use crate::error::{Error, Result};
pub use crate::mapped::{Mapped, MappedMut};
pub use crate::store::{Items, Keys, Reader, Store, StoreOptions, Writer};
pub use crate::windows::Windows;
