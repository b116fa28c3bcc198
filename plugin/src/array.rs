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

/// An n-dimensional array over a file: an element type (dtype), a shape, and a stride for each axis.
///
/// Opening reads nothing, and costs the same for a kilobyte and for a terabyte. Sizes, offsets and strides are in bytes,
/// and as wide as files are, whatever the plugin's own memory is.
///
/// There are three ways to the elements: copies of those that an index takes ([`read`](Self::read),
/// [`read_as`](Self::read_as), [`write`](Self::write)), the array as memory ([`map`](Self::map),
/// [`windows`](Self::windows)), and calculations that the provider makes ([`sum`](Self::sum)...). Dropping an array
/// ends nothing as long as a view or a mapping of it is left.
///
/// ```no_run
/// use filemap_plugin::{Memmap, Mode, index};
///
/// // numpy: a = numpy.memmap("data/table.bin", "f8", "r", shape=(3, 4)); a[1, ::2]
/// let table = Memmap::options().dtype("f8").mode(Mode::ReadOnly).shape([3, 4]).open("data/table.bin")?;
/// let row: Vec<f64> = table.read_as(&index![1, by(.., 2)])?;
/// # use filemap_plugin::by;
/// # Ok::<(), filemap_plugin::Error>(())
/// ```
pub struct Memmap {
    pub(crate) handle: Rc<Handle>,
}

impl Memmap {
    /// Opens all of the file at `path` as `uint8`, for reading. For anything else there are [`options`](Self::options).
    ///
    /// # Errors
    ///
    /// Those of [`MemmapOptions::open`].
    pub fn open(path: &str) -> Result<Self> {
        Self::options().open(path)
    }

    /// How to read the bytes of a file; [`MemmapOptions::open`] then opens it.
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

    /// Makes a `.npy` file with an array of zeroes and maps it in mode [`Mode::ReadWrite`]; a file that is there already is
    /// replaced. For the order and the version there are [`NpyOptions`]. Similar to
    /// `numpy.lib.format.open_memmap(path, "w+", dtype, shape)`.
    ///
    /// # Errors
    ///
    /// Those of [`NpyOptions::create`].
    pub fn create_npy(path: &str, dtype: &str, shape: impl Into<Vec<u64>>) -> Result<Self> {
        NpyOptions::new(shape).dtype(dtype).create(path)
    }

    /// An array that is alone on its mapping.
    pub(crate) fn alone(raw: wit::Memmap) -> Result<Self> {
        Self::of(raw, Rc::default())
    }

    fn of(raw: wit::Memmap, windows: Rc<Cell<usize>>) -> Result<Self> {
        let info = raw.info()?;
        Ok(Self { handle: Rc::new(Handle { raw, info, windows, prefaults: Cell::new(false) }) })
    }

    /// Another array on the same mapping.
    fn beside(&self, raw: wit::Memmap) -> Result<Self> {
        Self::of(raw, Rc::clone(&self.handle.windows))
    }

    /// The elements that `index` takes as an array of their own, on the same mapping: what is written through one is
    /// seen by the other. Nothing is read. Similar to `a[index]`; where that gives a scalar, this gives an array
    /// without axes.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`](crate::Error::OutOfBounds) for an index that is not there,
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for [`Index::Take`] and [`Index::Mask`], whose
    /// elements no view has together.
    pub fn view(&self, index: &[Index]) -> Result<Self> {
        self.beside(self.handle.raw.view(&index::given(index))?)
    }

    /// One field of every element as a view, by its name or its title. Similar to `a["name"]`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a dtype without that field.
    pub fn field(&self, name: &str) -> Result<Self> {
        self.beside(self.handle.raw.field(name)?)
    }

    /// The same bytes as elements of another dtype, as a view. Similar to `a.view(dtype)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) where the bytes of the last axis are no multiple of
    /// the new size, or have gaps.
    pub fn view_as(&self, dtype: &str) -> Result<Self> {
        self.beside(self.handle.raw.view_as(dtype)?)
    }

    /// The same elements in another shape, as a view; one length may be -1, and is what is left over. `order` is the
    /// sequence that the elements keep. Similar to `a.reshape(shape, order=order, copy=False)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a shape of another size, and for one that only a
    /// copy could have.
    pub fn reshape(&self, shape: &[i64], order: Order) -> Result<Self> {
        self.beside(self.handle.raw.reshape(shape, order.into())?)
    }

    /// The same elements with the axes in another order, as a view: the axis that is `axes[0]` becomes the first, and so on.
    /// `None` reverses them. Similar to `a.transpose(axes)`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`](crate::Error::OutOfBounds) for an axis that is not there,
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for what is no permutation otherwise.
    pub fn transpose(&self, axes: Option<&[i64]>) -> Result<Self> {
        self.beside(self.handle.raw.transpose(axes)?)
    }

    /// Waits until what was written through this mapping is on the disk; does nothing in the modes [`Mode::ReadOnly`] and
    /// [`Mode::CopyOnWrite`]. What was written to a [`MappedMut`](crate::MappedMut) needs its own
    /// [`flush`](crate::MappedMut::flush), which does both. Similar to `a.flush()`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpace`](crate::Error::NoSpace), [`Error::Truncated`](crate::Error::Truncated) and
    /// [`Error::Other`](crate::Error::Other) where the file did not take it.
    pub fn flush(&self) -> Result<()> {
        self.handle.flush()
    }

    /// Says what the program is going to do with the elements: a hint, which a provider may ignore. After
    /// [`Advice::WillNeed`] and until another, mappings of this array have all their pages from the start. Similar to
    /// `mmap.madvise`.
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

    /// Gives the first axis another length, and the file another size. New elements are zero, or what the file has
    /// there; the header of a `.npy` file is changed as well. numpy has no such function for a mapped array.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`](crate::Error::AccessDenied) unless the mode is [`Mode::ReadWrite`] or [`Mode::Write`];
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a view of a part, while there are views or
    /// mappings, for an array without axes, and where elements would have to move.
    pub fn resize(&mut self, length: u64) -> Result<()> {
        self.handle.is_unmapped("resized")?;
        let Some(handle) = Rc::get_mut(&mut self.handle) else { unreachable!("only mappings share a handle") };
        handle.raw.resize(length)?;
        handle.info = handle.raw.info()?;
        Ok(())
    }

    /// Ends the mapping now: later use of any view on it is [`Error::Closed`](crate::Error::Closed). What was written
    /// stays written; [`flush`](Self::flush) first to have it on the disk. Dropping the last array of a mapping ends it
    /// too.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) while there are mappings of the array, or of a view of
    /// it: their memory would go away under whoever uses it. Drop them first.
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
