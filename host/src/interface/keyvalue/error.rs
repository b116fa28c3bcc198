//! The error of the host functions of `wasi:keyvalue`.
//!
//! The generated bindings name this type, so this file must not import the bindings.

use filemap::keyvalue::Error;

use crate::interface::trappable_error::TrappableError;

/// Why a host function has failed, like [`TrappableError`].
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum KeyvalueError {
    /// The error that the plugin gets.
    Plugin(Error),
    /// The trap that ends the plugin.
    Trap(wasmtime::Error),
}

pub(super) type Result<T> = std::result::Result<T, KeyvalueError>;

impl From<Error> for KeyvalueError {
    fn from(error: Error) -> Self {
        Self::Plugin(error)
    }
}

impl From<TrappableError> for KeyvalueError {
    fn from(error: TrappableError) -> Self {
        match error {
            TrappableError::Plugin(error) => Self::Plugin(error.into()),
            TrappableError::Trap(trap) => Self::Trap(trap),
        }
    }
}
