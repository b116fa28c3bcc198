//! The error of the host functions: one for the plugin, or a trap.

use wasmtime::component::ResourceTableError;

use crate::bindings::errors;

/// Why a host function failed. What the plugin did wrong it is told; a handle that it does not own,
/// which no binding lets it make, ends it.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum Error {
    /// What the plugin gets.
    Plugin(filemap::error::Error),
    /// What ends the plugin.
    Trap(wasmtime::Error),
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl From<filemap::error::Error> for Error {
    fn from(error: filemap::error::Error) -> Self {
        Self::Plugin(error)
    }
}

impl From<ResourceTableError> for Error {
    fn from(error: ResourceTableError) -> Self {
        Self::Trap(error.into())
    }
}

impl From<wasmtime::Error> for Error {
    fn from(error: wasmtime::Error) -> Self {
        Self::Trap(error)
    }
}

impl Error {
    /// The error as the WIT has it, or the trap.
    pub(crate) fn into_wit(self) -> wasmtime::Result<errors::Error> {
        match self {
            Self::Plugin(error) => Ok(error.into()),
            Self::Trap(trap) => Err(trap),
        }
    }
}
