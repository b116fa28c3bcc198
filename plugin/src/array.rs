//! N-dimensional typed views of a file's bytes: what `numpy.memmap` is to Python.

mod elements;
mod handle;
mod index;
mod info;
mod npy;
mod options;
mod reduction;

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::bindings::filemap::data::array as wit;
use crate::error::Result;

use handle::Handle;

pub(crate) use handle::Windowed;
pub use index::{Index, Mask, Slice, Take, by};
pub use npy::{NpyOpenOptions, NpyOptions, NpyVersion};
pub use options::{Advice, MemmapOptions, Mode, Order};
pub use reduction::{Operation, Reduction};

/// An n-dimensional array over a file: an element type (dtype), a shape, and a stride for each
/// axis.
///
/// Opening reads no elements, and costs the same for a kilobyte and for a terabyte. Sizes, offsets
/// and strides are in bytes and have 64 bits, whatever the plugin's own memory is.
///
/// There are three ways to the elements: copies of those that an index takes ([`read`](Self::read),
/// [`read_as`](Self::read_as), [`write`](Self::write)), the array as memory ([`map`](Self::map),
/// [`windows`](Self::windows)), and reductions by the provider ([`sum`](Self::sum) and others). A
/// drop does not end the mapping of the file while a view or a mapped slice is left.
///
/// ```no_run
/// use filemap_plugin::{Memmap, Mode, by, index};
///
/// // numpy: a = numpy.memmap("data/table.bin", "f8", "r", shape=(3, 4)); a[1, ::2]
/// let options = Memmap::options().dtype("f8").mode(Mode::ReadOnly).shape([3, 4]);
/// let table = options.open("data/table.bin")?;
/// let row: Vec<f64> = table.read_as(&index![1, by(.., 2)])?;
/// # Ok::<(), filemap_plugin::Error>(())
/// ```
pub struct Memmap {
    pub(crate) handle: Rc<Handle>,
}

impl Memmap {
    /// Opens the whole file at `path` as `uint8`, for reading. [`options`](Self::options) has
    /// everything else.
    ///
    /// # Errors
    ///
    /// Those of [`MemmapOptions::open`].
    pub fn open(path: &str) -> Result<Self> {
        Self::options().open(path)
    }

    /// Returns the options for how to read the bytes of a file. [`MemmapOptions::open`] opens it.
    pub fn options() -> MemmapOptions {
        MemmapOptions::new()
    }

    /// Maps the array in a `.npy` file, whose header has its dtype, shape, order and offset. For a
    /// header of more than 10,000 characters there are [`NpyOpenOptions`]. Similar to
    /// `numpy.load(path, mmap_mode=mode)`.
    ///
    /// # Errors
    ///
    /// Those of [`NpyOpenOptions::open`].
    pub fn open_npy(path: &str, mode: Mode) -> Result<Self> {
        NpyOpenOptions::new().mode(mode).open(path)
    }

    /// Creates a `.npy` file with an array of zeroes, or replaces an existing file, and maps it in
    /// the mode [`Mode::ReadWrite`]. [`NpyOptions`] have the order and the version. Similar to
    /// `numpy.lib.format.open_memmap(path, "w+", dtype, shape)`.
    ///
    /// # Errors
    ///
    /// Those of [`NpyOptions::create`].
    pub fn create_npy(path: &str, dtype: &str, shape: impl Into<Vec<u64>>) -> Result<Self> {
        NpyOptions::new(shape).dtype(dtype).create(path)
    }

    /// The first array on a mapping.
    pub(crate) fn first(raw: wit::Memmap) -> Result<Self> {
        Self::new(raw, Rc::default())
    }

    fn new(raw: wit::Memmap, windows: Rc<Cell<usize>>) -> Result<Self> {
        let info = raw.info()?;
        Ok(Self { handle: Rc::new(Handle { raw, info, windows, prefaults: Cell::new(false) }) })
    }

    /// Another array on the same mapping.
    fn derived(&self, raw: wit::Memmap) -> Result<Self> {
        Self::new(raw, Rc::clone(&self.handle.windows))
    }

    /// Returns the elements that `index` takes as an array on the same mapping: each sees what is
    /// written through the other. Nothing is read. Similar to `a[index]`, which gives a scalar
    /// where this gives an array without axes.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`](crate::Error::OutOfBounds) for an index outside the array, and
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for [`Index::Take`] and
    /// [`Index::Mask`], which select elements that strides cannot describe.
    pub fn view(&self, index: &[Index]) -> Result<Self> {
        self.derived(self.handle.raw.view(&index::given(index))?)
    }

    /// Returns one field of every element as a view, by its name or its title. Similar to
    /// `a["name"]`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a dtype without that field.
    pub fn field(&self, name: &str) -> Result<Self> {
        self.derived(self.handle.raw.field(name)?)
    }

    /// Returns the same bytes as elements of another dtype, as a view. Similar to `a.view(dtype)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) if the bytes of the last axis are
    /// not a multiple of the new item size, or have gaps.
    pub fn view_as(&self, dtype: &str) -> Result<Self> {
        self.derived(self.handle.raw.view_as(dtype)?)
    }

    /// Returns the same elements in another shape, as a view. One length may be -1, and is
    /// calculated from the others. The elements are counted in `order`. Similar to
    /// `a.reshape(shape, order=order, copy=False)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a shape of another size, and
    /// for one that requires a copy.
    pub fn reshape(&self, shape: &[i64], order: Order) -> Result<Self> {
        self.derived(self.handle.raw.reshape(shape, order.into())?)
    }

    /// Returns the same elements with their axes in another order, as a view: axis `axes[0]`
    /// becomes the first, and so on. `None` reverses all axes. Similar to `a.transpose(axes)`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`](crate::Error::OutOfBounds) for an axis that does not exist, and
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for any other list that is not a
    /// permutation.
    pub fn transpose(&self, axes: Option<&[i64]>) -> Result<Self> {
        self.derived(self.handle.raw.transpose(axes)?)
    }

    /// Waits until everything that was written through this mapping is on the disk. In the modes
    /// [`Mode::ReadOnly`] and [`Mode::CopyOnWrite`] there is nothing to write. For a
    /// [`MappedMut`](crate::MappedMut) call its own [`flush`](crate::MappedMut::flush), which does
    /// both. Similar to `a.flush()`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpace`](crate::Error::NoSpace), [`Error::Truncated`](crate::Error::Truncated) and
    /// [`Error::Other`](crate::Error::Other) if the data cannot be written.
    pub fn flush(&self) -> Result<()> {
        self.handle.flush()
    }

    /// Announces what the program is going to do with the elements. It changes nothing but speed,
    /// and a provider may ignore it. After [`Advice::WillNeed`], and until another advice, mappings
    /// of this array have all their pages from the start. Similar to `mmap.madvise`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed).
    pub fn advise(&self, advice: Advice) -> Result<()> {
        self.handle.raw.advise(advice.into())?;
        self.handle.prefaults.set(advice == Advice::WillNeed);
        Ok(())
    }

    pub(crate) fn prefaults(&self) -> bool {
        self.handle.prefaults.get()
    }

    /// Changes the length of the first axis, and the size of the file. New elements are zero, or
    /// what the file holds there. The header of a `.npy` file is updated. numpy has no such
    /// function for a mapped array.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`](crate::Error::AccessDenied) unless the mode is [`Mode::ReadWrite`]
    /// or [`Mode::Write`]; [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a view of
    /// a part, while other views or mappings exist, for an array without axes, and if elements
    /// would have to move; [`Error::Unsupported`](crate::Error::Unsupported) for a `.npy` file
    /// whose header has no room for the new shape.
    pub fn resize(&mut self, length: u64) -> Result<()> {
        self.handle.is_unmapped("resized")?;
        let Some(handle) = Rc::get_mut(&mut self.handle) else {
            unreachable!("only mappings share a handle")
        };
        handle.raw.resize(length)?;
        handle.info = handle.raw.info()?;
        Ok(())
    }

    /// Ends the mapping: later calls on any view on it are [`Error::Closed`](crate::Error::Closed).
    /// What was written stays written; call [`flush`](Self::flush) first to have it on the disk.
    /// The drop of the last array on a mapping ends it too.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) while mappings of the array, or of
    /// a view of it, exist: their memory would become zero while it is borrowed. Drop them first.
    pub fn close(self) -> Result<()> {
        self.handle.is_unmapped("closed")?;
        self.handle.raw.close();
        Ok(())
    }
}

impl fmt::Debug for Memmap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = &self.handle.info;
        formatter
            .debug_struct("Memmap")
            .field("filename", &info.filename)
            .field("dtype", &info.dtype)
            .field("shape", &info.shape)
            .field("mode", &self.mode())
            .finish_non_exhaustive()
    }
}
