//! Opening arrays, from a path or from an open file.
//!
//! Options become a [plan](OpenPlan), which is checked as far as possible before any file is
//! opened, and only then is the file created, extended or mapped.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

use super::mode::Mode;
use super::npy::Header;
use super::plan::{NpyOptions, OpenOptions, OpenPlan};
use super::{DESCRIPTOR_NAME, Memmap, Source};
use crate::dtype::Dtype;
use crate::error::{Error, Result};
use crate::fs::{
    Directory, IoErrorKind, IoResult, Open, Preopens, check_length, explain_change, extend,
    undo_extension,
};
use crate::layout::{Layout, Order};
use crate::message;
use crate::region::{MapFile, Region, Window};

/// The maximum number of links that lead from a path to a new file, as on Linux.
const MAX_LINKS: usize = 40;

fn fails_with<T>(result: &IoResult<T>, kind: IoErrorKind) -> bool {
    matches!(result, Err(error) if error.kind == kind)
}

/// Opens the file at `path`, or creates it in the mode [`Mode::Write`]. Returns the file, and the
/// path of a file that it has created, which is the target if `path` is a link to a missing name.
fn open_or_create<D: Directory>(
    directory: &D,
    path: &str,
    mode: Mode,
) -> IoResult<(D::File, Option<String>)> {
    let how = if mode.changes_file() { Open::ReadWrite } else { Open::Read };
    let mut path = String::from(path);
    for _ in 0..MAX_LINKS {
        let mut created = None;
        let mut opened = directory.open_file(&path, how);
        if mode == Mode::Write && fails_with(&opened, IoErrorKind::NotFound) {
            created = Some(path.clone());
            opened = directory.open_file(&path, Open::CreateNew);
        }
        if created.is_none() || !fails_with(&opened, IoErrorKind::AlreadyExists) {
            return match opened {
                Ok(file) => Ok((file, created)),
                Err(error) if how == Open::Read => Err(error),
                Err(error) => Err(explain_change(directory, &path, error)),
            };
        }
        match directory.read_link(&path) {
            // The provider checks that a relative target does not leave the directory.
            Ok(target) if !target.starts_with('/') => {
                path.truncate(path.rfind('/').map_or(0, |slash| slash + 1));
                path.push_str(&target);
            }
            Ok(_) => return Err(IoErrorKind::NotPermitted.into()),
            // Another process has just created the file, or removed it.
            Err(error) if matches!(error.kind, IoErrorKind::Invalid | IoErrorKind::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Err(IoErrorKind::LinkLoop.into())
}

impl<R: Region> Memmap<R> {
    /// Maps a part of the file at `path`: `numpy.memmap(path, dtype, mode, offset, shape, order)`.
    ///
    /// # Errors
    ///
    /// See `filemap:data/array.memmap.open`. After an error nothing has changed, except as said
    /// there.
    pub fn open<D>(preopens: &Preopens<D>, path: &str, options: &OpenOptions) -> Result<Self>
    where
        D: Directory<File: MapFile<Region = R>>,
    {
        Self::open_planned(preopens, path, OpenPlan::new(options)?)
    }

    /// Creates a `.npy` file and maps its array:
    /// `numpy.lib.format.open_memmap(path, 'w+', dtype, shape, fortran_order, version)`.
    ///
    /// # Errors
    ///
    /// See `filemap:data/array.memmap.create-npy`. After an error nothing has changed.
    pub fn create_npy<D>(preopens: &Preopens<D>, path: &str, options: &NpyOptions) -> Result<Self>
    where
        D: Directory<File: MapFile<Region = R>>,
    {
        Self::open_planned(preopens, path, OpenPlan::new_npy(options)?)
    }

    /// Does the work of [`open`](Self::open) and [`create_npy`](Self::create_npy) for a provider
    /// that reserves memory for the planned array before.
    ///
    /// # Errors
    ///
    /// Those of these functions.
    pub fn open_planned<D>(preopens: &Preopens<D>, path: &str, plan: OpenPlan) -> Result<Self>
    where
        D: Directory<File: MapFile<Region = R>>,
    {
        let mode = plan.mode;
        let (directory, rest) = preopens.resolve(path)?;
        directory.checkpoint().map_err(|error| Error::io("open", path, &error))?;
        let (file, created) = open_or_create(directory, &rest, mode)
            .map_err(|error| Error::io("open", path, &error))?;
        let mapped = Self::map(&file, plan, Some(String::from(path)), mode == Mode::Write);
        // Close the file before it may be removed: network file systems keep the removed files that
        // are open, under other names.
        drop(file);
        mapped.inspect_err(|_| {
            // Do not leave behind a file whose array could not be mapped.
            if let Some(created) = created {
                _ = directory.remove_file(&created);
            }
        })
    }

    /// Maps a part of an open file: `numpy.memmap` of a file-like object.
    ///
    /// # Errors
    ///
    /// See `filemap:data/array.memmap.open-file`. After an error nothing has changed.
    pub fn open_file(file: &impl MapFile<Region = R>, options: &OpenOptions) -> Result<Self> {
        Self::open_file_planned(file, OpenPlan::new(options)?)
    }

    /// Does the work of [`open_file`](Self::open_file), like [`open_planned`](Self::open_planned).
    ///
    /// # Errors
    ///
    /// Those of [`open_file`](Self::open_file).
    pub fn open_file_planned(file: &impl MapFile<Region = R>, plan: OpenPlan) -> Result<Self> {
        file.checkpoint().map_err(|error| Error::io("open", DESCRIPTOR_NAME, &error))?;
        let access =
            file.access().map_err(|error| Error::io("examine", DESCRIPTOR_NAME, &error))?;
        let missing = match (access.read, access.write) {
            (false, _) => "reading",
            (true, false) if plan.mode.changes_file() => "writing",
            _ => return Self::map(file, plan, None, false),
        };
        Err(Error::AccessDenied(message!(
            "{DESCRIPTOR_NAME} was not opened for {missing}: open it for {missing}, or use another \
             mode"
        )))
    }

    /// Maps the array in a `.npy` file:
    /// `numpy.load(path, mmap_mode=mode, max_header_size=max_header)`.
    ///
    /// # Errors
    ///
    /// See `filemap:data/array.memmap.open-npy`. After an error nothing has changed.
    pub fn open_npy<D>(
        preopens: &Preopens<D>,
        path: &str,
        mode: Mode,
        max_header: Option<u64>,
    ) -> Result<Self>
    where
        D: Directory<File: MapFile<Region = R>>,
    {
        if mode == Mode::Write {
            return Err(Error::InvalidArgument(
                "mode `write` creates a new file, but `open-npy` opens an existing one: use \
                 `read-write`"
                    .into(),
            ));
        }
        let (directory, rest) = preopens.resolve(path)?;
        directory.checkpoint().map_err(|error| Error::io("open", path, &error))?;
        let (file, _) = open_or_create(directory, &rest, mode)
            .map_err(|error| Error::io("open", path, &error))?;
        let header = Header::read(&file, path, max_header)?;
        let Header { layout, offset, order, .. } = &header;
        let (dtype, offset, order) = (layout.dtype.clone(), *offset, *order);
        let layout_and_end = Some((layout.clone(), offset + layout.nbytes()));
        let plan = OpenPlan { dtype, mode, offset, order, layout_and_end, header: Some(header) };
        Self::map(&file, plan, Some(String::from(path)), false)
    }

    /// Maps a whole file as `uint8`, for a value of a store. Accepts an empty file, and does not
    /// change the length.
    pub(crate) fn open_value(
        file: &impl MapFile<Region = R>,
        mode: Mode,
        filename: Option<String>,
    ) -> Result<Self> {
        let name = filename.as_deref().unwrap_or(DESCRIPTOR_NAME);
        let size = file.size().map_err(|error| Error::io("measure", name, &error))?;
        let layout = Layout::new_flattened(Dtype::UINT8, &[size], Order::C)?;
        let window = Window { offset: 0, length: size };
        let region =
            file.map(window, mode.sharing()).map_err(|error| Error::io("map", name, &error))?;
        let source = Source {
            filename,
            mode,
            offset: 0,
            full_layout: layout.clone(),
            order: Order::C,
            axes: 1,
            header: None,
        };
        Ok(Self { region, layout, source: Arc::new(source) })
    }

    /// Maps the planned part of a file. Extends the file if the mode says so, or truncates it first
    /// if `empty`.
    fn map(
        file: &impl MapFile<Region = R>,
        plan: OpenPlan,
        filename: Option<String>,
        empty: bool,
    ) -> Result<Self> {
        let name = filename.as_deref().unwrap_or(DESCRIPTOR_NAME);
        let size = file.size().map_err(|error| Error::io("measure", name, &error))?;
        let (layout, end) = plan.fit(size, name)?;
        let axes = layout.shape.len() - plan.element_axes();
        let OpenPlan { mode, offset, order, header, .. } = plan;
        // Like numpy, this reserves at least one byte for an array without elements.
        let wanted = if mode.changes_file() { end.max(1) } else { size };
        let sharing = mode.sharing();
        let window = Window { offset, length: layout.nbytes() };
        let prepare = || {
            let not_mapped = |error| Error::io("map", name, &error);
            if empty || wanted > size {
                let failed = |error| Error::io(&format!("extend to {wanted} bytes"), name, &error);
                // Both before the file changes.
                check_length(wanted).map_err(failed)?;
                file.check_map(window).map_err(not_mapped)?;
                extend(file, if empty { 0 } else { size }..wanted).map_err(failed)?;
            }
            let region = file.map(window, sharing).map_err(not_mapped)?;
            if empty && size > 0 {
                // Empties the file only after every step that can fail has succeeded, so that a
                // failed open leaves its content unchanged. It gets its length last, so that an
                // interruption while zeroes are written leaves the old one.
                let emptied = file.clear(size.min(wanted)).and_then(|()| file.set_size(wanted));
                emptied.map_err(|error| Error::io("empty", name, &error))?;
            }
            Ok(region)
        };
        let region = prepare().inspect_err(|_| {
            if wanted > size {
                undo_extension(file, size, wanted);
            }
        })?;
        if let Some(header) = header.as_ref().filter(|_| empty) {
            file.write_all(header.bytes(), 0)
                .map_err(|error| Error::io("write the header of", name, &error))?;
        }
        // As in numpy, a new `.npy` file is open in mode `r+` once it exists.
        let mode = if mode == Mode::Write && header.is_some() { Mode::ReadWrite } else { mode };
        let source =
            Source { filename, mode, offset, full_layout: layout.clone(), order, axes, header };
        Ok(Self { region, layout, source: Arc::new(source) })
    }
}
