//! Opening: from a path or a file, and what the caller says of it, to an array.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::layout::Tuple;
use super::npy::Header;
use super::{Array, Dtype, GIVEN, Layout, Mode, Order, Source};
use crate::error::{Error, Result};
use crate::fs::{Directory, IoErrorKind, Open};
use crate::preopen::Preopens;
use crate::region::{MapFile, Region, Sharing, Window};

/// How to read the bytes of a file: the parameters of `numpy.memmap`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    /// The element type, in any of numpy's spellings; `None` is `uint8`.
    pub dtype: Option<String>,
    /// What may be done with the file.
    pub mode: Mode,
    /// Where in the file the first element begins, in bytes.
    pub offset: u64,
    /// The length of each axis; `None` is one axis over all that follows the offset.
    pub shape: Option<Vec<u64>>,
    /// The order of the elements in the file.
    pub order: Order,
}

/// The options, as far as they can be checked without the file.
struct Plan {
    dtype: Dtype,
    mode: Mode,
    offset: u64,
    /// The layout and the end of the array in the file, where a shape was given.
    whole: Option<(Layout, u64)>,
}

impl Plan {
    fn new(options: &OpenOptions) -> Result<Self> {
        let OpenOptions { dtype, mode, offset, shape, order } = options;
        let dtype = dtype.as_deref().map_or(Ok(Dtype::UINT8), Dtype::parse)?;
        let whole = match shape {
            Some(shape) => {
                let layout = Layout::new(dtype.clone(), shape.clone(), *order)?;
                let end = layout.nbytes().checked_add(*offset).filter(|&end| i64::try_from(end).is_ok());
                let Some(end) = end else {
                    return Err(Error::InvalidArgument(format!(
                        "an array of shape {} at offset {offset} ends past the last byte that a file can have",
                        Tuple(shape)
                    )));
                };
                Some((layout, end))
            }
            None if *mode == Mode::Write => {
                return Err(Error::InvalidArgument(
                    "mode `write` makes a new file and needs a shape: give one, or open an existing file in mode `read-write`".into(),
                ));
            }
            None => None,
        };
        Ok(Self { dtype, mode: *mode, offset: *offset, whole })
    }

    /// The layout, and the end of the array in the file, for a file of that size.
    fn fit(self, size: u64, name: &str) -> Result<(Layout, u64)> {
        let Self { dtype, mode, offset, whole } = self;
        // numpy cannot map an empty file either, whatever the shape.
        if size == 0 && !mode.changes_file() {
            return Err(Error::InvalidArgument(format!(
                "`{name}` is empty, and there is nothing to map: write to it first, or open it in mode `read-write` with a shape"
            )));
        }
        let Some((layout, end)) = whole else {
            let Some(bytes) = size.checked_sub(offset) else {
                return Err(Error::OutOfBounds(format!(
                    "offset {offset} is past the end of `{name}`, which has {size} bytes: use a smaller one, or give a shape"
                )));
            };
            if bytes.checked_rem(dtype.size()) != Some(0) {
                let item = dtype.size();
                return Err(Error::InvalidArgument(format!(
                    "the {bytes} bytes of `{name}` from offset {offset} on are no multiple of the {item} bytes of a `{dtype}`: \
                     give a shape, another dtype, or another offset"
                )));
            }
            let length = bytes / dtype.size();
            return Ok((Layout::new(dtype, alloc::vec![length], Order::C)?, size));
        };
        if end > size && !mode.changes_file() {
            return Err(Error::OutOfBounds(format!(
                "an array of shape {} and dtype `{dtype}` at offset {offset} ends at byte {end}, and `{name}` has {size}: use a \
                 smaller shape or offset, or mode `read-write`, which extends the file",
                Tuple(&layout.shape)
            )));
        }
        Ok((layout, end))
    }
}

impl<R: Region> Array<R> {
    /// Maps a part of the file at `path`: `numpy.memmap(path, dtype, mode, offset, shape, order)`.
    ///
    /// # Errors
    ///
    /// As `filemap:data/array.array.open` says; nothing has been changed then.
    pub fn open<D>(preopens: &Preopens<D>, path: &str, options: &OpenOptions) -> Result<Self>
    where
        D: Directory<File: MapFile<Region = R>>,
    {
        let plan = Plan::new(options)?;
        let (directory, rest) = preopens.resolve(path)?;
        let how = if options.mode.changes_file() { Open::ReadWrite } else { Open::Read };
        let failed = |error| Error::io("open", path, &error);
        let file = match directory.open_file(&rest, how) {
            Err(error) if error.kind == IoErrorKind::NotFound && options.mode == Mode::Write => {
                let file = directory.open_file(&rest, Open::CreateNew).map_err(failed)?;
                // A file that was made for an array that cannot be is litter.
                return Self::map(&file, plan, path.to_string().into(), true)
                    .inspect_err(|_| _ = directory.remove_file(&rest));
            }
            result => result.map_err(failed)?,
        };
        Self::map(&file, plan, path.to_string().into(), options.mode == Mode::Write)
    }

    /// Maps a part of an open file: `numpy.memmap` of a file-like object.
    ///
    /// # Errors
    ///
    /// As `filemap:data/array.array.open-file` says; nothing has been changed then.
    pub fn open_file(file: &impl MapFile<Region = R>, options: &OpenOptions) -> Result<Self> {
        let plan = Plan::new(options)?;
        let access = file.access().map_err(|error| Error::io("examine", GIVEN, &error))?;
        let missing = match (access.read, access.write) {
            (false, _) => "reading",
            (true, false) if options.mode.changes_file() => "writing",
            _ => return Self::map(file, plan, None, false),
        };
        Err(Error::AccessDenied(format!("{GIVEN} was not opened for {missing}: open it so, or use another mode")))
    }

    /// Maps the array in a `.npy` file: `numpy.load(path, mmap_mode=mode)`.
    ///
    /// # Errors
    ///
    /// As `filemap:data/array.array.open-npy` says; nothing has been changed then.
    pub fn open_npy<D>(preopens: &Preopens<D>, path: &str, mode: Mode) -> Result<Self>
    where
        D: Directory<File: MapFile<Region = R>>,
    {
        let how = match mode {
            Mode::ReadOnly | Mode::CopyOnWrite => Open::Read,
            Mode::ReadWrite => Open::ReadWrite,
            Mode::Write => {
                return Err(Error::InvalidArgument(
                    "mode `write` makes a new file, and `open-npy` opens one that is there: use `read-write`".into(),
                ));
            }
        };
        let (directory, rest) = preopens.resolve(path)?;
        let file = directory.open_file(&rest, how).map_err(|error| Error::io("open", path, &error))?;
        let Header { layout, offset, .. } = Header::read(&file, path)?;
        let end = offset + layout.nbytes();
        let plan = Plan { dtype: layout.dtype.clone(), mode, offset, whole: Some((layout, end)) };
        Self::map(&file, plan, path.to_string().into(), false)
    }

    /// Maps the planned part of a file, which is extended, or emptied before, as the mode says.
    fn map(file: &impl MapFile<Region = R>, plan: Plan, filename: Option<String>, empty: bool) -> Result<Self> {
        let name = filename.as_deref().unwrap_or(GIVEN);
        let (mode, offset) = (plan.mode, plan.offset);
        let size = file.size().map_err(|error| Error::io("measure", name, &error))?;
        let (layout, end) = plan.fit(size, name)?;
        // Like numpy, this gives an array without any element at least one byte to map.
        let wanted = if mode.changes_file() { end.max(1) } else { size };
        let extend =
            || file.set_size(wanted).map_err(|error| Error::io(&format!("extend to {wanted} bytes"), name, &error));
        if wanted > size {
            extend()?;
        }
        let sharing = match mode {
            Mode::ReadOnly => Sharing::ReadOnly,
            Mode::CopyOnWrite => Sharing::Private,
            Mode::ReadWrite | Mode::Write => Sharing::Shared,
        };
        let window = Window { offset, length: layout.nbytes() };
        let region = file.map(window, sharing).map_err(|error| {
            if wanted > size {
                // A file that cannot be cut back has only got zeroes at its end.
                _ = file.set_size(size);
            }
            Error::io("map", name, &error)
        })?;
        if empty && size > 0 {
            // Last: whatever else can fail has not, and what the file held was there until now.
            file.set_size(0).map_err(|error| Error::io("empty", name, &error))?;
            extend()?;
        }
        Ok(Self { region, layout, source: Arc::new(Source { filename, mode, offset }) })
    }
}
