//! The files and mappings of the native provider, without a plugin: for the fuzz target
//! `native_truncation` of the repository, with the feature `fuzzing`. Not for embedders.

use std::fs::File;
use std::path::Path;

use filemap::fs::{Directory, IoResult};
use filemap::region::MapFile;
use wasmtime_wasi::filesystem::{self as wasi, FsPerms, OpenMode};

use crate::Ctx;
use crate::files::{NativeDirectory, io_error};

/// Opens a folder as a plugin with this context would have it, for reading and writing.
///
/// # Errors
///
/// Those of the file system.
pub fn directory(
    folder: &Path,
    context: &Ctx,
) -> IoResult<impl Directory<File: MapFile> + Clone + use<>> {
    let folder = File::open(folder).map_err(io_error)?;
    let mode = OpenMode::READ | OpenMode::WRITE;
    let descriptor = wasi::Dir::new(folder, FsPerms::ReadWrite, mode, false);
    NativeDirectory::from_descriptor(&descriptor, &context.budgets)
}
