//! The one error of the engine, which is the `error` of the WIT.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use crate::fs::{IoError, IoErrorKind};

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

impl Error {
    /// The error for an operation on a file or directory that the provider's file system refused:
    /// `action` is what was tried, as in "cannot `action` `path`".
    #[must_use]
    pub fn io(action: &str, path: &str, error: &IoError) -> Self {
        let text = format!("cannot {action} `{path}`: {error}");
        match error.kind {
            IoErrorKind::NotFound => Self::NotFound(text),
            IoErrorKind::NotPermitted => Self::AccessDenied(text),
            IoErrorKind::Held | IoErrorKind::Busy => Self::Busy(text),
            IoErrorKind::AlreadyExists
            | IoErrorKind::IsDirectory
            | IoErrorKind::NotDirectory
            | IoErrorKind::NotRegularFile
            | IoErrorKind::NameTooLong
            | IoErrorKind::FileTooLarge
            | IoErrorKind::LinkLoop
            | IoErrorKind::Invalid => Self::InvalidArgument(text),
            IoErrorKind::Truncated => Self::Truncated(text),
            IoErrorKind::Closed => Self::Closed(text),
            IoErrorKind::NoSpace => Self::NoSpace(text),
            IoErrorKind::NoMemory | IoErrorKind::TooManyHandles | IoErrorKind::OverLimit => {
                Self::LimitExceeded(text)
            }
            IoErrorKind::Unsupported => Self::Unsupported(text),
            IoErrorKind::Unavailable => Self::Unavailable(text),
            IoErrorKind::Interrupted => Self::Interrupted(text),
            IoErrorKind::Other => Self::Other(text),
        }
    }
}

/// A text of the plugin's as messages show it: short, and without characters that a terminal obeys.
pub(crate) fn printed(text: &str) -> String {
    const MOST: usize = 40;
    let mut short = String::new();
    for (number, character) in text.chars().enumerate() {
        if number == MOST {
            short.push_str("...");
            break;
        }
        if character.is_control() {
            short.extend(character.escape_unicode())
        } else {
            short.push(character)
        }
    }
    short
}

/// The same for what prints itself, such as a dtype.
pub(crate) fn brief(value: &dyn fmt::Display) -> String {
    printed(&value.to_string())
}
