//! The error of the host functions: an error for the plugin, or a trap.
//!
//! The generated bindings name this type, so this file must not import the bindings; `errors`
//! converts it into the WIT's error.

use wasmtime::component::ResourceTableError;

/// Why a host function has failed. A plugin gets its own mistakes as errors. It is ended by a trap
/// for a handle that it does not own, which no bindings let it make.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum TrappableError {
    /// The error that the plugin gets.
    Plugin(filemap::error::Error),
    /// The trap that ends the plugin.
    Trap(wasmtime::Error),
}

pub(super) type Result<T> = std::result::Result<T, TrappableError>;

impl From<filemap::error::Error> for TrappableError {
    fn from(error: filemap::error::Error) -> Self {
        Self::Plugin(error)
    }
}

impl From<ResourceTableError> for TrappableError {
    fn from(error: ResourceTableError) -> Self {
        Self::Trap(error.into())
    }
}

impl From<wasmtime::Error> for TrappableError {
    fn from(error: wasmtime::Error) -> Self {
        Self::Trap(error)
    }
}
