//! Walking an array that is larger than memory.

use std::fmt;

use bytemuck::Pod;

use crate::array::{Memmap, Windowed};
use crate::error::{Error, Result};
use crate::mapped::to_usize;
use crate::window::Window;

/// The elements of an array, one window after the other, in the same memory.
///
/// It is not an `Iterator`, because each window takes the place of the one before, so that windows
/// cannot be kept. [`Memmap::windows`] returns it.
pub struct Windows<T: Pod> {
    /// None without elements.
    window: Option<Window<Windowed, T>>,
    /// The first element of the next window.
    next: u64,
    size: u64,
    /// The number of elements of every window but the last.
    step: u64,
    item_size: u64,
    prefault: bool,
}

impl Memmap {
    /// Walks the elements in C order, `elements` at a time. The last window has the rest. The
    /// plugin's memory holds one window, however large the array is. Windows of some megabytes cost
    /// hardly more than a mapping of everything.
    ///
    /// # Errors
    ///
    /// Those of [`map`](Self::map), and [`Error::InvalidArgument`] for windows without elements.
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
        self.is_mappable::<T>()?;
        if elements == 0 {
            return Err(Error::InvalidArgument(
                "windows without elements would never end".to_owned(),
            ));
        }
        let (size, item_size) = (self.size(), self.item_size());
        let step = size.min(elements as u64);
        let window = (size > 0)
            .then(|| Window::new(Windowed::walked(self), step * item_size))
            .transpose()?;
        Ok(Windows { window, next: 0, size, step, item_size, prefault: self.prefaults() })
    }
}

impl<T: Pod> Windows<T> {
    /// The next window, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] if the file is shorter than it was: the window before may have ended in
    /// zeroes for that. The next call tries the same window again.
    #[expect(clippy::should_implement_trait, reason = "an `Iterator` cannot lend its items")]
    pub fn next(&mut self) -> Result<Option<&[T]>> {
        let Some(window) = &mut self.window else { return Ok(None) };
        if self.next == self.size {
            window.hide()?;
            return Ok(None);
        }
        let elements = self.step.min(self.size - self.next);
        window.show(self.next * self.item_size, to_usize(elements)?, self.prefault)?;
        self.next += elements;
        Ok(Some(window.elements()))
    }

    /// The first element of the next window, counted from the first of the array.
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
