//! How to open and to create a `.npy` file.

use super::Memmap;
use crate::bindings::filemap::data::array::{self as wit, Mode, NpyVersion, Order};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

/// How to open a `.npy` file: the parameters of `numpy.lib.format.open_memmap` for a file that
/// exists.
///
/// ```no_run
/// use filemap_plugin::NpyOpenOptions;
///
/// // numpy: numpy.load("data/wide.npy", mmap_mode="r", max_header_size=100_000)
/// let wide = NpyOpenOptions::new().max_header_size(100_000).open("data/wide.npy")?;
/// # Ok::<(), filemap_plugin::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct NpyOpenOptions {
    mode: Mode,
    max_header_size: Option<u64>,
}

impl NpyOpenOptions {
    /// Returns the default options: [`Mode::ReadOnly`], and a header of at most 10,000 characters,
    /// which is numpy's default.
    pub const fn new() -> Self {
        Self { mode: Mode::ReadOnly, max_header_size: None }
    }

    /// Sets what may be done with the file: any mode but [`Mode::Write`].
    pub const fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets the maximum length of the header, in characters. A header of more than 4 MiB is never
    /// read.
    pub const fn max_header_size(mut self, characters: u64) -> Self {
        self.max_header_size = Some(characters);
        self
    }

    /// Maps the array in the file at `path`. Reads no elements. Similar to
    /// `numpy.load(path, mmap_mode=mode, max_header_size=size)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for [`Mode::Write`]; [`Error::Corrupt`] for a header that breaks
    /// the format, or that promises more than the file holds; [`Error::LimitExceeded`] for a longer
    /// header; [`Error::Unsupported`] for another version of the format, or the dtype `object`; and
    /// those of [`MemmapOptions::open`](crate::MemmapOptions::open).
    pub fn open(&self, path: &str) -> Result<Memmap> {
        Memmap::with_new_mapping(wit::Memmap::open_npy(path, self.mode, self.max_header_size)?)
    }
}

impl Default for NpyOpenOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// What a new `.npy` file holds: the parameters of `numpy.lib.format.open_memmap`.
///
/// ```no_run
/// use filemap_plugin::{NpyOptions, Order};
///
/// // numpy: open_memmap("data/new.npy", "w+", "<f4", (3, 4), fortran_order=True)
/// let options = NpyOptions::new([3, 4]).dtype("<f4").order(Order::F);
/// let array = options.create("data/new.npy")?;
/// # Ok::<(), filemap_plugin::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct NpyOptions(wit::NpyOptions);

impl NpyOptions {
    /// Returns the options for an array of `float64` with these lengths of the axes, in C order, in
    /// the oldest version of the format that can hold the header.
    pub fn new(shape: impl Into<Vec<u64>>) -> Self {
        Self(wit::NpyOptions { dtype: None, shape: shape.into(), order: Order::C, version: None })
    }

    /// Sets the element type, in numpy's spelling. The default is `float64`.
    pub fn dtype(mut self, dtype: impl Into<String>) -> Self {
        self.0.dtype = Some(dtype.into());
        self
    }

    /// Sets the order of the elements in the file: `fortran_order`. The default is [`Order::C`].
    pub const fn order(mut self, order: Order) -> Self {
        self.0.order = order;
        self
    }

    /// Sets the version of the format.
    pub const fn version(mut self, version: NpyVersion) -> Self {
        self.0.version = Some(version);
        self
    }

    /// Creates the file with an array of zeroes, or replaces an existing file, and maps it in
    /// [`Mode::ReadWrite`]. The header is byte for byte the one that numpy writes. Similar to
    /// `numpy.lib.format.open_memmap(path, "w+", dtype, shape, fortran_order, version)`.
    ///
    /// # Errors
    ///
    /// Those of [`MemmapOptions::open`](crate::MemmapOptions::open), and
    /// [`Error::InvalidArgument`] for a header that the version cannot hold.
    pub fn create(&self, path: &str) -> Result<Memmap> {
        Memmap::with_new_mapping(wit::Memmap::create_npy(path, &self.0)?)
    }
}
