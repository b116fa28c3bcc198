//! The one error of the engine, which is the `error` of the WIT.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use crate::fs::{IoError, IoErrorKind};

/// What the engine's functions return.
pub type Result<T> = core::result::Result<T, Error>;

/// Why a call failed: the case is for programs, the text for people.
///
/// The cases are those of `filemap:data/types.error`, where each is described. The text says what was
/// asked, what is the case, and what to do about it; it begins in lower case and ends without a period,
/// so that it can stand behind `failed to ...: `.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A file or directory does not exist.
    NotFound(String),
    /// The plugin was not granted this.
    AccessDenied(String),
    /// The arguments make no sense, alone or together with the file they name.
    InvalidArgument(String),
    /// An index, or a range of bytes, lies outside of what is there.
    OutOfBounds(String),
    /// A file is shorter than when it was opened.
    Truncated(String),
    /// The disk, or the quota, is full.
    NoSpace(String),
    /// The call asks for more than a plugin may have.
    LimitExceeded(String),
    /// The store or array was closed before.
    Closed(String),
    /// The content of a file is not what its format says.
    Corrupt(String),
    /// Sensible, but not something that this provider or this version does.
    Unsupported(String),
    /// Anything else.
    Other(String),
}

impl Error {
    /// The error for an operation on a file or directory that the provider's file system refused:
    /// `action` is what was tried, as in "cannot `action` `path`".
    #[must_use]
    pub fn io(action: &str, path: &str, error: &IoError) -> Self {
        let text = format!("cannot {action} `{path}`: {error}");
        match error.kind {
            IoErrorKind::NotFound => Self::NotFound(text),
            IoErrorKind::NotPermitted | IoErrorKind::Held => Self::AccessDenied(text),
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
            IoErrorKind::NoMemory | IoErrorKind::TooManyHandles | IoErrorKind::OverLimit => Self::LimitExceeded(text),
            IoErrorKind::Unsupported => Self::Unsupported(text),
            IoErrorKind::Other => Self::Other(text),
        }
    }

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
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl core::error::Error for Error {}

/// A text of the plugin's as messages show it: short, and without characters that a terminal obeys.
pub(crate) fn printed(text: &str) -> String {
    const MOST: usize = 40;
    let mut short = String::new();
    for (number, character) in text.chars().enumerate() {
        if number == MOST {
            short.push_str("...");
            break;
        }
        if character.is_control() { short.extend(character.escape_unicode()) } else { short.push(character) }
    }
    short
}

/// The same for what prints itself, such as a dtype.
pub(crate) fn brief(value: &dyn fmt::Display) -> String {
    printed(&value.to_string())
}
