//! The interface `mapping`, which a component cannot provide: it cannot access the memory of
//! another component.

use alloc::vec::Vec;

use super::Provider;
use super::bindings::exports::filemap::data::array::MemmapBorrow;
use super::bindings::exports::filemap::data::errors::{Error, ErrorCode};
use super::bindings::exports::filemap::data::mapping::Guest;

impl Guest for Provider {
    fn place(
        _: MemmapBorrow<'_>,
        _: u64,
        _: u64,
        _: u64,
        _: Vec<u8>,
        _: bool,
    ) -> Result<u64, Error> {
        Err(unsupported())
    }

    fn remove(_: u64, _: u64) -> Result<(), Error> {
        Err(unsupported())
    }
}

fn unsupported() -> Error {
    let message =
        "a component cannot map files into the memory of another: read into the memory instead"
            .into();
    Error { code: ErrorCode::Unsupported, message }
}
