//! Errors that a host or a file system reports as another error.

use alloc::string::String;

use super::{Directory, IoError, IoErrorKind, IoResult};
use crate::limits::MAX_FILE_NAME;

/// Explains why the name `path` could not be changed.
///
/// Some hosts report a file system that is mounted read-only (`EROFS`) as an error that they have
/// no word for, like Wasmtime. The removal of a name that is longer than any name can be tells: a
/// read-only file system rejects it before it looks at the name. A disk that fails also rejects the
/// question whether the name exists.
pub(crate) fn explain_change(directory: &impl Directory, path: &str, error: IoError) -> IoError {
    if error.kind != IoErrorKind::Other {
        return error;
    }
    let mut name = String::from(&path[..path.rfind('/').map_or(0, |slash| slash + 1)]);
    name.push_str(&"x".repeat(MAX_FILE_NAME + 1));
    let is_unknown = |error: IoError| error.kind == IoErrorKind::Other;
    if directory.remove_file(&name).is_err_and(is_unknown)
        && !directory.has_file(&name).is_err_and(is_unknown)
    {
        return IoErrorKind::NotPermitted.into();
    }
    error
}

/// Explains why a file or a directory could not be synced. A file system without this operation
/// reports an invalid argument. `instead` says what to do.
pub(crate) fn explain_sync(result: IoResult<()>, instead: &str) -> IoResult<()> {
    result.map_err(|mut error| {
        if matches!(error.kind, IoErrorKind::Invalid | IoErrorKind::Unsupported) {
            error.kind = IoErrorKind::Unsupported;
            error.detail.push_str(instead);
        }
        error
    })
}
