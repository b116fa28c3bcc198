//! The file `moving.bin`, which the test truncates and extends while misdeeds use it.

use crate::bindings::{Error, ErrorCode};

/// The byte that the misdeeds write into the file.
pub(crate) const FILLED: u8 = 0x55;

/// Returns the value of a call, or `None` if the call reports that pages of the file are missing.
pub(crate) fn unless_truncated<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        // If the file has grown again since a page was missing, a full disk looks the same.
        Err(Error { code: ErrorCode::Truncated | ErrorCode::NoSpace, .. }) => None,
        Err(error) => panic!("{error:?}"),
    }
}
