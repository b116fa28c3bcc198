//! What every error has to be, whatever the input was.

use filemap::error::{Error, printable};

/// The maximum length of a message in bytes. Paths are printed in full, everything else as an
/// excerpt; the longest message has two shapes of 64 axes.
const MAX_MESSAGE: usize = 8192;

/// Checks that an error can be shown to people: it has a text, which is not as long as the input
/// and does not control a terminal.
#[track_caller]
pub(crate) fn check(error: &Error) {
    let message = error.message();
    assert!(!message.is_empty(), "an error without a text: {error:?}");
    assert!(message.len() <= MAX_MESSAGE, "a message of {} bytes", message.len());
    assert_eq!(printable(message), message);
}

/// Returns the result of a call as an option, after a check of the error.
#[track_caller]
pub(crate) fn checked<T>(result: Result<T, Error>) -> Option<T> {
    result.inspect_err(check).ok()
}
