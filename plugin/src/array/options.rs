//! How to open a file of raw elements.

use super::Memmap;
use crate::bindings::filemap::data::array::{self as wit, Mode, Order};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

/// How to read the bytes of a file: the parameters of `numpy.memmap`.
///
/// ```no_run
/// use filemap_plugin::{Memmap, Order};
///
/// // numpy: numpy.memmap("data/grid.bin", "<f4", "r+", 512, (720, 1440), "F")
/// let options = Memmap::options().dtype("<f4").mode("r+".parse()?).offset(512);
/// let grid = options.shape([720, 1440]).order(Order::F).open("data/grid.bin")?;
/// # Ok::<(), filemap_plugin::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct MemmapOptions(wit::MemmapOptions);

impl MemmapOptions {
    /// Returns the default options: one axis of `uint8` over the whole file, in
    /// [`Mode::ReadOnly`]. numpy's default mode is [`Mode::ReadWrite`]; here, as in `std::fs`, a
    /// program asks for writing.
    pub const fn new() -> Self {
        Self(wit::MemmapOptions {
            dtype: None,
            mode: Mode::ReadOnly,
            offset: 0,
            shape: None,
            order: Order::C,
        })
    }

    /// Sets the element type, in numpy's spelling: `float32`, `<f4`, `S10`,
    /// `[('x', '<f4'), ('y', '<i2')]` and others. The default is `uint8`.
    pub fn dtype(mut self, dtype: impl Into<String>) -> Self {
        self.0.dtype = Some(dtype.into());
        self
    }

    /// Sets what may be done with the file. The default is [`Mode::ReadOnly`].
    pub const fn mode(mut self, mode: Mode) -> Self {
        self.0.mode = mode;
        self
    }

    /// Sets the position of the first element in the file, in bytes. It need not be a multiple of
    /// the page size or of the item size. The default is 0.
    pub const fn offset(mut self, offset: u64) -> Self {
        self.0.offset = offset;
        self
    }

    /// Sets the length of each axis, in elements. An empty list is a single element without axes.
    /// The default is one axis over everything after the offset.
    pub fn shape(mut self, shape: impl Into<Vec<u64>>) -> Self {
        self.0.shape = Some(shape.into());
        self
    }

    /// Sets the order of the elements in the file. The default is [`Order::C`].
    pub const fn order(mut self, order: Order) -> Self {
        self.0.order = order;
        self
    }

    /// Maps a part of the file at `path`. Reads no elements. Similar to
    /// `numpy.memmap(path, dtype, mode, offset, shape, order)`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if the file does not exist, except in [`Mode::Write`];
    /// [`Error::AccessDenied`] for a path that was not granted; [`Error::OutOfBounds`] for a file
    /// that is too short, in the modes that do not extend it; [`Error::NoSpace`] if the disk is
    /// full; [`Error::Unsupported`] for the dtype `object`; and [`Error::InvalidArgument`] for
    /// options that are invalid, alone or for this file.
    pub fn open(&self, path: &str) -> Result<Memmap> {
        Memmap::with_new_mapping(wit::Memmap::open(path, &self.0)?)
    }
}

impl Default for MemmapOptions {
    fn default() -> Self {
        Self::new()
    }
}
