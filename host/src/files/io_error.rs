//! Conversion of the operating system's errors to the engine's.

use std::io;

use filemap::fs::{IoError, IoErrorKind, IoResult};
use rustix::io::Errno;

/// Calls `action`, and repeats the call while a signal interrupts it.
pub(crate) fn retry<T>(mut action: impl FnMut() -> io::Result<T>) -> IoResult<T> {
    loop {
        match action() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result.map_err(io_error),
        }
    }
}

/// Converts an error of the operating system to the engine's.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is an argument of `map_err`, which passes by value"
)]
pub(crate) fn io_error(error: io::Error) -> IoError {
    let kind = match Errno::from_io_error(&error) {
        Some(Errno::NOENT) => IoErrorKind::NotFound,
        Some(Errno::EXIST) => IoErrorKind::AlreadyExists,
        Some(Errno::ACCESS | Errno::PERM | Errno::ROFS) => IoErrorKind::NotPermitted,
        Some(Errno::ISDIR) => IoErrorKind::IsDirectory,
        Some(Errno::NOTDIR) => IoErrorKind::NotDirectory,
        Some(Errno::NAMETOOLONG) => IoErrorKind::NameTooLong,
        Some(Errno::INVAL | Errno::ILSEQ) => IoErrorKind::Invalid,
        Some(Errno::LOOP) => IoErrorKind::LinkLoop,
        Some(Errno::FBIG) => IoErrorKind::FileTooLarge,
        Some(Errno::NOSPC | Errno::DQUOT) => IoErrorKind::NoSpace,
        Some(Errno::NOMEM) => IoErrorKind::NoMemory,
        Some(Errno::MFILE | Errno::NFILE) => IoErrorKind::TooManyHandles,
        Some(Errno::NXIO) => IoErrorKind::NotRegularFile,
        Some(Errno::NOTSUP | Errno::NOSYS) => IoErrorKind::Unsupported,
        Some(Errno::BUSY | Errno::TXTBSY | Errno::AGAIN) => IoErrorKind::Busy,
        Some(
            Errno::STALE
            | Errno::NOTCONN
            | Errno::TIMEDOUT
            | Errno::HOSTDOWN
            | Errno::HOSTUNREACH
            | Errno::NETDOWN
            | Errno::NETUNREACH
            | Errno::NODEV
            | Errno::NOLINK,
        ) => IoErrorKind::Unavailable,
        Some(Errno::INTR | Errno::CANCELED) => IoErrorKind::Interrupted,
        Some(_) => IoErrorKind::Other,
        // Errors that cap-std itself creates have no number, only a kind.
        None => match error.kind() {
            io::ErrorKind::NotFound => IoErrorKind::NotFound,
            io::ErrorKind::PermissionDenied => IoErrorKind::NotPermitted,
            io::ErrorKind::AlreadyExists => IoErrorKind::AlreadyExists,
            io::ErrorKind::InvalidInput => IoErrorKind::Invalid,
            _ => IoErrorKind::Other,
        },
    };
    let detail = if kind == IoErrorKind::Other { error.to_string() } else { String::new() };
    IoError { kind, detail }
}

#[cfg(test)]
mod tests;
