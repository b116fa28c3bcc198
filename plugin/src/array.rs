//! N-dimensional typed views of a file's bytes: what `numpy.memmap` is to Python.

mod elements;
mod handle;
mod index;
mod info;
mod mode;
mod npy;
mod options;
mod reduction;

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::bindings::filemap::data::array::{self as wit, Advice, Index, Mode, Order};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

use handle::Handle;

pub(crate) use handle::MappedArray;
pub use index::by;
pub use npy::{NpyOpenOptions, NpyOptions};
pub use options::MemmapOptions;

/// An n-dimensional array over a file: an element type (dtype), a shape, and a stride for each
/// axis.
///
/// Opening reads no elements, and costs the same for a kilobyte and for a terabyte. Sizes, offsets
/// and strides are in bytes and have 64 bits, whatever the plugin's own memory is.
///
/// A program reaches the elements in three ways:
///
/// - as copies of the elements that an index takes: [`read`](Self::read),
///   [`read_as`](Self::read_as), [`write`](Self::write) and others;
/// - as memory: [`map`](Self::map), [`map_mut`](Self::map_mut), [`windows`](Self::windows);
/// - as results that the provider calculates: [`sum`](Self::sum), [`reduce`](Self::reduce) and
///   others.
///
/// A view is a `Memmap` too. The file stays mapped until the array, its views and its mapped slices
/// are dropped.
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
    handle: Rc<Handle>,
}

/// # Opening
impl Memmap {
    /// Maps the whole file at `path` as `uint8`, for reading. For anything else use
    /// [`options`](Self::options). Similar to `numpy.memmap(path, mode="r")`.
    ///
    /// # Errors
    ///
    /// Those of [`MemmapOptions::open`].
    pub fn open(path: &str) -> Result<Self> {
        Self::options().open(path)
    }

    /// Returns the default options for a file of raw elements. [`MemmapOptions::open`] opens it.
    pub fn options() -> MemmapOptions {
        MemmapOptions::new()
    }

    /// Maps the array in the `.npy` file at `path`, whose header has its dtype, shape, order and
    /// offset. For a header of more than 10,000 characters use [`NpyOpenOptions`]. Similar to
    /// `numpy.load(path, mmap_mode=mode)`.
    ///
    /// # Errors
    ///
    /// Those of [`NpyOpenOptions::open`].
    pub fn open_npy(path: &str, mode: Mode) -> Result<Self> {
        NpyOpenOptions::new().mode(mode).open(path)
    }

    /// Creates a `.npy` file with an array of zeroes, or replaces an existing file, and maps it in
    /// [`Mode::ReadWrite`]. For the order and the version of the format use [`NpyOptions`]. Similar
    /// to `numpy.lib.format.open_memmap(path, "w+", dtype, shape)`.
    ///
    /// # Errors
    ///
    /// Those of [`NpyOptions::create`].
    pub fn create_npy(path: &str, dtype: &str, shape: impl Into<Vec<u64>>) -> Result<Self> {
        NpyOptions::new(shape).dtype(dtype).create(path)
    }

    /// Wraps the first array on a new mapping of a file.
    pub(crate) fn with_new_mapping(raw: wit::Memmap) -> Result<Self> {
        Self::new(raw, Rc::default())
    }

    fn new(raw: wit::Memmap, mapped_slices: Rc<Cell<usize>>) -> Result<Self> {
        let (info, prefault) = (raw.info()?, Cell::new(false));
        Ok(Self { handle: Rc::new(Handle { raw, info, mapped_slices, prefault }) })
    }
}

/// # Views
///
/// A view is another array on the same mapping: each array sees what is written through the other.
/// Making a view reads no elements.
impl Memmap {
    /// Wraps another array on the same mapping.
    fn new_view(&self, raw: wit::Memmap) -> Result<Self> {
        Self::new(raw, Rc::clone(&self.handle.mapped_slices))
    }

    /// Returns the elements that `index` takes, as a view. Similar to `a[index]`, which returns a
    /// scalar where this returns an array without axes.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] for an index outside the array, and [`Error::InvalidArgument`] for
    /// [`Index::Take`] and [`Index::Mask`]: strides cannot describe the elements that they select,
    /// and only [`read`](Self::read) copies them.
    pub fn view(&self, index: &[Index]) -> Result<Self> {
        self.new_view(self.handle.raw.view(index)?)
    }

    /// Returns one field of every element, as a view. `name` is the field's name or title. Similar
    /// to `a["name"]`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a dtype without that field.
    pub fn field(&self, name: &str) -> Result<Self> {
        self.new_view(self.handle.raw.field(name)?)
    }

    /// Returns the same bytes as elements of another dtype, as a view. With another item size the
    /// last axis gets longer or shorter. Similar to `a.view(dtype)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the bytes of the last axis are not a multiple of the new item
    /// size, or have gaps.
    pub fn view_as(&self, dtype: &str) -> Result<Self> {
        self.new_view(self.handle.raw.view_as(dtype)?)
    }

    /// Returns the same elements in another shape, as a view. One length may be -1, and is
    /// calculated from the others. The elements are counted in `order`, whatever their order in the
    /// file. Similar to `a.reshape(shape, order=order, copy=False)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a shape of another size, and for a shape that requires a
    /// copy.
    pub fn reshape(&self, shape: &[i64], order: Order) -> Result<Self> {
        self.new_view(self.handle.raw.reshape(shape, order)?)
    }

    /// Returns the same elements with their axes in another order, as a view: axis `axes[0]`
    /// becomes the first, and so on. Negative numbers count from the end. `None` reverses all axes.
    /// Similar to `a.transpose(axes)`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] for an axis that does not exist, and [`Error::InvalidArgument`] for
    /// any other list that is not a permutation.
    pub fn transpose(&self, axes: Option<&[i64]>) -> Result<Self> {
        self.new_view(self.handle.raw.transpose(axes)?)
    }
}

/// # File
impl Memmap {
    /// Waits until everything that was written through this mapping is on the disk. In
    /// [`Mode::ReadOnly`] and [`Mode::CopyOnWrite`] there is nothing to write. If a
    /// [`MappedMut`](crate::MappedMut) exists, call [its `flush`](crate::MappedMut::flush) instead:
    /// it writes the changes of the slice first. Similar to `a.flush()`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpace`], [`Error::Truncated`] and [`Error::Other`] if the data cannot be written.
    pub fn flush(&self) -> Result<()> {
        self.handle.flush()
    }

    /// Announces what the program is going to do with the elements. It changes nothing but speed,
    /// and a provider may ignore it. After [`Advice::WillNeed`], and until another advice,
    /// [`map`](Self::map) maps all pages of this array before it returns. Similar to
    /// `mmap.madvise`.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] after the array was closed.
    pub fn advise(&self, advice: Advice) -> Result<()> {
        self.handle.raw.advise(advice)?;
        self.handle.prefault.set(advice == Advice::WillNeed);
        Ok(())
    }

    pub(crate) fn prefault(&self) -> bool {
        self.handle.prefault.get()
    }

    /// Changes the length of the first axis, and the size of the file. New elements are zero, or
    /// what the file holds there. The header of a `.npy` file is updated. numpy has no such
    /// function for a `memmap`. Similar to `ndarray.resize`.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] unless the mode is [`Mode::ReadWrite`] or [`Mode::Write`];
    /// [`Error::InvalidArgument`] for a view of a part, while other views or mapped slices exist,
    /// for an array without axes, and for an array of several axes in [`Order::F`], whose elements
    /// would have to move; [`Error::NoSpace`] if the disk is full; [`Error::Unsupported`] for a
    /// `.npy` file whose header has no room for the new shape.
    pub fn resize(&mut self, length: u64) -> Result<()> {
        self.handle.check_unmapped("resized")?;
        let Some(handle) = Rc::get_mut(&mut self.handle) else {
            unreachable!("only mapped slices share a handle")
        };
        handle.raw.resize(length)?;
        handle.info = handle.raw.info()?;
        Ok(())
    }

    /// Ends the mapping of the file: later calls on its views fail with [`Error::Closed`]. What was
    /// written stays written; call [`flush`](Self::flush) first to have it on the disk. The drop of
    /// the last array on a mapping ends it too. numpy has no such function.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] while mapped slices of the array, or of a view of it, exist:
    /// their memory would become zero while it is borrowed. Drop them first.
    pub fn close(self) -> Result<()> {
        self.handle.check_unmapped("closed")?;
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
            .field("mode", &format_args!("{}", self.mode()))
            .finish_non_exhaustive()
    }
}
