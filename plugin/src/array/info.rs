//! What an array is: the attributes of a `numpy.memmap`. They cost no call.

use super::{Memmap, Mode, Order};

impl Memmap {
    /// The element type in numpy's spelling, as in `<f4` or `[('x', '<f4'), ('y', '<i2')]`: `dtype.str` or `dtype.descr`.
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

    /// The distance of neighbours along each axis in bytes, negative where the axis is reversed.
    #[must_use]
    pub fn strides(&self) -> &[i64] {
        &self.handle.info.strides
    }

    /// The order in which the elements lie in the file without gaps, [`Order::C`] where both do, or `None` for a view
    /// with gaps: `flags.c_contiguous` and `flags.f_contiguous`.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        self.handle.info.order.map(Order::from)
    }

    /// Where in the file the mapping begins, in bytes. Views have that of the array they are of.
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

    /// The path that was opened, made absolute. Views have that of the array they are of. `None` for a value of a store
    /// that has no path.
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
