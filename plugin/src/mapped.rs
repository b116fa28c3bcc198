//! Arrays as memory: slices that are the file, or a copy of it where no provider can do that.

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
/// It keeps the array alive, and is made by [`Memmap::map`] or [`Memmap::map_window`]. A slice that is borrowed from it cannot
/// outlive it:
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
/// Where the provider places pages, others may change them: another array on the file, or another process. So the elements
/// are those of the moment when they are read, and who checks an element before it is used copies it before. Two mappings
/// of the same elements are the same memory. A file that is truncated gives zeroes from the lost page on;
/// [`unmap`](Self::unmap) says so. Where the provider cannot place pages, the slice is a copy from the moment of the call.
pub struct Mapped<T: Pod> {
    /// None where there are no elements, of which there is nothing to place.
    window: Option<Window<Windowed, T>>,
    shape: Vec<usize>,
}

impl Memmap {
    /// All elements as a slice, in C order.
    ///
    /// `T` has to fit the dtype: the numbers `u8` to `u64`, `i8` to `i64`, `f32` and `f64` the dtype of that kind, size
    /// and little-endian byte order; any other type, a structure for instance, one of its size. The elements have to
    /// lie without gaps and in C order. Where the provider cannot place pages, or places them so that `T` would not be
    /// aligned, which is so for an array at an odd offset, the elements are read into the plugin's memory instead.
    ///
    /// Pages come as they are touched; after [`Advice::WillNeed`](crate::Advice::WillNeed) they are all there at once.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `T` that does not fit, and for a view with gaps or in another order;
    /// [`Error::LimitExceeded`] for an array that is larger than the plugin's memory, which is for
    /// [`windows`](Self::windows), or for more mappings, or more of them in
    /// [`Mode::CopyOnWrite`](crate::Mode::CopyOnWrite), than a host allows; [`Error::Truncated`] and [`Error::Closed`].
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

    /// The elements of a range, counted in C order, as a slice; otherwise as [`map`](Self::map).
    ///
    /// # Errors
    ///
    /// Those of [`map`](Self::map), and [`Error::OutOfBounds`] for a range that is not within the array.
    pub fn map_window<T: Pod>(&self, elements: impl RangeBounds<u64>) -> Result<Mapped<T>> {
        let elements = within(&elements, self.size())?;
        let shape = vec![to_usize(elements.end - elements.start)?];
        Mapped::new(self, elements, shape)
    }

    /// All elements as a slice that can be changed; otherwise as [`map`](Self::map).
    ///
    /// # Errors
    ///
    /// Those of [`map`](Self::map), and [`Error::AccessDenied`] for an array that is not writeable.
    pub fn map_mut<T: Pod>(&self) -> Result<MappedMut<T>> {
        MappedMut::new(self, 0..self.size(), self.lengths::<T>()?)
    }

    /// The elements of a range, counted in C order, as a slice that can be changed; otherwise as [`map`](Self::map).
    ///
    /// # Errors
    ///
    /// Those of [`map_mut`](Self::map_mut) and of [`map_window`](Self::map_window).
    pub fn map_window_mut<T: Pod>(&self, elements: impl RangeBounds<u64>) -> Result<MappedMut<T>> {
        let elements = within(&elements, self.size())?;
        let shape = vec![to_usize(elements.end - elements.start)?];
        MappedMut::new(self, elements, shape)
    }

    /// Checks that the array is one that can be memory of type `T`.
    pub(crate) fn is_mappable<T: Pod>(&self) -> Result<()> {
        self.check::<T>()?;
        match self.order() {
            Some(Order::C) => Ok(()),
            order => Err(Error::InvalidArgument(format!(
                "only elements without gaps and in C order can be mapped, and these {}; `read` copies them",
                if order.is_some() {
                    "lie in Fortran's order, whose `transpose` is in C's"
                } else {
                    "lie with gaps, or are reversed"
                }
            ))),
        }
    }

    /// The shape in numbers of memory: lengths that a view over a slice of `T` can have.
    fn lengths<T: Pod>(&self) -> Result<Vec<usize>> {
        let lengths: Vec<usize> = self.shape().iter().map(|&length| to_usize(length)).collect::<Result<_>>()?;
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

    /// The length of each axis: that of the array, or one axis of the elements of a window.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Ends the mapping. A drop does the same, and says nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] where the file was truncated meanwhile, and elements may have been zeroes for that.
    pub fn unmap(mut self) -> Result<()> {
        self.window.as_mut().map_or(Ok(()), Window::hide)
    }

    /// The elements as a view of the crate `ndarray`, in the array's shape.
    #[cfg(feature = "ndarray")]
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the slice has as many elements as the shape")]
    pub fn view(&self) -> ndarray::ArrayViewD<'_, T> {
        ndarray::ArrayViewD::from_shape(&self.shape[..], self).expect("the slice has as many elements as the shape")
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

/// The elements that a range means of so many.
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

/// A number of elements or bytes that memory can have.
pub(crate) fn to_usize(number: u64) -> Result<usize> {
    usize::try_from(number).map_err(|_| too_large(number))
}

fn too_large(number: u64) -> Error {
    Error::LimitExceeded(format!(
        "{number} are more than the plugin's memory can have; map a window, or walk by `windows`"
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
