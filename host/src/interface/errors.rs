//! The interface `errors`: the conversion of the host functions' errors.

use super::bindings::errors as wit;
use super::trappable_error::TrappableError;
use crate::CtxView;

impl wit::Host for CtxView<'_> {
    fn convert_error(&mut self, error: TrappableError) -> wasmtime::Result<wit::Error> {
        into_wit(error)
    }
}

/// Returns the error for the plugin, or fails with the trap.
pub(super) fn into_wit(error: TrappableError) -> wasmtime::Result<wit::Error> {
    match error {
        TrappableError::Plugin(error) => Ok(error.into()),
        TrappableError::Trap(trap) => Err(trap),
    }
}
