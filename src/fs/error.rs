//! Errors of a provider's file system, and their conversion to errors of the engine.

use alloc::string::String;
use core::fmt;

use crate::error::Error;
use crate::message;

/// The result of the functions of files, directories and regions.
pub type IoResult<T> = Result<T, IoError>;

/// An error of a file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IoError {
    /// The reason.
    pub kind: IoErrorKind,
    /// The file system's own message if `kind` does not say enough; otherwise empty.
    pub detail: String,
}

/// The reasons that the engine distinguishes, because it handles them or words them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoErrorKind {
    /// The name does not exist.
    NotFound,
    /// The name to create exists already.
    AlreadyExists,
    /// The grant or the operating system denies access, or the path leaves its directory.
    NotPermitted,
    /// The name is a directory and not a file.
    IsDirectory,
    /// The name is a file and not a directory.
    NotDirectory,
    /// The name is neither a file nor a directory, for instance a pipe or a device.
    NotRegularFile,
    /// A name in the path is longer than the file system allows.
    NameTooLong,
    /// The file system rejects the argument, for instance a path with a NUL or an impossible size.
    Invalid,
    /// The path leads through too many symbolic links.
    LinkLoop,
    /// The file would be larger than the file system or a limit of the host allows.
    FileTooLarge,
    /// The file ends before the requested bytes, although it once contained them.
    Truncated,
    /// The mapping is closed.
    Closed,
    /// The disk or the quota is full.
    NoSpace,
    /// There is not enough memory or address space.
    NoMemory,
    /// Too many files are open.
    TooManyHandles,
    /// Another process has the directory open for writing.
    Locked,
    /// Another program is using the file at present.
    Busy,
    /// The request exceeds a limit of the provider; the detail says which.
    OverLimit,
    /// The file system does not support the operation.
    Unsupported,
    /// The storage is unreachable at present, for instance because the network is down.
    Unavailable,
    /// The host or the operating system ended the call.
    Interrupted,
    /// Any other reason; the detail says which.
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
            IoErrorKind::FileTooLarge => {
                "the file would be larger than the file system or a limit of the host allows"
            }
            IoErrorKind::Truncated => {
                "the file has been truncated since it was opened; open it again"
            }
            IoErrorKind::Closed => "it was closed; open it again",
            IoErrorKind::NoSpace => "the disk or the quota is full",
            IoErrorKind::NoMemory => "there is not enough memory",
            IoErrorKind::TooManyHandles => "too many files are open; close some",
            IoErrorKind::Locked => {
                "another process has it open for writing; wait until it is closed there, or open \
                 it `read-only`"
            }
            IoErrorKind::Busy => "another program is using it; try again later",
            IoErrorKind::OverLimit => "it is more than this host allows a plugin",
            IoErrorKind::Unsupported => "the file system cannot do this",
            IoErrorKind::Unavailable => "the storage cannot be reached now; try again later",
            IoErrorKind::Interrupted => {
                "the host ended the call before it was complete; try again later, or end soon"
            }
            IoErrorKind::Other => "the file system answered with an error",
        };
        formatter.write_str(reason)?;
        if self.detail.is_empty() { Ok(()) } else { write!(formatter, " ({})", self.detail) }
    }
}

impl Error {
    /// Returns the error for an operation that the file system refused. The message reads "cannot
    /// `action` `path`", followed by the reason.
    #[must_use]
    pub fn io(action: &str, path: &str, error: &IoError) -> Self {
        let text = message!("cannot {action} `{path}`: {error}");
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
