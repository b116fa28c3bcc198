//! `.npy` files.

use super::options::{mirrored, same_cases};
use super::{Memmap, Mode, Order};
use crate::bindings::filemap::data::array as wit;
use crate::error::Result;

mirrored! {
    /// The versions of the format `.npy`.
    NpyVersion {
        /// 1.0: a header of at most 65,535 bytes in Latin-1.
        V1,
        /// 2.0: a header of up to 4 GiB in Latin-1.
        V2,
        /// 3.0: in UTF-8, for names of fields that Latin-1 does not have.
        V3,
    }
}

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
    /// A file for reading, with a header of at most 10,000 characters, which is numpy's default.
    pub const fn new() -> Self {
        Self { mode: Mode::ReadOnly, max_header_size: None }
    }

    /// What may be done with the file.
    pub const fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// The maximum length of the header in characters. A header of more than 1 MiB is never read.
    pub const fn max_header_size(mut self, characters: u64) -> Self {
        self.max_header_size = Some(characters);
        self
    }

    /// Maps the array in the file at `path`. No elements are read.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for [`Mode::Write`];
    /// [`Error::Corrupt`](crate::Error::Corrupt) for a header that breaks the format, or that
    /// promises more than the file holds; [`Error::LimitExceeded`](crate::Error::LimitExceeded) for
    /// a longer header; [`Error::Unsupported`](crate::Error::Unsupported) for another version, or a
    /// dtype without a fixed size; and those of
    /// [`MemmapOptions::open`](crate::MemmapOptions::open).
    pub fn open(&self, path: &str) -> Result<Memmap> {
        Memmap::first(wit::Memmap::open_npy(path, self.mode.into(), self.max_header_size)?)
    }
}

impl Default for NpyOpenOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// What a new `.npy` file holds: the parameters of `numpy.lib.format.open_memmap`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct NpyOptions {
    dtype: Option<String>,
    shape: Vec<u64>,
    order: Order,
    version: Option<NpyVersion>,
}

impl NpyOptions {
    /// An array of `float64` of this shape, in C order, in the oldest version that can hold the
    /// header.
    pub fn new(shape: impl Into<Vec<u64>>) -> Self {
        Self { dtype: None, shape: shape.into(), order: Order::C, version: None }
    }

    /// The element type in numpy's spelling.
    pub fn dtype(mut self, dtype: impl Into<String>) -> Self {
        self.dtype = Some(dtype.into());
        self
    }

    /// The order of the elements in the file: `fortran_order`.
    pub const fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// The version of the format.
    pub const fn version(mut self, version: NpyVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// Creates the file with an array of zeroes, or replaces an existing file, and maps it in the
    /// mode [`Mode::ReadWrite`]. The header is byte for byte the one that numpy writes.
    ///
    /// # Errors
    ///
    /// Those of [`MemmapOptions::open`](crate::MemmapOptions::open), and
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a header that the version
    /// cannot hold.
    pub fn create(&self, path: &str) -> Result<Memmap> {
        let options = wit::NpyOptions {
            dtype: self.dtype.clone(),
            shape: self.shape.clone(),
            order: self.order.into(),
            version: self.version.map(Into::into),
        };
        Memmap::first(wit::Memmap::create_npy(path, &options)?)
    }
}
