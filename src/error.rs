//! The error type of the engine: the `error` record of the WIT.

use alloc::string::String;
use core::fmt;

/// The result of the engine's fallible functions.
pub type Result<T> = core::result::Result<T, Error>;

/// Defines [`Error`] and [`ErrorCode`] from one list of cases.
macro_rules! errors {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// The reason why a call failed: a case for programs, and a message for people.
        ///
        /// The cases are those of `filemap:data/errors.error-code`, which describes each. A message
        /// says what was asked, what is the case, and what to do. It begins in lower case and ends
        /// without a period, so that it can follow `failed to ...: `.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Error {
            $($(#[doc = $doc])+ $name(String),)+
        }

        /// The case of an [`Error`]: `filemap:data/errors.error-code`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Error {
            /// Returns the case.
            #[must_use]
            pub const fn code(&self) -> ErrorCode {
                match self {
                    $(Self::$name(_) => ErrorCode::$name,)+
                }
            }

            /// Returns the message.
            #[must_use]
            pub fn message(&self) -> &str {
                let ($(Self::$name(text))|+) = self;
                text
            }

            /// Returns the message as an owned string.
            #[must_use]
            pub fn into_message(self) -> String {
                let ($(Self::$name(text))|+) = self;
                text
            }
        }
    };
}

errors! {
    /// The file or directory does not exist.
    NotFound,
    /// The plugin has no permission.
    AccessDenied,
    /// Another process or host holds the file or directory.
    Busy,
    /// An argument is invalid, by itself or for the given file.
    InvalidArgument,
    /// An index or a range of bytes lies outside the array.
    OutOfBounds,
    /// The file is shorter than when it was opened.
    Truncated,
    /// The disk or a quota is full.
    NoSpace,
    /// The call exceeds a limit of the provider.
    LimitExceeded,
    /// The store, array, stream or writer is closed.
    Closed,
    /// The content of the file does not follow its format.
    Corrupt,
    /// The request is valid, but this provider, host or file system does not support it.
    Unsupported,
    /// The storage is unreachable at present.
    Unavailable,
    /// The host ended the call before it was complete.
    Interrupted,
    /// Any other reason.
    Other,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl core::error::Error for Error {}
