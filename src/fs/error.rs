//! Errors of a provider's file system, and the error of the engine that each becomes.

use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::error::Error;

/// What the functions of a provider's files and directories return.
pub type IoResult<T> = Result<T, IoError>;

/// Why a file system refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IoError {
    /// The reason, as far as the engine tells reasons apart.
    pub kind: IoErrorKind,
    /// What the file system said, where `kind` alone does not tell; otherwise empty.
    pub detail: String,
}

/// The reasons that the engine tells apart, because it reacts to them or words them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoErrorKind {
    /// Nothing has that name.
    NotFound,
    /// It was to be created, and is there.
    AlreadyExists,
    /// The grant, or the operating system, does not allow it; also a path that leaves its
    /// directory.
    NotPermitted,
    /// A directory stands where a file was asked for.
    IsDirectory,
    /// A file stands where a directory was asked for.
    NotDirectory,
    /// Neither file nor directory, for instance a pipe or a device.
    NotRegularFile,
    /// A name in the path is longer than the file system allows.
    NameTooLong,
    /// The file system does not accept it: a path with a NUL, for instance, or a size that no file
    /// has.
    Invalid,
    /// The path leads through too many symbolic links.
    LinkLoop,
    /// The file would be larger than the file system allows.
    FileTooLarge,
    /// The file ends before the bytes that were asked for, although it once reached there.
    Truncated,
    /// The mapping was closed.
    Closed,
    /// The disk or the quota is full.
    NoSpace,
    /// There is not enough memory, or address space.
    NoMemory,
    /// Too many files are open.
    TooManyHandles,
    /// Another process has the directory open for writing.
    Locked,
    /// Another program uses it at the moment.
    Busy,
    /// It is more than the provider gives a plugin; the detail says of what.
    OverLimit,
    /// The file system cannot do this.
    Unsupported,
    /// The storage cannot be reached now, for instance because a network has no connection.
    Unavailable,
    /// The host or the operating system ended the call.
    Interrupted,
    /// Anything else; the detail says what.
    Other,
}

impl From<IoErrorKind> for IoError {
    fn from(kind: IoErrorKind) -> Self {
        Self { kind, detail: String::new() }
    }
}

impl fmt::Display for IoError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.kind {
            IoErrorKind::NotFound => "there is no such file or directory",
            IoErrorKind::AlreadyExists => "it exists already",
            IoErrorKind::NotPermitted => {
                "it is not permitted (a grant for reading only, a path that leaves the granted \
                 directory, or the permissions of the file itself)"
            }
            IoErrorKind::IsDirectory => "it is a directory, not a file",
            IoErrorKind::NotDirectory => "it is a file, not a directory",
            IoErrorKind::NotRegularFile => "it is neither a regular file nor a directory",
            IoErrorKind::NameTooLong => "a name in it is longer than the file system allows",
            IoErrorKind::Invalid => "the file system does not accept it",
            IoErrorKind::LinkLoop => "it leads through too many symbolic links",
            IoErrorKind::FileTooLarge => "the file would be larger than the file system allows",
            IoErrorKind::Truncated => {
                "the file has been truncated since it was opened; open it again"
            }
            IoErrorKind::Closed => "it was closed; open it again",
            IoErrorKind::NoSpace => "the disk or the quota is full",
            IoErrorKind::NoMemory => "there is not enough memory",
            IoErrorKind::TooManyHandles => "too many files are open; close some",
            IoErrorKind::Locked => {
                "another process writes to it; wait until that has ended, or open it `read-only`"
            }
            IoErrorKind::Busy => "another program uses it; try again later",
            IoErrorKind::OverLimit => "it is more than this host allows a plugin",
            IoErrorKind::Unsupported => "the file system cannot do this",
            IoErrorKind::Unavailable => "the storage cannot be reached now; try again later",
            IoErrorKind::Interrupted => "the call was ended before it was complete",
            IoErrorKind::Other => "the file system answered with an error",
        };
        formatter.write_str(reason)?;
        if self.detail.is_empty() { Ok(()) } else { write!(formatter, " ({})", self.detail) }
    }
}

impl Error {
    /// The error for an operation on a file or directory that the provider's file system refused:
    /// `action` is what was tried, as in "cannot `action` `path`".
    #[must_use]
    pub fn io(action: &str, path: &str, error: &IoError) -> Self {
        let text = format!("cannot {action} `{path}`: {error}");
        match error.kind {
            IoErrorKind::NotFound => Self::NotFound(text),
            IoErrorKind::NotPermitted => Self::AccessDenied(text),
            IoErrorKind::Locked | IoErrorKind::Busy => Self::Busy(text),
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
