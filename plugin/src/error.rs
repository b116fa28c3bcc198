//! Why a call failed.

use std::io::ErrorKind;
use std::{fmt, io};

use crate::bindings::filemap::data::errors::{Error as WitError, ErrorCode};

/// The result of the functions of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Defines [`Error`] by one row for each code of the interface: the case, the kind of the
/// [`std::io::Error`] that it becomes, and the kinds that become it.
macro_rules! errors {
    ($($(#[$documentation:meta])* $case:ident => $kind:ident, [$($from:ident)*];)*) => {
        /// Why a call failed. The case is the reason for programs, the text is the reason for
        /// people.
        ///
        /// The text says what was asked, what is the case, and what to do. It begins in lower case
        /// and ends without a period. After an error nothing has changed, except where the function
        /// says otherwise. A missing key is not an error, it is `None`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Error {
            $($(#[$documentation])* $case(String),)*
        }

        impl Error {
            /// The reason for people.
            #[must_use]
            pub fn message(&self) -> &str {
                match self {
                    $(Self::$case(message))|* => message,
                }
            }

            /// The nearest kind of a [`std::io::Error`].
            fn kind(&self) -> ErrorKind {
                match self {
                    $(Self::$case(_) => ErrorKind::$kind,)*
                }
            }

            /// The case for a kind of a [`std::io::Error`].
            fn from_kind(kind: ErrorKind, message: String) -> Self {
                match kind {
                    $($(ErrorKind::$from => Self::$case(message),)*)*
                    _ => Self::Other(message),
                }
            }
        }

        impl From<WitError> for Error {
            fn from(error: WitError) -> Self {
                match error.code {
                    $(ErrorCode::$case => Self::$case(error.message),)*
                }
            }
        }

        #[cfg(test)]
        const CASES: &[tests::Case] = &[$(Error::$case),*];
    };
}

errors! {
    /// The file or directory does not exist. Similar to `FileNotFoundError` in Python.
    NotFound => NotFound, [NotFound];
    /// The plugin has no permission, or the array or store was opened for reading only. Similar to
    /// `PermissionError` in Python.
    AccessDenied => PermissionDenied, [PermissionDenied ReadOnlyFilesystem];
    /// Another process or host holds the file or directory. A later call may succeed. Similar to
    /// `BlockingIOError` in Python.
    Busy => ResourceBusy, [ResourceBusy ExecutableFileBusy WouldBlock];
    /// An argument is invalid, alone or together with the file it names. Similar to `ValueError` in
    /// Python.
    InvalidArgument => InvalidInput, [
        InvalidInput IsADirectory NotADirectory AlreadyExists InvalidFilename FileTooLarge
    ];
    /// An index or a range of bytes lies outside the array. Similar to `IndexError` in Python.
    OutOfBounds => InvalidInput, [];
    /// The file is shorter than when it was opened. A native program over `mmap` gets the signal
    /// `SIGBUS`. Similar to `EOFError` in Python.
    Truncated => UnexpectedEof, [UnexpectedEof];
    /// The disk or a quota is full.
    NoSpace => StorageFull, [StorageFull QuotaExceeded];
    /// The call asks for more than the provider gives a plugin, or than the plugin's memory holds.
    /// A smaller request succeeds. Similar to `MemoryError` in Python.
    LimitExceeded => OutOfMemory, [OutOfMemory];
    /// The store or array was closed before. Similar to `ValueError` in Python (`I/O operation on
    /// closed file`).
    Closed => NotConnected, [];
    /// The content of the file is not what its format requires.
    Corrupt => InvalidData, [InvalidData];
    /// The request is valid, but this provider, host or file system cannot fulfil it. Similar to
    /// `NotImplementedError` in Python.
    Unsupported => Unsupported, [Unsupported];
    /// The storage cannot be reached now. A later call may succeed. Similar to `ConnectionError`
    /// and `TimeoutError` in Python.
    Unavailable => HostUnreachable, [
        HostUnreachable NetworkUnreachable NetworkDown NotConnected StaleNetworkFileHandle TimedOut
    ];
    /// The host ended the call before it was complete. Similar to `InterruptedError` in Python.
    ///
    /// As a [`std::io::Error`] it has the kind `Other`. The standard library calls again after the
    /// kind `Interrupted`, and the host would end every one of these calls: `read_to_end` and
    /// `write_all` would never return.
    Interrupted => Other, [Interrupted];
    /// Any other reason, for instance a failing disk. Similar to `OSError` in Python.
    Other => Other, [];
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl std::error::Error for Error {}

/// Keeps the error as the inner one, and gives it the nearest kind.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error)
    }
}

/// Returns the inner error. Without one, the kind decides the case.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(error) => error,
            Err(error) => Self::from_kind(error.kind(), error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) type Case = fn(String) -> Error;

    #[test]
    fn an_error_passes_through_io_and_comes_back() {
        for case in CASES {
            let error = case("the text".to_owned());
            let passed = io::Error::from(error.clone());
            assert_eq!((passed.kind(), passed.to_string().as_str()), (error.kind(), "the text"));
            assert_eq!(Error::from(passed), error);
        }
    }

    #[test]
    fn the_kind_of_an_io_error_decides_the_case() {
        let cases: [(ErrorKind, Case); 8] = [
            (ErrorKind::NotFound, Error::NotFound),
            (ErrorKind::ReadOnlyFilesystem, Error::AccessDenied),
            (ErrorKind::WouldBlock, Error::Busy),
            (ErrorKind::IsADirectory, Error::InvalidArgument),
            (ErrorKind::QuotaExceeded, Error::NoSpace),
            (ErrorKind::NotConnected, Error::Unavailable),
            (ErrorKind::Interrupted, Error::Interrupted),
            (ErrorKind::BrokenPipe, Error::Other),
        ];
        for (kind, case) in cases {
            let error = Error::from(io::Error::new(kind, "the text"));
            assert_eq!(error, case("the text".to_owned()), "{kind:?}");
        }
    }

    /// The standard library repeats a call that fails with the kind `Interrupted`.
    #[test]
    fn no_error_has_the_kind_that_is_called_again() {
        for case in CASES {
            assert_ne!(case(String::new()).kind(), ErrorKind::Interrupted);
        }
    }
}
