//! Copies of elements, to and from the array.

use bytemuck::Pod;

use super::{Index, Memmap, Order, index};
use crate::bulk::{self, Reading, STREAMED};
use crate::element;
use crate::error::{Error, Result};
use crate::mapped::to_usize;

impl Memmap {
    /// A copy of the elements that `index` takes: their bytes, in the array's dtype and byte order, in C order. The empty
    /// index takes all. Similar to `a[index].tobytes()`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`](crate::Error::OutOfBounds) for an index that is not there,
    /// [`Error::LimitExceeded`](crate::Error::LimitExceeded) for more than 128 MiB. The empty index of an array in C order
    /// without gaps has no limit but the plugin's memory; so has [`write`](Self::write).
    pub fn read(&self, index: &[Index]) -> Result<Vec<u8>> {
        if self.is_plain(index) {
            return self.read_bytes(0, self.nbytes());
        }
        Ok(self.handle.raw.read(&index::given(index))?)
    }

    /// The same as elements of type `T`, which has to fit the dtype as it does for [`map`](Self::map). Similar to
    /// `a[index].ravel()`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a `T` that does not fit, and those of
    /// [`read`](Self::read).
    pub fn read_as<T: Pod>(&self, index: &[Index]) -> Result<Vec<T>> {
        self.check::<T>()?;
        if self.is_plain(index) {
            let mut elements = Vec::new();
            bulk::reserve(&mut elements, self.size())?;
            elements.resize(to_usize(self.size())?, T::zeroed());
            self.read_bytes_into(0, bytemuck::cast_slice_mut(&mut elements))?;
            return Ok(elements);
        }
        Ok(element::from_bytes(&self.read(index)?))
    }

    /// The shape of what `index` takes. Nothing is read. Similar to `a[index].shape`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn shape_of(&self, index: &[Index]) -> Result<Vec<u64>> {
        Ok(self.handle.raw.shape_of(&index::given(index))?)
    }

    /// Writes to the elements that `index` takes: bytes in the array's dtype and byte order, in C order, as many as the
    /// elements have. Similar to `a[index] = data`.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`](crate::Error::AccessDenied) for an array that is not writeable,
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for another length; and those of [`read`](Self::read).
    /// After `Truncated`, `NoSpace` or `Other` a part may have been written.
    pub fn write(&self, index: &[Index], data: &[u8]) -> Result<()> {
        if self.is_plain(index) && data.len() as u64 == self.nbytes() {
            return self.write_bytes(0, data);
        }
        Ok(self.handle.raw.write(&index::given(index), data, None)?)
    }

    /// The same for elements of type `T`, which has to fit the dtype as it does for [`map`](Self::map).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a `T` that does not fit, and those of
    /// [`write`](Self::write).
    pub fn write_as<T: Pod>(&self, index: &[Index], elements: &[T]) -> Result<()> {
        self.check::<T>()?;
        self.write(index, bytemuck::cast_slice(elements))
    }

    /// Writes elements of that shape, which is stretched to that of the selection by numpy's rules of broadcasting.
    /// Similar to `a[index] = numpy.reshape(elements, shape)`.
    ///
    /// # Errors
    ///
    /// Those of [`write_as`](Self::write_as), and [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a shape that
    /// cannot be stretched.
    pub fn write_broadcast<T: Pod>(&self, index: &[Index], elements: &[T], shape: &[u64]) -> Result<()> {
        self.check::<T>()?;
        Ok(self.handle.raw.write(&index::given(index), bytemuck::cast_slice(elements), Some(shape))?)
    }

    /// Makes every element `value`; the array may be larger than one call moves. Similar to `a.fill(value)`.
    ///
    /// # Errors
    ///
    /// Those of [`write_as`](Self::write_as). [`Error::LimitExceeded`](crate::Error::LimitExceeded) where the host
    /// limits how much one call goes through: fill views then.
    pub fn fill<T: Pod>(&self, value: T) -> Result<()> {
        self.check::<T>()?;
        Ok(self.handle.raw.fill(bytemuck::bytes_of(&value))?)
    }

    /// The bytes `offset` to `offset + length` of an array without gaps, counted from its first element. Similar to
    /// `a.reshape(-1, order="A").view("u1")[offset : offset + length].tobytes()`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a view with gaps,
    /// [`Error::OutOfBounds`](crate::Error::OutOfBounds) for a range that is not within the array, and
    /// [`Error::LimitExceeded`](crate::Error::LimitExceeded) for more than the plugin's memory holds.
    pub fn read_bytes(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        let within = offset.checked_add(length).is_some_and(|end| end <= self.nbytes());
        if length < STREAMED || !within || self.order().is_none() {
            return Ok(self.handle.raw.read_bytes(offset, length)?);
        }
        let mut data = Vec::new();
        bulk::reserve(&mut data, length)?;
        self.read_through(offset, length, &mut |bytes| data.extend_from_slice(bytes))?;
        Ok(data)
    }

    /// Reads the bytes from `offset` on into `buffer`, as many as it has room for. Otherwise as
    /// [`read_bytes`](Self::read_bytes).
    ///
    /// # Errors
    ///
    /// Those of [`read_bytes`](Self::read_bytes). After an error the content of the buffer is
    /// unspecified.
    pub fn read_bytes_into(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let length = buffer.len() as u64;
        if length < STREAMED {
            buffer.copy_from_slice(&self.handle.raw.read_bytes(offset, length)?);
            return Ok(());
        }
        let mut at = 0;
        self.read_through(offset, length, &mut |bytes| {
            buffer[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        })
    }

    fn read_through(&self, offset: u64, length: u64, sink: &mut dyn FnMut(&[u8])) -> Result<()> {
        let end = offset
            .checked_add(length)
            .ok_or_else(|| Error::OutOfBounds(format!("{length} bytes at {offset} are more than any array has")))?;
        Reading::new().read(&self.handle.raw, offset, length, end, sink)
    }

    /// Writes `data` at `offset` bytes from the first element.
    ///
    /// # Errors
    ///
    /// Those of [`read_bytes`](Self::read_bytes) and [`write`](Self::write).
    pub fn write_bytes(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.handle.write_bytes(offset, data)
    }

    /// Whether the index takes all elements, and they lie in the file as they are to be read.
    fn is_plain(&self, index: &[Index]) -> bool {
        index.is_empty() && self.order() == Some(Order::C)
    }

    /// Checks that the elements can be read as `T`.
    pub(crate) fn check<T: Pod>(&self) -> Result<()> {
        element::check::<T>(self.dtype(), self.item_size())
    }
}
