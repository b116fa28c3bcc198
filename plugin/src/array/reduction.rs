//! Reductions, which the provider calculates: the elements do not enter the plugin's memory.

use bytemuck::Pod;

use super::Memmap;
use super::options::{mirrored, same_cases};
use crate::element;
use crate::error::{Error, Result};

mirrored! {
    /// A reduction of all elements, or of those along one axis. The dtypes of the results are
    /// numpy's.
    Operation {
        /// The sum; 0 without elements. Integers wrap around.
        Sum,
        /// The product; 1 without elements. Integers wrap around.
        Prod,
        /// The smallest element.
        Min,
        /// The largest element.
        Max,
        /// The arithmetic mean; NaN without elements.
        Mean,
        /// The variance, the mean of the squared distances from the mean (`ddof=0`); NaN without
        /// elements.
        Var,
        /// The standard deviation, the square root of the variance; NaN without elements.
        Std,
        /// Whether any element is true: not zero, or not empty.
        Any,
        /// Whether all elements are true.
        All,
        /// The index of the smallest element, as `int64`.
        Argmin,
        /// The index of the largest element, as `int64`.
        Argmax,
        /// The number of elements that are true, as `int64`.
        CountNonzero,
    }
}

/// The result of a reduction: an array in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduction {
    /// The element type, little-endian.
    pub dtype: String,
    /// The shape of the array without the axis; empty for a reduction over all elements.
    pub shape: Vec<u64>,
    /// The elements, in C order.
    pub data: Vec<u8>,
}

impl Reduction {
    /// Returns the elements, in C order. `T` must fit the dtype as for [`Memmap::map`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `T` that does not fit.
    pub fn to_vec<T: Pod>(&self) -> Result<Vec<T>> {
        let elements: u64 = self.shape.iter().product();
        // Without elements, the data does not tell their size.
        let item_size =
            (self.data.len() as u64).checked_div(elements).unwrap_or(size_of::<T>() as u64);
        element::check::<T>(&self.dtype, item_size)?;
        Ok(element::from_bytes(&self.data))
    }

    /// Returns the element of a reduction of all elements.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `T` that does not fit, and for more or fewer elements than
    /// one.
    pub fn item<T: Pod>(&self) -> Result<T> {
        match self.to_vec()?[..] {
            [item] => Ok(item),
            ref items => Err(Error::InvalidArgument(format!(
                "the reduction has {} elements, and not one",
                items.len()
            ))),
        }
    }
}

impl Memmap {
    /// Reduces all elements, or those along `axis`, which disappears from the shape. A negative
    /// axis counts from the end. Similar to `a.sum(axis)`, `a.min(axis)` and others.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if numpy has no such reduction for the dtype, [`Error::OutOfBounds`]
    /// for an axis that does not exist, [`Error::InvalidArgument`] for `Min`, `Max`, `Argmin` and
    /// `Argmax` without elements, and [`Error::LimitExceeded`] if the host limits the size of the
    /// array: reduce views of it then.
    pub fn reduce(&self, operation: Operation, axis: Option<i64>) -> Result<Reduction> {
        let reduction = self.handle.raw.reduce(operation.into(), axis)?;
        Ok(Reduction { dtype: reduction.dtype, shape: reduction.shape, data: reduction.data })
    }

    fn reduce_all<T: Pod>(&self, operation: Operation) -> Result<T> {
        self.reduce(operation, None)?.item()
    }

    /// Returns the sum of all elements: `i64` or `u64` of integers, otherwise the elements' own
    /// type. Similar to `a.sum()`.
    ///
    /// # Errors
    ///
    /// Those of [`reduce`](Self::reduce), and [`Error::InvalidArgument`] for another type.
    pub fn sum<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Sum)
    }

    /// Returns the product of all elements, of the type that [`sum`](Self::sum) has. Similar to
    /// `a.prod()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum).
    pub fn prod<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Prod)
    }

    /// Returns the smallest element. Similar to `a.min()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum), and [`Error::InvalidArgument`] for an array without elements.
    pub fn min<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Min)
    }

    /// Returns the largest element. Similar to `a.max()`.
    ///
    /// # Errors
    ///
    /// Those of [`min`](Self::min).
    pub fn max<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Max)
    }

    /// Returns the arithmetic mean: `f64` of integers, otherwise the elements' own type. Similar to
    /// `a.mean()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum).
    pub fn mean<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Mean)
    }

    /// Returns the variance: `f64` of integers, otherwise the elements' own type, which is real for
    /// complex numbers. Similar to `a.var()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum).
    pub fn var<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Var)
    }

    /// Returns the standard deviation, of the type that [`var`](Self::var) has. Similar to
    /// `a.std()`.
    ///
    /// # Errors
    ///
    /// Those of [`sum`](Self::sum).
    pub fn std<T: Pod>(&self) -> Result<T> {
        self.reduce_all(Operation::Std)
    }

    /// Returns whether any element is true. Similar to `a.any()`.
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

    /// Returns the index of the smallest element, counted in C order; the first of several. Similar
    /// to `a.argmin()`.
    ///
    /// # Errors
    ///
    /// Those of [`reduce`](Self::reduce).
    pub fn argmin(&self) -> Result<u64> {
        self.reduce_all(Operation::Argmin).map(i64::unsigned_abs)
    }

    /// Returns the index of the largest element, in the same way. Similar to `a.argmax()`.
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
    fn the_elements_have_the_type_that_fits() {
        let sums = reduction("<i8", &[2], &[3_i64.to_le_bytes(), (-1_i64).to_le_bytes()].concat());
        assert_eq!(sums.to_vec::<i64>(), Ok(vec![3, -1]));
        assert_eq!(sums.to_vec::<[u8; 8]>().unwrap().len(), 2);
        assert!(sums.to_vec::<u64>().is_err() && sums.to_vec::<[u8; 4]>().is_err());
        assert!(sums.item::<i64>().unwrap_err().message().contains("2 elements"));
    }

    #[test]
    fn a_reduction_over_all_has_one_element_and_one_over_nothing_may_have_none() {
        assert_eq!(reduction("<f4", &[], &1.5_f32.to_le_bytes()).item(), Ok(1.5_f32));
        assert_eq!(reduction("<f4", &[0, 3], &[]).to_vec::<f32>(), Ok(Vec::new()));
    }
}
