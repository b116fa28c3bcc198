//! The one error of the engine, which is the `error` of the WIT.

use alloc::string::String;
use core::fmt;

/// What the engine's functions return.
pub type Result<T> = core::result::Result<T, Error>;

/// Defines [`Error`] and [`ErrorCode`], which have the same cases.
macro_rules! errors {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// Why a call failed: the case is for programs, the text for people.
        ///
        /// The cases are those of `filemap:data/errors.error-code`, where each is described. The
        /// text says what was asked, what is the case, and what to do; it begins in lower case and
        /// ends without a period, so that it can follow `failed to ...: `.
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
            /// The case.
            #[must_use]
            pub const fn code(&self) -> ErrorCode {
                match self {
                    $(Self::$name(_) => ErrorCode::$name,)+
                }
            }

            /// The text for people.
            #[must_use]
            pub fn message(&self) -> &str {
                let ($(Self::$name(text))|+) = self;
                text
            }

            /// The text for people, owned.
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
    /// An argument is invalid, alone or together with the file that it names.
    InvalidArgument,
    /// An index or a range of bytes lies outside the array.
    OutOfBounds,
    /// The file is shorter than when it was opened.
    Truncated,
    /// The disk or a quota is full.
    NoSpace,
    /// The call asks for more than the provider gives a plugin.
    LimitExceeded,
    /// The store, array, stream or writer was closed before.
    Closed,
    /// The content of the file is not what its format requires.
    Corrupt,
    /// The request is valid, but this provider, host or file system cannot fulfil it.
    Unsupported,
    /// The storage cannot be reached now.
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
