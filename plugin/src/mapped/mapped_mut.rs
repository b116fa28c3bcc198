//! Mutable slices.

use std::fmt;
use std::ops::{Deref, DerefMut, Range};

use bytemuck::Pod;

use super::Mapped;
use crate::array::Memmap;
use crate::bindings::filemap::data::array::Mode;
use crate::error::{Error, Result};
use crate::window::Window;

/// The elements of an array, or of a range of it, as a mutable slice: `&mut [T]`.
///
/// [`Memmap::map_mut`] and [`Memmap::map_window_mut`] return it. It dereferences to the slice, and
/// keeps the array alive.
///
/// In [`Mode::ReadWrite`] and [`Mode::Write`] changes go to the file. If the provider places pages,
/// the file has a change at once. Otherwise the slice is a copy: [`flush`](Self::flush),
/// [`unmap`](Self::unmap) and a drop write the whole slice if it was borrowed mutably. A drop
/// cannot report that this failed.
///
/// In [`Mode::CopyOnWrite`] changes stay in the slice and are lost with it: neither the file nor
/// the array has them.
pub struct MappedMut<T: Pod> {
    mapped: Mapped<T>,
    /// The position of the slice in the array, in bytes.
    offset: u64,
    /// Whether changes go to the file.
    changes_file: bool,
    /// Whether the slice was borrowed mutably since it was last written.
    changed: bool,
}

impl<T: Pod> MappedMut<T> {
    pub(super) fn new(array: &Memmap, elements: Range<u64>, shape: Vec<usize>) -> Result<Self> {
        if !array.is_writeable() {
            return Err(Error::AccessDenied(format!(
                "the array was opened in mode `{}` and cannot be changed; `map` maps it for \
                 reading",
                array.mode()
            )));
        }
        let offset = elements.start * array.item_size();
        let changes_file = matches!(array.mode(), Mode::ReadWrite | Mode::Write);
        Ok(Self {
            mapped: Mapped::new(array, elements, shape)?,
            offset,
            changes_file,
            changed: false,
        })
    }

    /// Returns the length of each axis: those of the array, or one axis for a range.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.mapped.shape
    }

    /// Writes all changes, and waits until they are on the disk. Writes nothing in
    /// [`Mode::CopyOnWrite`]. Similar to `a.flush()`.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::flush`] and, if the slice is a copy, of [`Memmap::write_bytes`].
    pub fn flush(&mut self) -> Result<()> {
        self.write_back()?;
        self.mapped.window.as_ref().map_or(Ok(()), |window| window.source.handle().flush())
    }

    /// Writes all changes to the file, and removes the slice from memory. A drop does the same, but
    /// reports no error.
    ///
    /// # Errors
    ///
    /// Those of [`Mapped::unmap`] and, if the slice is a copy, of [`Memmap::write_bytes`].
    pub fn unmap(mut self) -> Result<()> {
        self.write_back()?;
        self.mapped.window.as_mut().map_or(Ok(()), Window::clear)
    }

    /// Writes the slice to the file if it is a copy that was changed.
    fn write_back(&mut self) -> Result<()> {
        if let Some(window) = &self.mapped.window
            && window.is_copy()
            && self.changes_file
            && self.changed
        {
            let data = bytemuck::cast_slice::<_, u8>(window.elements());
            window.source.handle().write_bytes(self.offset, data)?;
        }
        self.changed = false;
        Ok(())
    }

    /// Returns the elements as a view of the crate `ndarray`, in the [`shape`](Self::shape).
    #[cfg(feature = "ndarray")]
    #[must_use]
    pub fn view(&self) -> ndarray::ArrayViewD<'_, T> {
        self.mapped.view()
    }

    /// Returns the elements as a mutable view of the crate `ndarray`, in the
    /// [`shape`](Self::shape).
    #[cfg(feature = "ndarray")]
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the slice has as many elements as the shape")]
    pub fn view_mut(&mut self) -> ndarray::ArrayViewMutD<'_, T> {
        let shape = self.mapped.shape.clone();
        ndarray::ArrayViewMutD::from_shape(shape, self)
            .expect("the slice has as many elements as the shape")
    }
}

impl<T: Pod> Deref for MappedMut<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.mapped
    }
}

impl<T: Pod> DerefMut for MappedMut<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.changed = true;
        self.mapped.window.as_mut().map_or(&mut [], Window::elements_mut)
    }
}

impl<T: Pod> Drop for MappedMut<T> {
    fn drop(&mut self) {
        // A drop cannot report an error. `flush` and `unmap` report it.
        let _ = self.write_back();
    }
}

impl<T: Pod> fmt::Debug for MappedMut<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MappedMut")
            .field("shape", &self.mapped.shape)
            .finish_non_exhaustive()
    }
}
