//! The error type of the engine: the `error` record of the WIT.

mod cases;

pub use cases::Error;
use cases::for_each_error_case;

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
