//! The options of an opening, and the plan that they become: what can be checked and measured
//! before any file is opened.

use alloc::string::String;
use alloc::vec::Vec;

use super::mode::Mode;
use super::npy::{Header, Version};
use crate::display::{ShapeDisplay, excerpt_of};
use crate::dtype::Dtype;
use crate::error::{Error, Result};
use crate::layout::{Layout, Order};
use crate::message;

/// The parameters of `numpy.memmap`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    /// The element type, in any of numpy's spellings; `None` means `uint8`.
    pub dtype: Option<String>,
    /// The mode.
    pub mode: Mode,
    /// The offset of the first element in the file, in bytes.
    pub offset: u64,
    /// The length of each axis; `None` means one axis up to the end of the file.
    pub shape: Option<Vec<u64>>,
    /// The order of the elements in the file.
    pub order: Order,
}

/// The parameters of `numpy.lib.format.open_memmap` for a new `.npy` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpyOptions {
    /// The element type, in any of numpy's spellings; `None` means `float64`.
    pub dtype: Option<String>,
    /// The length of each axis.
    pub shape: Vec<u64>,
    /// The order of the elements in the file.
    pub order: Order,
    /// The version of the format; `None` means the oldest version that can hold the header.
    pub version: Option<Version>,
}

/// Options that were checked as far as possible without the file.
#[derive(Clone, Debug)]
pub struct OpenPlan {
    pub(super) dtype: Dtype,
    pub(super) mode: Mode,
    pub(super) offset: u64,
    pub(super) order: Order,
    /// The layout, and the end of the array in the file, if the shape is known.
    pub(super) layout_and_end: Option<(Layout, u64)>,
    /// The header of a `.npy` file.
    pub(super) header: Option<Header>,
}

impl OpenPlan {
    /// Plans an opening by [`Memmap::open`](super::Memmap::open) or
    /// [`Memmap::open_file`](super::Memmap::open_file).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a dtype, a shape or an offset that no file can have, and for
    /// the mode [`Mode::Write`] without a shape. [`Error::LimitExceeded`], and
    /// [`Error::Unsupported`] for a dtype that filemap does not have.
    pub fn new(options: &OpenOptions) -> Result<Self> {
        let OpenOptions { dtype, mode, offset, shape, order } = options;
        let dtype = dtype.as_deref().map_or(Ok(Dtype::UINT8), Dtype::parse)?;
        check_sized(&dtype)?;
        let layout_and_end = match shape {
            Some(shape) => {
                let layout = Layout::new_flattened(dtype.clone(), shape, *order)?;
                let end = end_in_file(&layout, *offset)?;
                Some((layout, end))
            }
            None if *mode == Mode::Write => {
                return Err(Error::InvalidArgument(
                    "shape must be given if mode == 'w+': `write` needs a shape; give one, or open \
                     an existing file in mode `read-write`"
                        .into(),
                ));
            }
            None => None,
        };
        Ok(Self {
            dtype,
            mode: *mode,
            offset: *offset,
            order: *order,
            layout_and_end,
            header: None,
        })
    }

    /// Plans the creation of a `.npy` file by
    /// [`Memmap::create_npy`](super::Memmap::create_npy).
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new), and [`Error::InvalidArgument`] for a header that the version
    /// cannot hold.
    pub fn new_npy(options: &NpyOptions) -> Result<Self> {
        let NpyOptions { dtype, shape, order, version } = options;
        let dtype = Dtype::parse(dtype.as_deref().unwrap_or("<f8"))?;
        check_sized(&dtype)?;
        let header = Header::new(&dtype, shape, *order, *version)?;
        let offset = header.offset;
        let end = end_in_file(&header.layout, offset)?;
        Ok(Self {
            dtype,
            mode: Mode::Write,
            offset,
            order: *order,
            layout_and_end: Some((header.layout.clone(), end)),
            header: Some(header),
        })
    }

    /// Returns what [`Memmap::footprint`](super::Memmap::footprint) of the array will be.
    #[must_use]
    pub fn footprint(&self) -> u64 {
        let dtype = self.dtype.clone().flatten().0.footprint();
        2 * dtype + self.header.as_ref().map_or(0, Header::footprint)
    }

    /// Returns the number of the array's axes that come from a subarray dtype.
    pub(super) fn element_axes(&self) -> usize {
        self.header
            .as_ref()
            .map_or_else(|| self.dtype.clone().flatten().1.len(), Header::element_axes)
    }

    /// Returns the layout, and the end of the array in the file, for a file of `size` bytes.
    pub(super) fn fit(&self, size: u64, name: &str) -> Result<(Layout, u64)> {
        let Self { dtype, mode, offset, order, layout_and_end, .. } = self;
        // numpy cannot map an empty file either, whatever the shape.
        if size == 0 && !mode.changes_file() {
            return Err(Error::InvalidArgument(message!(
                "cannot mmap an empty file: `{name}` is empty; write to it first, or open it in \
                 mode `read-write` with a shape"
            )));
        }
        let Some((layout, end)) = layout_and_end else {
            let Some(bytes) = size.checked_sub(*offset) else {
                return Err(Error::OutOfBounds(message!(
                    "offset {offset} is past the end of `{name}`, which has {size} bytes: use a \
                     smaller one, or give a shape"
                )));
            };
            if bytes.checked_rem(dtype.size()) != Some(0) {
                let (item, dtype) = (dtype.size(), excerpt_of(dtype));
                return Err(Error::InvalidArgument(message!(
                    "size of available data is not a multiple of the data-type size: {bytes} bytes \
                     of `{name}` after offset {offset}, and {item} bytes of `{dtype}`; give a \
                     shape, another dtype, or another offset"
                )));
            }
            let length = bytes / dtype.size();
            return Ok((Layout::new_flattened(dtype.clone(), &[length], *order)?, size));
        };
        if *end > size && !mode.changes_file() {
            return Err(Error::OutOfBounds(message!(
                "mmap length is greater than file size: an array of shape {} and dtype `{}` at \
                 offset {offset} ends at byte {end}, and `{name}` has {size}; use a smaller shape \
                 or offset, or mode `read-write`, which extends the file",
                ShapeDisplay(&layout.shape),
                excerpt_of(dtype)
            )));
        }
        Ok((layout.clone(), *end))
    }
}

/// Fails for a type of 0 bytes: the number of elements in a file would be undefined.
fn check_sized(dtype: &Dtype) -> Result<()> {
    if dtype.size() > 0 {
        return Ok(());
    }
    Err(Error::InvalidArgument(message!(
        "the elements of the dtype `{}` have no bytes: give it a size, as in `S10`",
        excerpt_of(dtype)
    )))
}

/// Returns the end of an array in the file.
pub(super) fn end_in_file(layout: &Layout, offset: u64) -> Result<u64> {
    layout.nbytes().checked_add(offset).filter(|&end| i64::try_from(end).is_ok()).ok_or_else(|| {
        Error::InvalidArgument(message!(
            "an array of shape {} at offset {offset} ends past the last byte that a file can have",
            ShapeDisplay(&layout.shape)
        ))
    })
}
