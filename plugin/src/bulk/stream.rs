//! Streams of bytes, and their errors.

use crate::bindings::wasi::filesystem::types::{ErrorCode, filesystem_error_code};
use crate::bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::error::{Error, Result};
use crate::target::Target;

/// A stream that can be read.
pub(crate) trait Input {
    /// Reads the next bytes, at most `max`, and none at the end.
    fn read(&self, target: &mut Target<'_>, max: u64) -> Result<()>;
}

/// A stream that can be written to.
pub(crate) trait Output {
    /// Writes all of the data, and waits until the file has it.
    fn write(&self, data: &[u8]) -> Result<()>;
}

impl Input for InputStream {
    fn read(&self, target: &mut Target<'_>, max: u64) -> Result<()> {
        target.read_stream(self, max)
    }
}

impl Output for OutputStream {
    fn write(&self, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            let permit = usize::try_from(self.check_write().map_err(to_error)?);
            let (piece, rest) = data.split_at(permit.unwrap_or(usize::MAX).min(data.len()));
            data = rest;
            if piece.is_empty() {
                // The flush waits until the stream takes more.
                self.blocking_flush().map_err(to_error)?;
            } else {
                OutputStream::write(self, piece).map_err(to_error)?;
            }
        }
        self.blocking_flush().map_err(to_error)
    }
}

/// Converts the error of a stream. Only the stream of a file has a code, which is one of WASI.
pub(crate) fn to_error(error: StreamError) -> Error {
    let StreamError::LastOperationFailed(error) = error else {
        return Error::Closed("the stream was closed".to_owned());
    };
    let message = error.to_debug_string();
    match filesystem_error_code(&error) {
        Some(ErrorCode::InsufficientSpace | ErrorCode::Quota) => Error::NoSpace(message),
        Some(ErrorCode::Access | ErrorCode::NotPermitted | ErrorCode::ReadOnly) => {
            Error::AccessDenied(message)
        }
        Some(ErrorCode::Busy | ErrorCode::TextFileBusy | ErrorCode::WouldBlock) => {
            Error::Busy(message)
        }
        Some(ErrorCode::FileTooLarge | ErrorCode::Invalid) => Error::InvalidArgument(message),
        Some(ErrorCode::InsufficientMemory) => Error::LimitExceeded(message),
        Some(ErrorCode::BadDescriptor) => Error::Closed(message),
        Some(ErrorCode::Unsupported) => Error::Unsupported(message),
        Some(ErrorCode::Interrupted) => Error::Interrupted(message),
        _ => Error::Other(message),
    }
}
