//! The attributes of an array, those of a `numpy.memmap`. They cost no call.

use super::{Memmap, Mode, Order};

impl Memmap {
    /// The element type in numpy's spelling, `<f4` or `[('x', '<f4'), ('y', '<i2')]`: `dtype.str`
    /// or `dtype.descr`.
    #[must_use]
    pub fn dtype(&self) -> &str {
        &self.handle.info.dtype
    }

    /// The size of one element in bytes: `itemsize`.
    #[must_use]
    pub fn item_size(&self) -> u64 {
        self.handle.info.item_size
    }

    /// The length of each axis; empty for a single element.
    #[must_use]
    pub fn shape(&self) -> &[u64] {
        &self.handle.info.shape
    }

    /// The distance between neighbours along each axis in bytes, negative if the axis is reversed.
    #[must_use]
    pub fn strides(&self) -> &[i64] {
        &self.handle.info.strides
    }

    /// The order in which the elements lie without gaps, [`Order::C`] if both orders do, or `None`
    /// for a view with gaps: `flags.c_contiguous` and `flags.f_contiguous`.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        self.handle.info.order.map(Order::from)
    }

    /// The position of the mapping in the file, in bytes. A view has that of the whole.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.handle.info.offset
    }

    /// The mode that the array was opened in.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.handle.info.mode.into()
    }

    /// Whether the array may be written to: `flags.writeable`.
    #[must_use]
    pub fn is_writeable(&self) -> bool {
        self.handle.info.writeable
    }

    /// The absolute form of the path that was opened. A view has that of the whole. `None` for a
    /// value of a store that was not opened by a path.
    #[must_use]
    pub fn filename(&self) -> Option<&str> {
        self.handle.info.filename.as_deref()
    }

    /// The number of elements: `size`.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.handle.info.size
    }

    /// The number of bytes of all elements.
    #[must_use]
    pub fn nbytes(&self) -> u64 {
        self.handle.info.nbytes
    }
}
