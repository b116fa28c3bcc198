//! The error type of the engine: the `error` record of the WIT.

mod cases;

use alloc::fmt;
use alloc::string::String;

pub use cases::Error;
use cases::for_each_error_case;

pub use crate::display::printable;

/// Formats the message of an error, like `format!`, and makes it [`printable`]. The engine and both
/// providers use it for every message that quotes a plugin, a file or a server.
#[macro_export]
macro_rules! message {
    ($($part:tt)*) => {
        $crate::error::message(format_args!($($part)*))
    };
}

/// The function behind [`message!`].
#[doc(hidden)]
#[must_use]
#[cold]
pub fn message(parts: fmt::Arguments<'_>) -> String {
    printable(&fmt::format(parts))
}

/// The result of the engine's fallible functions.
pub type Result<T> = core::result::Result<T, Error>;

macro_rules! define_error_code {
    ($($(#[$documentation:meta])+ $case:ident,)+) => {
        /// The case of an [`Error`]: `filemap:data/errors.error-code`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode {
            $($(#[$documentation])+ $case,)+
        }

        impl Error {
            /// Returns the case.
            #[must_use]
            pub const fn code(&self) -> ErrorCode {
                match self {
                    $(Self::$case(_) => ErrorCode::$case,)+
                }
            }
        }
    };
}

for_each_error_case!(define_error_code);
