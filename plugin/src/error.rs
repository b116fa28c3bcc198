//! Why a call failed.

use std::{fmt, io};

use crate::bindings::filemap::data::types::Error as Given;

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed: the case is for programs, the text for people.
///
/// The text says what was asked, what is the case, and what to do about it; it begins in lower case and ends without a
/// period. After an error nothing has been changed, except where the function says otherwise. A key that is not there
/// is no error, but `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A file or directory does not exist. Similar to `FileNotFoundError` in Python.
    NotFound(String),
    /// The plugin was not granted this, or what it writes to was opened for reading. Similar to `PermissionError` in Python.
    AccessDenied(String),
    /// The arguments make no sense, alone or together with the file they name. Similar to `ValueError` in Python.
    InvalidArgument(String),
    /// An index, or a range, lies outside of what is there. Similar to `IndexError` in Python.
    OutOfBounds(String),
    /// A file is shorter than when it was opened. In a native program over `mmap` this is the signal `SIGBUS`.
    Truncated(String),
    /// The disk, or the quota, is full.
    NoSpace(String),
    /// The call asks for more than a plugin may have, or than its memory holds. Smaller pieces succeed.
    LimitExceeded(String),
    /// The store or array was closed before.
    Closed(String),
    /// The content of a file is not what its format says.
    Corrupt(String),
    /// Sensible, but not something that this provider does.
    Unsupported(String),
    /// Anything else, for instance a failing disk.
    Other(String),
}

impl Error {
    /// The text for people.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::NotFound(text)
            | Self::AccessDenied(text)
            | Self::InvalidArgument(text)
            | Self::OutOfBounds(text)
            | Self::Truncated(text)
            | Self::NoSpace(text)
            | Self::LimitExceeded(text)
            | Self::Closed(text)
            | Self::Corrupt(text)
            | Self::Unsupported(text)
            | Self::Other(text) => text,
        }
    }

    /// The kind of a [`std::io::Error`] that comes nearest.
    fn kind(&self) -> io::ErrorKind {
        match self {
            Self::NotFound(_) => io::ErrorKind::NotFound,
            Self::AccessDenied(_) => io::ErrorKind::PermissionDenied,
            Self::InvalidArgument(_) | Self::OutOfBounds(_) => io::ErrorKind::InvalidInput,
            Self::Truncated(_) => io::ErrorKind::UnexpectedEof,
            Self::NoSpace(_) => io::ErrorKind::StorageFull,
            Self::LimitExceeded(_) => io::ErrorKind::QuotaExceeded,
            Self::Closed(_) => io::ErrorKind::NotConnected,
            Self::Corrupt(_) => io::ErrorKind::InvalidData,
            Self::Unsupported(_) => io::ErrorKind::Unsupported,
            Self::Other(_) => io::ErrorKind::Other,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl std::error::Error for Error {}

impl From<Given> for Error {
    fn from(error: Given) -> Self {
        match error {
            Given::NotFound(text) => Self::NotFound(text),
            Given::AccessDenied(text) => Self::AccessDenied(text),
            Given::InvalidArgument(text) => Self::InvalidArgument(text),
            Given::OutOfBounds(text) => Self::OutOfBounds(text),
            Given::Truncated(text) => Self::Truncated(text),
            Given::NoSpace(text) => Self::NoSpace(text),
            Given::LimitExceeded(text) => Self::LimitExceeded(text),
            Given::Closed(text) => Self::Closed(text),
            Given::Corrupt(text) => Self::Corrupt(text),
            Given::Unsupported(text) => Self::Unsupported(text),
            Given::Other(text) => Self::Other(text),
        }
    }
}

/// Keeps the error inside, and gives it the nearest kind.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error)
    }
}

/// Takes out the error that is inside; where there is none, the kind decides the case.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(error) => return error,
            Err(error) => error,
        };
        let text = error.to_string();
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound(text),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::AccessDenied(text),
            io::ErrorKind::InvalidInput | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
                Self::InvalidArgument(text)
            }
            io::ErrorKind::UnexpectedEof => Self::Truncated(text),
            io::ErrorKind::StorageFull => Self::NoSpace(text),
            io::ErrorKind::QuotaExceeded | io::ErrorKind::OutOfMemory => Self::LimitExceeded(text),
            io::ErrorKind::NotConnected => Self::Closed(text),
            io::ErrorKind::InvalidData => Self::Corrupt(text),
            io::ErrorKind::Unsupported => Self::Unsupported(text),
            _ => Self::Other(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: [fn(String) -> Error; 11] = [
        Error::NotFound,
        Error::AccessDenied,
        Error::InvalidArgument,
        Error::OutOfBounds,
        Error::Truncated,
        Error::NoSpace,
        Error::LimitExceeded,
        Error::Closed,
        Error::Corrupt,
        Error::Unsupported,
        Error::Other,
    ];

    #[test]
    fn an_error_goes_through_io_and_back() {
        for case in CASES {
            let error = case("the text".to_owned());
            let passed = io::Error::from(error.clone());
            assert_eq!((passed.kind(), passed.to_string().as_str()), (error.kind(), "the text"));
            assert_eq!(Error::from(passed), error);
        }
    }

    #[test]
    fn the_kind_of_an_io_error_decides_the_case() {
        for case in CASES {
            let kind = case(String::new()).kind();
            let error = Error::from(io::Error::new(kind, "the text"));
            assert_eq!((error.kind(), error.message()), (kind, "the text"));
        }
    }
}
