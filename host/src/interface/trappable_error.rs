//! The error of the host functions: an error for the plugin, or a trap.
//!
//! The generated bindings name this type, so this file must not import the bindings; `errors`
//! converts it into the WIT's error.

use filemap::error::Error;
use wasmtime::component::ResourceTableError;

/// Why a host function has failed. A plugin gets its own mistakes as errors, and `limit-exceeded`
/// if the host's table has no room for another resource. It is ended by a trap for a handle that it
/// does not own, which no bindings let it make.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum TrappableError {
    /// The error that the plugin gets.
    Plugin(Error),
    /// The trap that ends the plugin.
    Trap(wasmtime::Error),
}

pub(super) type Result<T> = std::result::Result<T, TrappableError>;

impl From<Error> for TrappableError {
    fn from(error: Error) -> Self {
        Self::Plugin(error)
    }
}

impl From<ResourceTableError> for TrappableError {
    fn from(error: ResourceTableError) -> Self {
        match error {
            ResourceTableError::Full => Self::Plugin(Error::LimitExceeded(
                "the limit of the host on all resources of the plugin (`set_max_capacity` of its \
                 `ResourceTable`) is reached: drop some first"
                    .into(),
            )),
            _ => Self::Trap(error.into()),
        }
    }
}

impl From<wasmtime::Error> for TrappableError {
    fn from(error: wasmtime::Error) -> Self {
        Self::Trap(error)
    }
}
