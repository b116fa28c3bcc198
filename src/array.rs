//! The array: a typed, n-dimensional view of a mapped part of a file.

mod bulk;
mod info;
mod mode;
mod npy;
mod open;
mod reduce;
mod resize;
mod view;
mod window;

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use bulk::Part;
pub use info::Info;
pub use mode::Mode;
pub use npy::{Header, Version};
pub use open::{NpyOptions, OpenOptions};
pub use reduce::{Operation, Reduction, reduce};

use crate::display::{ShapeDisplay, excerpt_of};
use crate::dtype::Dtype;
use crate::error::{Error, Result};
use crate::layout::{Index, Layout, MAX_PIECE_ELEMENTS, Order, Selection, Transfer};
use crate::limits::{check_transfer, zeroed};
use crate::region::{Advice, Region};

/// How many bytes are filled at a time, but for a single element.
const MAX_FILL_BYTES: u64 = 1 << 20;

/// What messages call a file that was handed over as a descriptor, and so has no name.
pub const DESCRIPTOR_NAME: &str = "the given descriptor";

/// What an array and its views have in common: the file, and what of it was mapped.
#[derive(Debug)]
struct Source {
    /// The path that was opened, as the plugin gave it.
    filename: Option<String>,
    mode: Mode,
    /// Where in the file the mapping begins.
    offset: u64,
    /// All that was mapped, and the order in which it was.
    full_layout: Layout,
    order: Order,
    /// How many of its axes are not those of an element that is an array.
    axes: usize,
    /// The header in front of it, in a `.npy` file.
    header: Option<Header>,
}

/// An array over a file, or a view of one: a layout over a mapping that it shares with its views.
#[derive(Clone, Debug)]
pub struct Memmap<R> {
    region: R,
    layout: Layout,
    source: Arc<Source>,
}

impl<R: Region> Memmap<R> {
    /// The bytes of the elements that `index` takes, in C order.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::selection`], [`Error::LimitExceeded`], [`Error::Truncated`], and those of
    /// the file system.
    pub fn read(&self, index: &[Index]) -> Result<Vec<u8>> {
        self.read_selection(&self.layout()?.selection(index)?)
    }

    /// The shape of what [`Memmap::read`] gives.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::selection`].
    pub fn shape_of(&self, index: &[Index]) -> Result<Vec<u64>> {
        Ok(self.layout()?.selection(index)?.layout.shape)
    }

    /// Writes `data`, in C order, to the elements that `index` takes; data of another `shape` is
    /// broadcast.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::selection`] and [`Layout::broadcast_strides`], [`Error::AccessDenied`] where the
    /// array is read-only, [`Error::InvalidArgument`] where the data has another length than its
    /// shape, [`Error::LimitExceeded`], [`Error::Truncated`], and those of the file system.
    pub fn write(&self, index: &[Index], data: &[u8], shape: Option<&[u64]>) -> Result<()> {
        let selection = self.layout()?.selection(index)?;
        self.check_writeable()?;
        let layout = &selection.layout;
        let shape = shape.unwrap_or(&layout.shape);
        let elements = layout.broadcast_strides(shape)?;
        let wanted =
            shape.iter().try_fold(layout.dtype.size(), |bytes, &length| bytes.checked_mul(length));
        if wanted != Some(data.len() as u64) {
            let (length, dtype) = (data.len(), excerpt_of(&layout.dtype));
            return Err(Error::InvalidArgument(format!(
                "{length} bytes of data are not {} elements of `{dtype}`{}",
                ShapeDisplay(shape),
                wanted.map(|wanted| format!(", which have {wanted}")).unwrap_or_default()
            )));
        }
        self.write_selection(&selection, &elements, data)
    }

    /// Writes one element to all of the array.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where `data` is not one element, and otherwise those of
    /// [`Memmap::write`].
    pub fn fill(&self, data: &[u8]) -> Result<()> {
        let layout = self.layout()?;
        self.check_writeable()?;
        if data.len() as u64 != layout.dtype.size() {
            let (length, dtype, size) =
                (data.len(), excerpt_of(&layout.dtype), layout.dtype.size());
            return Err(Error::InvalidArgument(format!(
                "{length} bytes are not one element of `{dtype}`, which has {size}"
            )));
        }
        let failed = |error| Error::io("fill the array over", self.name(), &error);
        // What is written has to get to the disk some time.
        self.region.check_budget(layout.traversal_cost().saturating_mul(4)).map_err(failed)?;
        // As many elements in a row as a piece has make long runs of short ones.
        let max = (MAX_FILL_BYTES / layout.dtype.size().max(1)).clamp(1, MAX_PIECE_ELEMENTS);
        let filler = data.repeat(usize::try_from(max.min(layout.size())).unwrap_or(0));
        layout.for_each_piece(max, &mut |piece| {
            self.region.write(Transfer::new(&piece), &filler).map_err(failed)
        })
    }

    /// `length` bytes of an array without gaps, from `offset` bytes after its first element.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where there are gaps, [`Error::OutOfBounds`] where the range is
    /// not within the array, [`Error::LimitExceeded`], [`Error::Truncated`], and those of the file
    /// system.
    pub fn read_bytes(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        self.read_selection(&self.byte_range(offset, length)?.into())
    }

    /// The same into a buffer, which is filled.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::read_bytes`], except that the length has no limit.
    pub fn read_bytes_into(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let layout = self.byte_range(offset, buffer.len() as u64)?;
        self.region
            .read(Transfer::new(&layout), buffer)
            .map_err(|error| Error::io("read the array over", self.name(), &error))
    }

    /// Writes `data` at `offset` bytes after the first element of an array without gaps.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::read_bytes`], and [`Error::AccessDenied`] where the array is read-only.
    pub fn write_bytes(&self, offset: u64, data: &[u8]) -> Result<()> {
        let layout = self.byte_range(offset, data.len() as u64)?;
        self.check_writeable()?;
        self.write_selection(&layout.into(), &[1], data)
    }

    /// Waits until what was written through this mapping is on the disk.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], and those of the file system.
    pub fn flush(&self) -> Result<()> {
        self.layout()?;
        self.region.flush().map_err(|error| Error::io("flush the array over", self.name(), &error))
    }

    /// Says what is going to be done with the elements.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], and those of the system.
    pub fn advise(&self, advice: Advice) -> Result<()> {
        let Some(range) = self.layout()?.extent() else { return Ok(()) };
        self.region
            .advise(range, advice)
            .map_err(|error| Error::io("advise on the array over", self.name(), &error))
    }

    /// Ends the mapping, for all views on it.
    pub fn close(&self) {
        self.region.close();
    }

    fn read_selection(&self, selection: &Selection) -> Result<Vec<u8>> {
        let nbytes = selection.layout.nbytes();
        check_transfer(nbytes, "the selection", "read it in smaller pieces")?;
        let mut buffer = zeroed(nbytes)?;
        self.region
            .read(Transfer::of_selection(selection), &mut buffer)
            .map_err(|error| Error::io("read the array over", self.name(), &error))?;
        Ok(buffer)
    }

    fn write_selection(&self, selection: &Selection, elements: &[u64], data: &[u8]) -> Result<()> {
        check_transfer(selection.layout.nbytes(), "the selection", "write it in smaller pieces")?;
        self.region
            .write(Transfer::broadcast(selection, elements), data)
            .map_err(|error| Error::io("write the array over", self.name(), &error))
    }

    /// A part of an array without gaps as an array of bytes.
    fn byte_range(&self, offset: u64, length: u64) -> Result<Layout> {
        let layout = self.layout()?;
        if layout.order().is_none() {
            return Err(Error::InvalidArgument(format!(
                "a view with gaps (shape {}, strides {}) is no range of bytes: use `read` and \
                 `write`",
                ShapeDisplay(&layout.shape),
                ShapeDisplay(&layout.strides)
            )));
        }
        let nbytes = layout.nbytes();
        if offset.checked_add(length).is_none_or(|end| end > nbytes) {
            return Err(Error::OutOfBounds(format!(
                "{length} bytes from byte {offset} on are not within the {nbytes} bytes of the \
                 array"
            )));
        }
        let start = layout.start.wrapping_add(offset);
        Ok(Layout {
            dtype: Dtype::UINT8,
            shape: alloc::vec![length],
            strides: alloc::vec![1],
            start,
        })
    }

    fn check_writeable(&self) -> Result<()> {
        if self.source.mode.is_writeable() {
            return Ok(());
        }
        let name = self.name();
        Err(Error::AccessDenied(format!(
            "the array over `{name}` was opened in mode `read-only`: open it in mode `read-write`, \
             or `copy-on-write` to keep the file as it is"
        )))
    }

    /// How many bytes its dtype and its header take in memory, about: what a plugin's texts can
    /// make large.
    #[must_use]
    pub fn footprint(&self) -> u64 {
        let header = self.source.header.as_ref().map_or(0, |header| header.bytes().len() as u64);
        self.layout.dtype.footprint() + self.source.full_layout.dtype.footprint() + header
    }

    /// Shape, strides and dtype, as long as the mapping lives.
    fn layout(&self) -> Result<&Layout> {
        if self.region.is_closed() {
            let name = self.name();
            return Err(Error::Closed(format!(
                "the array over `{name}` was closed; open it again"
            )));
        }
        Ok(&self.layout)
    }

    /// What messages call the file.
    fn name(&self) -> &str {
        self.source.filename.as_deref().unwrap_or(DESCRIPTOR_NAME)
    }
}
