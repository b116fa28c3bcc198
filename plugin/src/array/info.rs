//! The attributes of an array.

use super::Memmap;
use crate::bindings::filemap::data::array::{Mode, Order};

/// # Attributes
///
/// Those of a `numpy.memmap`. They cost no call to the provider.
impl Memmap {
    /// Returns the element type in numpy's spelling, `<f4` or `[('x', '<f4'), ('y', '<i2')]`.
    /// Similar to `a.dtype.str` or `a.dtype.descr`.
    #[must_use]
    pub fn dtype(&self) -> &str {
        &self.handle.info.dtype
    }

    /// Returns the size of one element in bytes. Similar to `a.itemsize`.
    #[must_use]
    pub fn item_size(&self) -> u64 {
        self.handle.info.item_size
    }

    /// Returns the length of each axis in elements; empty for a single element without axes.
    /// Similar to `a.shape`.
    #[must_use]
    pub fn shape(&self) -> &[u64] {
        &self.handle.info.shape
    }

    /// Returns the distance between neighbours along each axis in bytes, negative if the axis is
    /// reversed. Similar to `a.strides`.
    #[must_use]
    pub fn strides(&self) -> &[i64] {
        &self.handle.info.strides
    }

    /// Returns the order in which the elements lie without gaps, [`Order::C`] if both orders do, or
    /// `None` for a view with gaps. Similar to `a.flags.c_contiguous` and `a.flags.f_contiguous`.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        self.handle.info.order
    }

    /// Returns the position of the mapping in the file, in bytes. A view has the offset of the
    /// array that was opened. Similar to `a.offset`.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.handle.info.offset
    }

    /// Returns the mode in which the array was opened. Similar to `a.mode`.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.handle.info.mode
    }

    /// Returns whether the array can be written to. Similar to `a.flags.writeable`.
    #[must_use]
    pub fn is_writeable(&self) -> bool {
        self.handle.info.writeable
    }

    /// Returns the absolute form of the path that was opened, or `None` for a value of a store that
    /// was not opened by a path. A view has the path of the array that was opened. Similar to
    /// `a.filename`.
    #[must_use]
    pub fn filename(&self) -> Option<&str> {
        self.handle.info.filename.as_deref()
    }

    /// Returns the number of elements. Similar to `a.size`.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.handle.info.size
    }

    /// Returns the number of bytes of all elements. Similar to `a.nbytes`.
    #[must_use]
    pub fn nbytes(&self) -> u64 {
        self.handle.info.nbytes
    }
}
