//! Arrays as memory: slices that are the pages of the file, or a copy where pages cannot be placed.

mod mapped_mut;

use std::fmt;
use std::ops::{Bound, Deref, Range, RangeBounds};

use bytemuck::Pod;

use crate::array::{MappedArray, Memmap};
use crate::bindings::filemap::data::array::Order;
use crate::error::{Error, Result};
use crate::memory::{to_usize, too_large};
use crate::window::Window;

pub use mapped_mut::MappedMut;

/// The elements of an array, or of a range of it, as a slice: `&[T]`.
///
/// [`Memmap::map`] and [`Memmap::map_window`] return it. It dereferences to the slice, and keeps
/// the array alive. A slice that is borrowed from it cannot outlive it:
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
/// If the provider places pages, the slice is the file. Another array on the file, or another
/// process, can change an element at any time, so copy an element before you check it. If the file
/// is truncated, the slice is zero in the lost page and all later ones, and [`unmap`](Self::unmap)
/// reports it. If the provider cannot place pages, the slice is a copy of the elements at the time
/// of the call.
pub struct Mapped<T: Pod> {
    /// `None` if the slice is empty, because there is nothing to place.
    window: Option<Window<MappedArray, T>>,
    shape: Vec<usize>,
}

/// # Mapped slices
///
/// The array must lie in the file without gaps and in C order. The plugin's memory holds the whole
/// slice, also if it is the pages of the file: an array that is larger than a 32-bit memory is
/// mapped in ranges or in [`windows`](Self::windows).
impl Memmap {
    /// Returns all elements as a slice, in C order.
    ///
    /// `T` must match the dtype: one of the numbers `u8` to `u64`, `i8` to `i64`, `f32` and `f64`
    /// matches the dtype of the same kind and size in little-endian byte order; any other type, a
    /// structure for instance, matches a dtype of the same size.
    ///
    /// If the provider cannot place pages, or the elements in them would not be aligned for `T` (as
    /// in an array at an odd offset), the elements are read into the plugin's memory instead.
    ///
    /// A page is mapped at the first access. After [`Advice::WillNeed`](crate::Advice::WillNeed),
    /// all pages are mapped before the call returns. Similar to `numpy.asarray(a)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a `T` that does not match, and for a view with gaps or in
    /// another order; [`Error::LimitExceeded`] for an array that is larger than the plugin's memory
    /// (use [`windows`](Self::windows)), and for more mapped slices, or larger ones in
    /// [`Mode::CopyOnWrite`](crate::Mode::CopyOnWrite), than the host allows; [`Error::Truncated`]
    /// for a file that is shorter than the array; and [`Error::Closed`].
    ///
    /// ```no_run
    /// # use filemap_plugin::Memmap;
    /// let samples = Memmap::options().dtype("f4").open("data/samples.bin")?.map::<f32>()?;
    /// println!("{:?}", samples.iter().copied().reduce(f32::max));
    /// # Ok::<(), filemap_plugin::Error>(())
    /// ```
    pub fn map<T: Pod>(&self) -> Result<Mapped<T>> {
        Mapped::new(self, 0..self.size(), self.shape_in_memory::<T>()?)
    }

    /// Returns a range of the elements as a slice, like [`map`](Self::map). The range counts
    /// elements in C order. Similar to `a.ravel()[start:stop]`.
    ///
    /// # Errors
    ///
    /// Those of [`map`](Self::map), and [`Error::OutOfBounds`] for a range outside the array.
    pub fn map_window<T: Pod>(&self, elements: impl RangeBounds<u64>) -> Result<Mapped<T>> {
        let elements = resolve_range(&elements, self.size())?;
        let shape = vec![to_usize(elements.end - elements.start)?];
        Mapped::new(self, elements, shape)
    }

    /// Returns all elements as a mutable slice, like [`map`](Self::map). [`MappedMut`] describes
    /// when the file has the changes.
    ///
    /// # Errors
    ///
    /// Those of [`map`](Self::map), and [`Error::AccessDenied`] for an array that is not writeable.
    pub fn map_mut<T: Pod>(&self) -> Result<MappedMut<T>> {
        MappedMut::new(self, 0..self.size(), self.shape_in_memory::<T>()?)
    }

    /// Returns a range of the elements as a mutable slice, like [`map_mut`](Self::map_mut). The
    /// range counts elements in C order.
    ///
    /// # Errors
    ///
    /// Those of [`map_mut`](Self::map_mut) and of [`map_window`](Self::map_window).
    pub fn map_window_mut<T: Pod>(&self, elements: impl RangeBounds<u64>) -> Result<MappedMut<T>> {
        let elements = resolve_range(&elements, self.size())?;
        let shape = vec![to_usize(elements.end - elements.start)?];
        MappedMut::new(self, elements, shape)
    }

    /// Checks that the array can be mapped as elements of type `T`.
    pub(crate) fn check_mappable<T: Pod>(&self) -> Result<()> {
        self.check_type::<T>()?;
        match self.order() {
            Some(Order::C) => Ok(()),
            order => Err(Error::InvalidArgument(format!(
                "only elements without gaps and in C order can be mapped, and these {}; `read` \
                 copies them",
                if order.is_some() {
                    "are in Fortran order: map the `transpose`"
                } else {
                    "have gaps, or are reversed"
                }
            ))),
        }
    }

    /// Returns the lengths of the axes, if a slice of `T` can have as many elements.
    fn shape_in_memory<T: Pod>(&self) -> Result<Vec<usize>> {
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
        array.check_mappable::<T>()?;
        let mut mapped = Self { window: None, shape };
        let count = elements.end - elements.start;
        if count > 0 {
            let mut window = Window::new(MappedArray::new(array), count * array.item_size())?;
            window.show(elements.start * array.item_size(), to_usize(count)?, array.prefault())?;
            mapped.window = Some(window);
        }
        Ok(mapped)
    }

    /// Returns the length of each axis: those of the array, or one axis for a range.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Removes the slice from memory. A drop does the same, but reports no error.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] if the file was truncated while the slice existed: elements may have
    /// been zero.
    pub fn unmap(mut self) -> Result<()> {
        self.window.as_mut().map_or(Ok(()), Window::clear)
    }

    /// Returns the elements as a view of the crate `ndarray`, in the [`shape`](Self::shape).
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

/// Converts a range of any form to a range of an array of `size` elements.
fn resolve_range(range: &impl RangeBounds<u64>, size: u64) -> Result<Range<u64>> {
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
            "the range from {:?} to {:?} is not within an array of {size} elements",
            range.start_bound(),
            range.end_bound()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_any_form_is_resolved() {
        assert_eq!(resolve_range(&(2..5), 9), Ok(2..5));
        assert_eq!(resolve_range(&(2..=5), 9), Ok(2..6));
        assert_eq!(resolve_range(&(9..), 9), Ok(9..9));
        assert_eq!(resolve_range(&.., 9), Ok(0..9));
        assert_eq!(resolve_range(&(Bound::Excluded(2), Bound::Unbounded), 9), Ok(3..9));
    }

    #[test]
    fn a_range_outside_the_array_is_out_of_bounds() {
        #[expect(clippy::reversed_empty_ranges, reason = "one of the cases")]
        for range in [0..10, 10..10, 5..2, u64::MAX..u64::MAX] {
            assert!(matches!(resolve_range(&range, 9), Err(Error::OutOfBounds(_))), "{range:?}");
        }
        assert!(resolve_range(&(0..=u64::MAX), u64::MAX).is_err());
        assert!(resolve_range(&(Bound::Excluded(u64::MAX), Bound::Unbounded), u64::MAX).is_err());
    }
}
