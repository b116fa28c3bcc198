//! The interface `errors`: the conversion of the host functions' errors.

use super::bindings::errors::Error as WitError;
use super::trappable_error::TrappableError;

/// The result of a host function as Wasmtime takes it: a tuple of the function's results.
pub(super) trait IntoWit {
    /// The tuple.
    type Wit;

    /// Converts the error for the plugin, or fails with the trap.
    fn into_wit(self) -> wasmtime::Result<Self::Wit>;
}

impl<T> IntoWit for Result<T, TrappableError> {
    type Wit = (Result<T, WitError>,);

    fn into_wit(self) -> wasmtime::Result<Self::Wit> {
        match self {
            Ok(value) => Ok((Ok(value),)),
            Err(TrappableError::Plugin(error)) => Ok((Err(error.into()),)),
            Err(TrappableError::Trap(trap)) => Err(trap),
        }
    }
}

impl IntoWit for wasmtime::Result<String> {
    type Wit = (String,);

    fn into_wit(self) -> wasmtime::Result<(String,)> {
        self.map(|text| (text,))
    }
}

impl IntoWit for wasmtime::Result<()> {
    type Wit = ();

    fn into_wit(self) -> Self {
        self
    }
}
