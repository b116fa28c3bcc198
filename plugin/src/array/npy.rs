//! New `.npy` files.

use super::options::{mirrored, same_cases};
use super::{Memmap, Order};
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

/// What a new `.npy` file is to hold: the parameters of `numpy.lib.format.open_memmap`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct NpyOptions {
    dtype: Option<String>,
    shape: Vec<u64>,
    order: Order,
    version: Option<NpyVersion>,
}

impl NpyOptions {
    /// An array of `float64` in that shape, in C order, and in the oldest version that can hold the header.
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

    /// Makes the file, with an array of zeroes, and maps it in mode [`Mode::ReadWrite`](crate::Mode::ReadWrite); a file
    /// that is there already is replaced. The header is byte for byte the one that numpy writes.
    ///
    /// # Errors
    ///
    /// Those of [`MemmapOptions::open`](crate::MemmapOptions::open), and
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a header that the version cannot hold.
    pub fn create(&self, path: &str) -> Result<Memmap> {
        let options = wit::NpyOptions {
            dtype: self.dtype.clone(),
            shape: self.shape.clone(),
            order: self.order.into(),
            version: self.version.map(Into::into),
        };
        Memmap::alone(wit::Memmap::create_npy(path, &options)?)
    }
}
