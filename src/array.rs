//! Arrays over files: a [`Memmap`] is a layout over a mapped region, like `numpy.memmap`.
//!
//! Each file below has one group of operations. The rules of shapes and strides are in
//! [`layout`](crate::layout), and the access to bytes is in [`region`](crate::region).

mod bulk;
mod info;
mod mode;
mod npy;
mod open;
mod plan;
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
pub use plan::{NpyOptions, OpenOptions, OpenPlan};
pub use reduce::{Operation, Reduction, reduce};

use crate::display::{ShapeDisplay, excerpt_of};
use crate::dtype::Dtype;
use crate::error::{Error, Result};
use crate::layout::{Index, Layout, MAX_PIECE_ELEMENTS, Order, Selection, Transfer};
use crate::limits::check_transfer;
use crate::message;
use crate::region::{Advice, Region};

/// The maximum number of bytes that `fill` writes at a time, unless a single element is larger.
const MAX_FILL_BYTES: u64 = 1 << 20;

/// The name in messages of a file or directory that was opened from a descriptor.
pub const DESCRIPTOR_NAME: &str = "the given descriptor";

/// What an array and its views share: the file and the mapped part of it.
#[derive(Debug)]
struct Source {
    /// The path that was opened, as the plugin spelled it.
    filename: Option<String>,
    mode: Mode,
    /// The offset of the mapping in the file.
    offset: u64,
    /// The layout and the order of the whole mapping.
    full_layout: Layout,
    order: Order,
    /// The number of its axes without those of a subarray dtype.
    axes: usize,
    /// The header of a `.npy` file.
    header: Option<Header>,
}

/// An array over a file, or a view of one: a layout over a mapping, which views share.
#[derive(Clone, Debug)]
pub struct Memmap<R> {
    region: R,
    layout: Layout,
    source: Arc<Source>,
}

impl<R: Region> Memmap<R> {
    /// Reads the selected elements, in C order.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::selection`], [`Error::LimitExceeded`], [`Error::Truncated`], and those of
    /// the file system.
    pub fn read(&self, index: &[Index]) -> Result<Vec<u8>> {
        self.read_selection(&self.selection(index)?)
    }

    /// Returns the shape of a selection.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::selection`].
    pub fn shape_of(&self, index: &[Index]) -> Result<Vec<u64>> {
        Ok(self.selection(index)?.layout.shape)
    }

    /// Writes `data`, in C order, to the selected elements. Data of another `shape` is broadcast.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::selection`] and [`Layout::broadcast_strides`], [`Error::AccessDenied`] if
    /// the array is read-only, [`Error::InvalidArgument`] if the length of the data does not fit
    /// its shape, [`Error::LimitExceeded`], [`Error::Truncated`], and those of the file system.
    pub fn write(&self, index: &[Index], data: &[u8], shape: Option<&[u64]>) -> Result<()> {
        let selection = self.selection(index)?;
        self.check_writeable()?;
        let layout = &selection.layout;
        let shape = shape.unwrap_or(&layout.shape);
        let elements = layout.broadcast_strides(shape)?;
        let wanted =
            shape.iter().try_fold(layout.dtype.size(), |bytes, &length| bytes.checked_mul(length));
        if wanted != Some(data.len() as u64) {
            let (length, dtype) = (data.len(), excerpt_of(&layout.dtype));
            return Err(Error::InvalidArgument(message!(
                "{length} bytes of data do not match the shape {} of `{dtype}`{}",
                ShapeDisplay(shape),
                wanted.map(|wanted| format!(", which needs {wanted} bytes")).unwrap_or_default()
            )));
        }
        self.write_selection(&selection, &elements, data)
    }

    /// Writes one element to every position of the array. After an error, some positions may have
    /// the element.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if `data` is not one element, and those of [`Memmap::write`].
    pub fn fill(&self, data: &[u8]) -> Result<()> {
        let layout = self.layout()?;
        self.check_writeable()?;
        if data.len() as u64 != layout.dtype.size() {
            let (length, dtype, size) =
                (data.len(), excerpt_of(&layout.dtype), layout.dtype.size());
            return Err(Error::InvalidArgument(message!(
                "{length} bytes are not one element of `{dtype}`, which has {size} bytes"
            )));
        }
        let failed = |error| Error::io("fill the array over", self.name(), &error);
        self.region.check_budget(layout.fill_cost(), layout).map_err(failed)?;
        // Repeating the element as often as a piece has elements merges short runs into long ones.
        let max = (MAX_FILL_BYTES / layout.dtype.size().max(1)).clamp(1, MAX_PIECE_ELEMENTS);
        let filler = data.repeat(usize::try_from(max.min(layout.size())).unwrap_or(0));
        layout.for_each_piece(max, &mut |piece| {
            self.region.checkpoint().map_err(failed)?;
            self.region.write(Transfer::new(&piece), &filler).map_err(failed)
        })
    }

    /// Reads `length` bytes of a contiguous array, `offset` bytes after its first element.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if there are gaps, [`Error::OutOfBounds`] if the range exceeds
    /// the array, [`Error::LimitExceeded`], [`Error::Truncated`], and those of the file system.
    pub fn read_bytes(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        self.read_selection(&self.byte_range(offset, length)?.into())
    }

    /// Writes `data` to a contiguous array, `offset` bytes after its first element.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::read_bytes`], and [`Error::AccessDenied`] if the array is read-only.
    pub fn write_bytes(&self, offset: u64, data: &[u8]) -> Result<()> {
        let layout = self.byte_range(offset, data.len() as u64)?;
        self.check_writeable()?;
        self.write_selection(&layout.into(), &[1], data)
    }

    /// Waits until all writes through this mapping are on the disk.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], and those of the file system.
    pub fn flush(&self) -> Result<()> {
        self.layout()?;
        self.region.flush().map_err(|error| Error::io("flush the array over", self.name(), &error))
    }

    /// Announces the access pattern for the elements: `madvise`.
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

    /// Closes the mapping, for all views of it.
    pub fn close(&self) {
        self.region.close();
    }

    fn read_selection(&self, selection: &Selection) -> Result<Vec<u8>> {
        let nbytes = selection.layout.nbytes();
        check_transfer(nbytes, "the selection", "read it in smaller pieces")?;
        let transfer = Transfer::of_selection(selection, &|| self.checkpoint())?;
        self.region
            .read_vec(transfer, nbytes)
            .map_err(|error| Error::io("read the array over", self.name(), &error))
    }

    fn write_selection(&self, selection: &Selection, elements: &[u64], data: &[u8]) -> Result<()> {
        check_transfer(selection.layout.nbytes(), "the selection", "write it in smaller pieces")?;
        let transfer = Transfer::broadcast(selection, elements, &|| self.checkpoint())?;
        self.region
            .write(transfer, data)
            .map_err(|error| Error::io("write the array over", self.name(), &error))
    }

    /// Returns a range of a contiguous array as a layout of `uint8`.
    fn byte_range(&self, offset: u64, length: u64) -> Result<Layout> {
        let layout = self.layout()?;
        if layout.order().is_none() {
            return Err(Error::InvalidArgument(message!(
                "a view with gaps (shape {}, strides {}) is not a contiguous range of bytes: use \
                 `read` and `write`",
                ShapeDisplay(&layout.shape),
                ShapeDisplay(&layout.strides)
            )));
        }
        let nbytes = layout.nbytes();
        if offset.checked_add(length).is_none_or(|end| end > nbytes) {
            return Err(Error::OutOfBounds(message!(
                "{length} bytes at offset {offset} exceed the {nbytes} bytes of the array"
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
        Err(Error::AccessDenied(message!(
            "assignment destination is read-only: the array over `{name}` was opened in mode \
             `read-only`; open it in mode `read-write`, or `copy-on-write` to keep the file as it \
             is"
        )))
    }

    /// Returns the approximate memory of the dtypes and the header, in bytes. A plugin controls the
    /// length of both.
    #[must_use]
    pub fn footprint(&self) -> u64 {
        let header = self.source.header.as_ref().map_or(0, Header::footprint);
        self.layout.dtype.footprint() + self.source.full_layout.dtype.footprint() + header
    }

    /// Returns the elements that an index selects.
    fn selection(&self, index: &[Index]) -> Result<Selection> {
        self.layout()?.selection(index, &|| self.checkpoint())
    }

    /// Fails if the host has ended the calls of the plugin.
    fn checkpoint(&self) -> Result<()> {
        self.region
            .checkpoint()
            .map_err(|error| Error::io("use the array over", self.name(), &error))
    }

    /// Returns the layout for a call, while the mapping is open and unless the host has ended the
    /// calls of the plugin.
    fn layout(&self) -> Result<&Layout> {
        if self.region.is_closed() {
            let name = self.name();
            return Err(Error::Closed(message!(
                "the array over `{name}` was closed; open it again"
            )));
        }
        self.checkpoint()?;
        Ok(&self.layout)
    }

    /// Returns the name of the file in messages.
    fn name(&self) -> &str {
        self.source.filename.as_deref().unwrap_or(DESCRIPTOR_NAME)
    }
}
