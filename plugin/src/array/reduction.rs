//! Reductions.

use bytemuck::Pod;

use super::Memmap;
use crate::bindings::filemap::data::array::{Operation, Reduction};
use crate::element;
use crate::error::{Error, Result};

impl Reduction {
    /// Returns the elements, in C order. `T` must match the dtype as for [`Memmap::map`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `T` that does not match.
    pub fn to_vec<T: Pod>(&self) -> Result<Vec<T>> {
        let elements: u64 = self.shape.iter().product();
        // The data of an empty array does not tell the size of an element.
        let item_size =
            (self.data.len() as u64).checked_div(elements).unwrap_or(size_of::<T>() as u64);
        element::check::<T>(&self.dtype, item_size)?;
        Ok(element::from_bytes(&self.data))
    }

    /// Returns the only element, as of a reduction of all elements. Similar to `a.item()`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `T` that does not match, and for any other number of
    /// elements than one.
    pub fn item<T: Pod>(&self) -> Result<T> {
        match self.to_vec()?[..] {
            [item] => Ok(item),
            ref items => Err(Error::InvalidArgument(format!(
                "the reduction has {} elements, not one: use `to_vec`",
                items.len()
            ))),
        }
    }
}

/// # Reductions
///
/// The provider calculates them: the elements do not enter the plugin's memory, and the array may
/// be larger than that. [`Operation`] describes the result of each.
impl Memmap {
    /// Reduces all elements, or those along `axis`, which disappears from the shape. A negative
    /// axis counts from the end. Similar to `a.sum(axis)`, `a.min(axis)` and others.
    ///
    /// ```no_run
    /// use filemap_plugin::{Memmap, Mode, Operation};
    ///
    /// // numpy: numpy.load("data/table.npy", mmap_mode="r").sum(axis=0)
    /// let table = Memmap::open_npy("data/table.npy", Mode::ReadOnly)?;
    /// let sums: Vec<f64> = table.reduce(Operation::Sum, Some(0))?.to_vec()?;
    /// # Ok::<(), filemap_plugin::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if numpy has no such reduction for the dtype, [`Error::OutOfBounds`]
    /// for an axis that does not exist, [`Error::InvalidArgument`] for `Min`, `Max`, `Argmin` and
    /// `Argmax` along an axis of length 0, and [`Error::LimitExceeded`] if the host limits the size
    /// of the array: reduce views of it then.
    pub fn reduce(&self, operation: Operation, axis: Option<i64>) -> Result<Reduction> {
        Ok(self.handle.raw.reduce(operation, axis)?)
    }

    fn reduce_all<T: Pod>(&self, operation: Operation) -> Result<T> {
        self.reduce(operation, None)?.item()
    }

    /// Returns the sum of all elements. `T` is `i64` or `u64` for integers, otherwise the type of
    /// the elements. Similar to `a.sum()`.
    ///
    /// # Errors
    ///
    /// Those of [`reduce`](Self::reduce), and [`Error::InvalidArgument`] for another `T`.
    pub fn sum<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Sum)
    }

    /// Returns the product of all elements. `T` is that of [`sum`](Self::sum). Similar to
    /// `a.prod()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum).
    pub fn prod<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Prod)
    }

    /// Returns the smallest element. `T` is the type of the elements. Similar to `a.min()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum), and [`Error::InvalidArgument`] for an array without elements.
    pub fn min<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Min)
    }

    /// Returns the largest element. `T` is the type of the elements. Similar to `a.max()`.
    ///
    /// # Errors
    ///
    /// Those of [`min`](Self::min).
    pub fn max<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Max)
    }

    /// Returns the arithmetic mean. `T` is `f64` for integers, otherwise the type of the elements.
    /// Similar to `a.mean()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum).
    pub fn mean<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Mean)
    }

    /// Returns the variance (`ddof=0`). `T` is `f64` for integers, the type of the parts for
    /// complex numbers, otherwise the type of the elements. Similar to `a.var()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum).
    pub fn var<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Var)
    }

    /// Returns the standard deviation (`ddof=0`). `T` is that of [`var`](Self::var). Similar to
    /// `a.std()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum).
    pub fn std<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Std)
    }

    /// Returns whether any element is true: not zero, or not empty. Similar to `a.any()`.
    ///
    /// # Errors
    ///
    /// Those of [`reduce`](Self::reduce).
    pub fn any(&self) -> Result<bool> {
        Ok(self.reduce(Operation::Any, None)?.data != [0])
    }

    /// Returns whether all elements are true. Similar to `a.all()`.
    ///
    /// # Errors
    ///
    /// Those of [`reduce`](Self::reduce).
    pub fn all(&self) -> Result<bool> {
        Ok(self.reduce(Operation::All, None)?.data != [0])
    }

    /// Returns the index of the smallest element, counted in C order. Of several equal elements,
    /// the first. Similar to `a.argmin()`.
    ///
    /// # Errors
    ///
    /// Those of [`reduce`](Self::reduce).
    pub fn argmin(&self) -> Result<u64> {
        self.reduce_all(Operation::Argmin).map(i64::unsigned_abs)
    }

    /// Returns the index of the largest element, counted in C order. Of several equal elements, the
    /// first. Similar to `a.argmax()`.
    ///
    /// # Errors
    ///
    /// Those of [`reduce`](Self::reduce).
    pub fn argmax(&self) -> Result<u64> {
        self.reduce_all(Operation::Argmax).map(i64::unsigned_abs)
    }

    /// Returns the number of elements that are true. Similar to `numpy.count_nonzero(a)`.
    ///
    /// # Errors
    ///
    /// Those of [`reduce`](Self::reduce).
    pub fn count_nonzero(&self) -> Result<u64> {
        self.reduce_all(Operation::CountNonzero).map(i64::unsigned_abs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduction(dtype: &str, shape: &[u64], data: &[u8]) -> Reduction {
        Reduction { dtype: dtype.to_owned(), shape: shape.to_vec(), data: data.to_vec() }
    }

    #[test]
    fn elements_are_returned_as_a_type_that_matches_the_dtype() {
        let sums = reduction("<i8", &[2], &[3_i64.to_le_bytes(), (-1_i64).to_le_bytes()].concat());
        assert_eq!(sums.to_vec::<i64>(), Ok(vec![3, -1]));
        assert_eq!(sums.to_vec::<[u8; 8]>().unwrap().len(), 2);
        assert!(sums.to_vec::<u64>().is_err() && sums.to_vec::<[u8; 4]>().is_err());
        assert!(sums.item::<i64>().unwrap_err().message().contains("2 elements"));
    }

    #[test]
    fn a_reduction_of_all_elements_is_one_item_and_one_along_an_axis_may_be_empty() {
        assert_eq!(reduction("<f4", &[], &1.5_f32.to_le_bytes()).item(), Ok(1.5_f32));
        assert_eq!(reduction("<f4", &[0, 3], &[]).to_vec::<f32>(), Ok(Vec::new()));
    }
}
