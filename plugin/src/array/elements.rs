//! Copies of elements, to and from the array.

use bytemuck::Pod;

use super::Memmap;
use crate::bindings::filemap::data::array::{Index, Order};
use crate::bulk::{MIN_STREAM_READ, RangeReader};
use crate::element;
use crate::error::{Error, Result};
use crate::target::{self, Target};

/// # Copies of elements
///
/// A copy of all elements of an array in C order, and a copy of bytes, goes through a stream and
/// has no limit but the plugin's memory. Any other call copies at most 128 MiB.
impl Memmap {
    /// Returns a copy of the elements that `index` takes: their bytes, in the array's dtype and
    /// byte order, in C order. The empty index takes all elements. Similar to
    /// `a[index].tobytes()`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] for an index outside the array, and [`Error::LimitExceeded`] for more
    /// than 128 MiB, or for more than the plugin's memory holds.
    pub fn read(&self, index: &[Index]) -> Result<Vec<u8>> {
        if self.takes_all_in_file_order(index) {
            return self.read_bytes(0, self.nbytes());
        }
        Ok(self.handle.raw.read(index)?)
    }

    /// Returns a copy of the elements that `index` takes, as values of type `T`, which must match
    /// the dtype as for [`map`](Self::map). Similar to `a[index].ravel()`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `T` that does not match, and those of [`read`](Self::read).
    pub fn read_as<T: Pod>(&self, index: &[Index]) -> Result<Vec<T>> {
        self.check_type::<T>()?;
        if self.takes_all_in_file_order(index) {
            let mut elements = Vec::new();
            target::append(&mut elements, self.size(), |target| self.read_by_stream(0, target))?;
            return Ok(elements);
        }
        Ok(element::from_bytes(&self.read(index)?))
    }

    /// Returns the shape of the elements that [`read`](Self::read) returns for `index`. Reads no
    /// elements. Similar to `a[index].shape`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn shape_of(&self, index: &[Index]) -> Result<Vec<u64>> {
        Ok(self.handle.raw.shape_of(index)?)
    }

    /// Writes `data` to the elements that `index` takes: bytes in the array's dtype and byte order,
    /// in C order, as many as the elements have. Similar to `a[index] = data`.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] for an array that is not writeable, [`Error::InvalidArgument`] for
    /// data of another length, and those of [`read`](Self::read). After [`Error::Truncated`],
    /// [`Error::NoSpace`] and [`Error::Other`], some elements may have been written.
    pub fn write(&self, index: &[Index], data: &[u8]) -> Result<()> {
        if self.takes_all_in_file_order(index) && data.len() as u64 == self.nbytes() {
            return self.write_bytes(0, data);
        }
        Ok(self.handle.raw.write(index, data, None)?)
    }

    /// Writes values of type `T`, which must match the dtype as for [`map`](Self::map), to the
    /// elements that `index` takes. Similar to `a[index] = elements`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `T` that does not match, and those of
    /// [`write`](Self::write).
    pub fn write_as<T: Pod>(&self, index: &[Index], elements: &[T]) -> Result<()> {
        self.check_type::<T>()?;
        self.write(index, bytemuck::cast_slice(elements))
    }

    /// Writes an array of the shape `shape`, which is broadcast to the shape of the selection by
    /// numpy's rules. Similar to `a[index] = numpy.reshape(elements, shape)`.
    ///
    /// # Errors
    ///
    /// Those of [`write_as`](Self::write_as), and [`Error::InvalidArgument`] for a shape that
    /// cannot be broadcast.
    pub fn write_broadcast<T: Pod>(
        &self,
        index: &[Index],
        elements: &[T],
        shape: &[u64],
    ) -> Result<()> {
        self.check_type::<T>()?;
        Ok(self.handle.raw.write(index, bytemuck::cast_slice(elements), Some(shape))?)
    }

    /// Writes `value` to every element. The provider does it: the array may be larger than the
    /// plugin's memory. Similar to `a.fill(value)`.
    ///
    /// # Errors
    ///
    /// Those of [`write_as`](Self::write_as), and [`Error::LimitExceeded`] if the host limits the
    /// size of the array: fill views of it then.
    pub fn fill<T: Pod>(&self, value: T) -> Result<()> {
        self.check_type::<T>()?;
        Ok(self.handle.raw.fill(bytemuck::bytes_of(&value))?)
    }

    /// Returns a copy of the bytes `offset` to `offset + length` of an array without gaps, as they
    /// lie in the file, counted from the first element. Similar to
    /// `a.reshape(-1, order="A").view("u1")[offset : offset + length].tobytes()`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a view with gaps, [`Error::OutOfBounds`] for a range outside
    /// the array, [`Error::LimitExceeded`] for more than the plugin's memory holds,
    /// [`Error::Truncated`] for a file that is shorter than the array, and [`Error::Closed`].
    pub fn read_bytes(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        let within = offset.checked_add(length).is_some_and(|end| end <= self.nbytes());
        if length < MIN_STREAM_READ || !within || self.order().is_none() {
            return Ok(self.handle.raw.read_bytes(offset, length)?);
        }
        let mut data = Vec::new();
        target::append(&mut data, length, |target| self.read_by_stream(offset, target))?;
        Ok(data)
    }

    /// Reads the bytes at `offset` into `buffer`, and fills all of it, like
    /// [`read_bytes`](Self::read_bytes).
    ///
    /// # Errors
    ///
    /// Those of [`read_bytes`](Self::read_bytes). After an error a part of the buffer may be
    /// filled.
    pub fn read_bytes_into(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let length = buffer.len() as u64;
        if length < MIN_STREAM_READ {
            buffer.copy_from_slice(&self.handle.raw.read_bytes(offset, length)?);
            return Ok(());
        }
        self.read_by_stream(offset, &mut Target::over(buffer))
    }

    /// Fills the target with the bytes from `offset` on.
    fn read_by_stream(&self, offset: u64, target: &mut Target<'_>) -> Result<()> {
        let length = target.left();
        let end = offset.checked_add(length as u64).ok_or_else(|| {
            Error::OutOfBounds(format!("{length} bytes at {offset} are more than any array has"))
        })?;
        RangeReader::new().read(&self.handle.raw, offset, target, end)
    }

    /// Writes `data` to an array without gaps, starting at byte `offset`, counted from the first
    /// element. Similar to
    /// `a.reshape(-1, order="A").view("u1")[offset : offset + len(data)] = data`.
    ///
    /// # Errors
    ///
    /// Those of [`read_bytes`](Self::read_bytes) and [`write`](Self::write).
    pub fn write_bytes(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.handle.write_bytes(offset, data)
    }

    /// Whether the index takes all elements, and their order in the file is the order of the copy.
    fn takes_all_in_file_order(&self, index: &[Index]) -> bool {
        index.is_empty() && self.order() == Some(Order::C)
    }

    /// Checks that the elements can be read as `T`.
    pub(crate) fn check_type<T: Pod>(&self) -> Result<()> {
        element::check::<T>(self.dtype(), self.item_size())
    }
}
