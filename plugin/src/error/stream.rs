//! The errors of streams.

use super::Error;
use crate::bindings::wasi::filesystem::types::{ErrorCode, filesystem_error_code};
use crate::bindings::wasi::io::streams::StreamError;

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
