//! Arrays as memory: slices that are the file's pages, or a copy where no pages are placed.

mod change;

use std::fmt;
use std::ops::{Bound, Deref, Range, RangeBounds};

use bytemuck::Pod;

use crate::array::{Memmap, Order, Windowed};
use crate::error::{Error, Result};
use crate::window::Window;

pub use change::MappedMut;

/// The elements of an array, or of a range of it, as a slice that can be read.
///
/// [`Memmap::map`] and [`Memmap::map_window`] return it. It keeps the array alive. A slice that is
/// borrowed from it cannot outlive it:
///
/// ```compile_fail,E0597
/// # fn check(array: filemap_plugin::Memmap) -> filemap_plugin::Result<()> {
/// let slice: &[f32];
/// {
///     let mapped = array.map::<f32>()?;
///     slice = &mapped[..10];
/// }
/// println!("{}", slice[0]);
/// # Ok(())
/// # }
/// ```
///
/// If the provider places pages, others may change them: another array on the file, or another
/// process. An access shows the element of that moment, so copy an element before you check it. Two
/// mappings of the same elements are the same memory. If the file is truncated, the slice has
/// zeroes from the lost page on, and [`unmap`](Self::unmap) reports it. If the provider cannot
/// place pages, the slice is a copy from the moment of the call.
pub struct Mapped<T: Pod> {
    /// None without elements, because there is nothing to place.
    window: Option<Window<Windowed, T>>,
    shape: Vec<usize>,
}

impl Memmap {
    /// Returns all elements as a slice, in C order.
    ///
    /// `T` must fit the dtype: one of the numbers `u8` to `u64`, `i8` to `i64`, `f32` and `f64`
    /// fits the dtype of the same kind and size in little-endian byte order; any other type, a
    /// structure for instance, fits a dtype of the same size. The elements must lie without gaps
    /// and in C order. If the provider cannot place pages, or if elements in them would not be
    /// aligned as `T` is, which is so for an array at an odd offset, the elements are read into the
    /// plugin's memory instead.
    ///
    /// A page is mapped when it is first touched. After
    /// [`Advice::WillNeed`](crate::Advice::WillNeed), all pages are mapped from the start.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `T` that does not fit, and for a view with gaps or in
    /// another order; [`Error::LimitExceeded`] for an array that is larger than the plugin's memory
    /// (use [`windows`](Self::windows)), and for more mappings, or larger ones in
    /// [`Mode::CopyOnWrite`](crate::Mode::CopyOnWrite), than a host allows; [`Error::Truncated`]
    /// and [`Error::Closed`].
    ///
    /// ```no_run
    /// # use filemap_plugin::Memmap;
    /// let samples = Memmap::options().dtype("f4").open("data/samples.bin")?.map::<f32>()?;
    /// println!("{:?}", samples.iter().copied().reduce(f32::max));
    /// # Ok::<(), filemap_plugin::Error>(())
    /// ```
    pub fn map<T: Pod>(&self) -> Result<Mapped<T>> {
        Mapped::new(self, 0..self.size(), self.lengths::<T>()?)
    }

    /// Returns the elements of a range, counted in C order, as a slice. Otherwise as
    /// [`map`](Self::map).
    ///
    /// # Errors
    ///
    /// Those of [`map`](Self::map), and [`Error::OutOfBounds`] for a range outside the array.
    pub fn map_window<T: Pod>(&self, elements: impl RangeBounds<u64>) -> Result<Mapped<T>> {
        let elements = within(&elements, self.size())?;
        let shape = vec![to_usize(elements.end - elements.start)?];
        Mapped::new(self, elements, shape)
    }

    /// Returns all elements as a slice that can be changed. Otherwise as [`map`](Self::map).
    ///
    /// # Errors
    ///
    /// Those of [`map`](Self::map), and [`Error::AccessDenied`] for an array that is not writeable.
    pub fn map_mut<T: Pod>(&self) -> Result<MappedMut<T>> {
        MappedMut::new(self, 0..self.size(), self.lengths::<T>()?)
    }

    /// Returns the elements of a range, counted in C order, as a slice that can be changed.
    /// Otherwise as [`map`](Self::map).
    ///
    /// # Errors
    ///
    /// Those of [`map_mut`](Self::map_mut) and of [`map_window`](Self::map_window).
    pub fn map_window_mut<T: Pod>(&self, elements: impl RangeBounds<u64>) -> Result<MappedMut<T>> {
        let elements = within(&elements, self.size())?;
        let shape = vec![to_usize(elements.end - elements.start)?];
        MappedMut::new(self, elements, shape)
    }

    /// Checks that the array can be mapped as elements of type `T`.
    pub(crate) fn is_mappable<T: Pod>(&self) -> Result<()> {
        self.check::<T>()?;
        match self.order() {
            Some(Order::C) => Ok(()),
            order => Err(Error::InvalidArgument(format!(
                "only elements without gaps and in C order can be mapped, and these {}; `read` \
                 copies them",
                if order.is_some() {
                    "lie in Fortran's order, whose `transpose` is in C's"
                } else {
                    "lie with gaps, or are reversed"
                }
            ))),
        }
    }

    /// The shape as lengths that a view over a slice of `T` can have.
    fn lengths<T: Pod>(&self) -> Result<Vec<usize>> {
        let lengths: Vec<usize> =
            self.shape().iter().map(|&length| to_usize(length)).collect::<Result<_>>()?;
        let bytes = lengths
            .iter()
            .filter(|&&length| length > 0)
            .try_fold(size_of::<T>(), |bytes, &length| bytes.checked_mul(length));
        match bytes {
            Some(bytes) if isize::try_from(bytes).is_ok() => Ok(lengths),
            _ => Err(too_large(self.size())),
        }
    }
}

impl<T: Pod> Mapped<T> {
    fn new(array: &Memmap, elements: Range<u64>, shape: Vec<usize>) -> Result<Self> {
        array.is_mappable::<T>()?;
        let mut mapped = Self { window: None, shape };
        let count = elements.end - elements.start;
        if count > 0 {
            let mut window = Window::new(Windowed::new(array), count * array.item_size())?;
            window.show(elements.start * array.item_size(), to_usize(count)?, array.prefaults())?;
            mapped.window = Some(window);
        }
        Ok(mapped)
    }

    /// The length of each axis: the array's, or one axis for a range.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Ends the mapping. A drop does the same, and reports no error.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] if the file was truncated meanwhile. Elements may have been zero for
    /// that.
    pub fn unmap(mut self) -> Result<()> {
        self.window.as_mut().map_or(Ok(()), Window::hide)
    }

    /// Returns the elements as a view of the crate `ndarray`, in the array's shape.
    #[cfg(feature = "ndarray")]
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the slice has as many elements as the shape")]
    pub fn view(&self) -> ndarray::ArrayViewD<'_, T> {
        ndarray::ArrayViewD::from_shape(&self.shape[..], self)
            .expect("the slice has as many elements as the shape")
    }
}

impl<T: Pod> Deref for Mapped<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.window.as_ref().map_or(&[], Window::elements)
    }
}

impl<T: Pod> fmt::Debug for Mapped<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mapped").field("shape", &self.shape).finish_non_exhaustive()
    }
}

/// Converts a range of any form to that of an array of `size` elements.
fn within(range: &impl RangeBounds<u64>, size: u64) -> Result<Range<u64>> {
    let start = match range.start_bound() {
        Bound::Included(&start) => Some(start),
        Bound::Excluded(&before) => before.checked_add(1),
        Bound::Unbounded => Some(0),
    };
    let end = match range.end_bound() {
        Bound::Included(&last) => last.checked_add(1),
        Bound::Excluded(&end) => Some(end),
        Bound::Unbounded => Some(size),
    };
    match (start, end) {
        (Some(start), Some(end)) if start <= end && end <= size => Ok(start..end),
        _ => Err(Error::OutOfBounds(format!(
            "the elements from {:?} to {:?} are not within an array of {size}",
            range.start_bound(),
            range.end_bound()
        ))),
    }
}

/// Converts a number of elements or bytes that must fit in memory.
pub(crate) fn to_usize(number: u64) -> Result<usize> {
    usize::try_from(number).map_err(|_| too_large(number))
}

fn too_large(number: u64) -> Error {
    Error::LimitExceeded(format!(
        "{number} elements do not fit in the plugin's memory; map a range, or use `windows`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_any_form_is_within_the_array() {
        assert_eq!(within(&(2..5), 9), Ok(2..5));
        assert_eq!(within(&(2..=5), 9), Ok(2..6));
        assert_eq!(within(&(9..), 9), Ok(9..9));
        assert_eq!(within(&.., 9), Ok(0..9));
        assert_eq!(within(&(Bound::Excluded(2), Bound::Unbounded), 9), Ok(3..9));
    }

    #[test]
    fn a_range_that_is_not_within_the_array_is_out_of_bounds() {
        #[expect(clippy::reversed_empty_ranges, reason = "one of the cases")]
        for range in [0..10, 10..10, 5..2, u64::MAX..u64::MAX] {
            assert!(matches!(within(&range, 9), Err(Error::OutOfBounds(_))), "{range:?}");
        }
        assert!(within(&(0..=u64::MAX), u64::MAX).is_err());
        assert!(within(&(Bound::Excluded(u64::MAX), Bound::Unbounded), u64::MAX).is_err());
    }
}
