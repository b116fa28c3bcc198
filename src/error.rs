//! The one error of the engine, which is the `error` of the WIT.

mod cases;

pub use cases::Error;
use cases::for_each_error_case;

/// What the engine's functions return.
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
