//! Why a call failed.

mod cases;
mod stream;

use std::io::{self, ErrorKind};

use crate::bindings::filemap::data::errors::{Error as WitError, ErrorCode};

pub use cases::Error;
use cases::for_each_error_case;
pub(crate) use stream::to_error;

/// The result of the functions of this crate.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! define_conversion {
    ($($(#[$documentation:meta])+ $case:ident,)+) => {
        impl From<WitError> for Error {
            fn from(error: WitError) -> Self {
                match error.code {
                    $(ErrorCode::$case => Self::$case(error.message),)+
                }
            }
        }

        #[cfg(test)]
        const CASES: &[tests::Case] = &[$(Error::$case),+];
    };
}

for_each_error_case!(define_conversion);

impl Error {
    /// The nearest kind of a [`std::io::Error`].
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::AccessDenied(_) => ErrorKind::PermissionDenied,
            Self::Busy(_) => ErrorKind::ResourceBusy,
            Self::InvalidArgument(_) | Self::OutOfBounds(_) => ErrorKind::InvalidInput,
            Self::Truncated(_) => ErrorKind::UnexpectedEof,
            Self::NoSpace(_) => ErrorKind::StorageFull,
            Self::LimitExceeded(_) => ErrorKind::OutOfMemory,
            Self::Closed(_) => ErrorKind::NotConnected,
            Self::Corrupt(_) => ErrorKind::InvalidData,
            Self::Unsupported(_) => ErrorKind::Unsupported,
            Self::Unavailable(_) => ErrorKind::HostUnreachable,
            // Not `Interrupted`: the standard library repeats a call that fails with that kind, and
            // the host would end every one of these calls. `read_to_end` and `write_all` would
            // never return.
            Self::Interrupted(_) | Self::Other(_) => ErrorKind::Other,
        }
    }

    /// The case for a kind of a [`std::io::Error`].
    fn from_kind(kind: ErrorKind, message: String) -> Self {
        let case = match kind {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::AccessDenied,
            ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy | ErrorKind::WouldBlock => {
                Self::Busy
            }
            ErrorKind::InvalidInput
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory
            | ErrorKind::AlreadyExists
            | ErrorKind::InvalidFilename
            | ErrorKind::FileTooLarge => Self::InvalidArgument,
            ErrorKind::UnexpectedEof => Self::Truncated,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoSpace,
            ErrorKind::OutOfMemory => Self::LimitExceeded,
            ErrorKind::InvalidData => Self::Corrupt,
            ErrorKind::Unsupported => Self::Unsupported,
            ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::NotConnected
            | ErrorKind::StaleNetworkFileHandle
            | ErrorKind::TimedOut => Self::Unavailable,
            ErrorKind::Interrupted => Self::Interrupted,
            _ => Self::Other,
        };
        case(message)
    }
}

/// Keeps the error as the inner error, with the nearest kind.
///
/// [`Error::Interrupted`] has the kind `Other`: the standard library repeats a call that fails with
/// the kind `Interrupted`, and the host would end every repetition too.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error)
    }
}

/// Returns the inner error if it is an [`Error`](enum@Error). Otherwise the kind decides the case.
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
    fn an_error_survives_the_conversion_to_io_and_back() {
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
    fn no_error_has_the_kind_interrupted() {
        for case in CASES {
            assert_ne!(case(String::new()).kind(), ErrorKind::Interrupted);
        }
    }
}
