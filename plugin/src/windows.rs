//! An array that is larger than memory, in windows.

use std::fmt;

use bytemuck::Pod;

use crate::array::{MappedArray, Memmap};
use crate::error::{Error, Result};
use crate::memory::to_usize;
use crate::window::Window;

/// The elements of an array, one window after the other, in the same memory.
///
/// [`Memmap::windows`] returns it. It is not an `Iterator`: each window replaces the one before, so
/// that a program cannot keep two of them.
pub struct Windows<T: Pod> {
    /// `None` if the array is empty.
    window: Option<Window<MappedArray, T>>,
    /// The index of the first element of the next window.
    next: u64,
    /// The number of elements of the array.
    size: u64,
    /// The number of elements of every window but the last.
    step: u64,
    item_size: u64,
    prefault: bool,
}

/// # Windows
impl Memmap {
    /// Returns the elements in C order, in windows of `elements` elements. The last window has the
    /// rest. The plugin's memory holds one window, however large the array is. Windows of a few
    /// megabytes cost hardly more than one mapped slice of the whole array.
    ///
    /// # Errors
    ///
    /// Those of [`map`](Self::map), and [`Error::InvalidArgument`] for windows of 0 elements.
    ///
    /// ```no_run
    /// # use filemap_plugin::{Memmap, Mode};
    /// let embeddings = Memmap::open_npy("data/embeddings.npy", Mode::ReadOnly)?;
    /// let mut windows = embeddings.windows::<f32>(384 * 1024)?;
    /// let mut sum = 0.0;
    /// while let Some(window) = windows.next()? {
    ///     sum += window.iter().sum::<f32>();
    /// }
    /// # Ok::<(), filemap_plugin::Error>(())
    /// ```
    pub fn windows<T: Pod>(&self, elements: usize) -> Result<Windows<T>> {
        self.check_mappable::<T>()?;
        if elements == 0 {
            return Err(Error::InvalidArgument(
                "windows without elements would never end".to_owned(),
            ));
        }
        let (size, item_size) = (self.size(), self.item_size());
        let step = size.min(elements as u64);
        let window = (size > 0)
            .then(|| Window::new(MappedArray::with_read_ahead(self), step * item_size))
            .transpose()?;
        Ok(Windows { window, next: 0, size, step, item_size, prefault: self.prefault() })
    }
}

impl<T: Pod> Windows<T> {
    /// Returns the next window, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] if the file is shorter than when it was opened: the window before may
    /// have ended in zeroes. The next call tries the same window again.
    #[expect(clippy::should_implement_trait, reason = "an `Iterator` cannot lend its items")]
    pub fn next(&mut self) -> Result<Option<&[T]>> {
        let Some(window) = &mut self.window else { return Ok(None) };
        if self.next == self.size {
            window.clear()?;
            return Ok(None);
        }
        let elements = self.step.min(self.size - self.next);
        window.show(self.next * self.item_size, to_usize(elements)?, self.prefault)?;
        self.next += elements;
        Ok(Some(window.elements()))
    }

    /// Returns the index of the first element of the next window, in C order.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.next
    }
}

impl<T: Pod> fmt::Debug for Windows<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Windows")
            .field("position", &self.next)
            .field("size", &self.size)
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}
