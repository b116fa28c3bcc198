//! The provider under which the plugin runs.

use crate::bindings::{Error, ErrorCode};

/// Whether it is the portable component: the second argument of the program says so.
pub(crate) fn is_portable() -> bool {
    match std::env::args().nth(2).as_deref() {
        Some("portable") => true,
        Some("native") => false,
        other => panic!("the second argument names no provider: {other:?}"),
    }
}

/// Checks that a file was refused because of the disk: it has no space for it, or its file system
/// has no files of this length.
#[track_caller]
pub(crate) fn refused_by_the_disk(error: &Error) {
    let words = match error.code {
        ErrorCode::NoSpace => "the disk or the quota is full",
        ErrorCode::InvalidArgument => "the file would be larger than the file system",
        _ => panic!("{error:?}"),
    };
    assert!(error.message.contains(words), "{error:?}");
}
