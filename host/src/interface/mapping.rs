//! The interface `mapping`: windows, which are pages of a file in the plugin's own memory.
//!
//! The interface is linked without generated bindings. `place` needs the host's address of a byte
//! in the plugin's memory, and generated bindings pass only a copy of the byte.

use std::sync::Arc;

use filemap::error::{Error as EngineError, Result as EngineResult};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, WasmList};

use super::bindings::errors::Error as WitError;
use super::errors;
use super::resources::MemmapResource;
use super::trappable_error::Result;
use crate::pages::{
    GuestMemory, PlaceError, RangeError, WASM_PAGE, WindowTarget, is_called_after_wasmtime,
};
use crate::{CtxView, View};

const NOT_ALLOWED: &str = "the plugin is not allowed to (option `map`, `map_into_guest`)";

/// The arguments of `place`, except the array.
struct PlaceRequest {
    /// The range of the array, in bytes.
    offset: u64,
    length: u64,
    /// The address in the plugin's memory.
    address: u64,
    /// The host's address of the byte in `here`; `None` if `here` is not one byte.
    here: Option<*const u8>,
    prefault: bool,
}

/// Adds the interface to a linker.
pub(super) fn add_to_linker<T: View + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    type PlaceArguments = (Resource<MemmapResource>, u64, u64, u64, WasmList<u8>, bool);
    type PlaceResult = std::result::Result<u64, WitError>;
    type RemoveResult = std::result::Result<(), WitError>;

    let mut interface = linker.instance("filemap:data/mapping@0.1.0")?;
    interface.func_wrap(
        "place",
        |mut store: StoreContextMut<'_, T>, arguments: PlaceArguments| {
            let (array, offset, length, address, here, prefault) = arguments;
            let here = match here.as_le_slice(&store) {
                [byte] => Some(&raw const *byte),
                _ => None,
            };
            let request = PlaceRequest { offset, length, address, here, prefault };
            let result: PlaceResult =
                into_wit(store.data_mut().filemap().place_window(&array, &request))?;
            Ok((result,))
        },
    )?;
    interface.func_wrap(
        "remove",
        |mut store: StoreContextMut<'_, T>, (address, length): (u64, u64)| {
            let removed = store.data_mut().filemap().remove_window(address, length);
            let result: RemoveResult = into_wit(removed.map_err(Into::into))?;
            Ok((result,))
        },
    )
}

/// Converts the error of a result to that of the WIT. Fails if the error is a trap.
fn into_wit<T>(result: Result<T>) -> wasmtime::Result<std::result::Result<T, WitError>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) => errors::into_wit(error).map(Err),
    }
}

impl CtxView<'_> {
    /// Places a window, and returns the address of its first byte in the plugin's memory.
    fn place_window(
        &mut self,
        array: &Resource<MemmapResource>,
        request: &PlaceRequest,
    ) -> Result<u64> {
        let PlaceRequest { offset, length, address, prefault, .. } = *request;
        let Some(windows) = &self.ctx.windows else { return Err(unsupported(NOT_ALLOWED).into()) };
        let (region, part) = self.array(array)?.file_window(offset, length)?;
        if !is_called_after_wasmtime() {
            return Err(unsupported(
                "a Wasmtime engine was created before `map_into_guest` was called",
            )
            .into());
        }
        let target =
            WindowTarget { memory: request.memory()?, offset: request.memory_offset()?, prefault };
        if windows.are_outside(&target.memory) {
            return Err(unsupported("another component of the plugin has windows").into());
        }
        let to_error = |error| match error {
            PlaceError::File(error) => EngineError::io("place a window of", "the array", &error),
            PlaceError::Memory(RangeError::Overlap) => EngineError::InvalidArgument(format!(
                "a window of {length} bytes at address {address} overlaps another one: remove the \
                 other one first, or pass the address of other memory"
            )),
            PlaceError::Memory(RangeError::OutOfBounds) => EngineError::OutOfBounds(format!(
                "a window of {length} bytes at address {address} does not fit into the memory, \
                 which has {} bytes: allocate {length} bytes first, and {WASM_PAGE} more \
                 for the alignment",
                target.memory.size()
            )),
        };
        let (first_byte, window) = region.place(part, &target).map_err(to_error)?;
        if let Some(windows) = &mut self.ctx.windows {
            windows.push(address, length, window);
        }
        Ok(address + first_byte as u64)
    }

    fn remove_window(&mut self, address: u64, length: u64) -> EngineResult<()> {
        let Some(windows) = &mut self.ctx.windows else { return Err(unsupported(NOT_ALLOWED)) };
        let window = windows.take(address, length);
        match window.and_then(|window| window.remove()) {
            Some(false) => Ok(()),
            Some(true) => Err(EngineError::Truncated(format!(
                "pages of the window at address {address} were lost: its file was truncated, or \
                 could not be read; check the file before you place it again"
            ))),
            None => Err(EngineError::InvalidArgument(format!(
                "there is no window of {length} bytes at address {address}: pass the address and \
                 the length that were passed to `place`"
            ))),
        }
    }
}

impl PlaceRequest {
    /// Finds the memory that contains the byte `here`.
    fn memory(&self) -> EngineResult<Arc<GuestMemory>> {
        let Some(here) = self.here else {
            return Err(EngineError::InvalidArgument(
                "`here` must be one byte: pass the byte at `address`".into(),
            ));
        };
        let memory = GuestMemory::containing(here).ok_or_else(|| {
            unsupported("its Wasmtime engine was created without `map_into_guest`")
        })?;
        let found = memory.offset_of(here).map(|offset| offset as u64);
        if found != Some(self.address) {
            let (address, found) = (self.address, found.unwrap_or_default());
            return Err(EngineError::InvalidArgument(format!(
                "`here` is the byte at address {found}, not at {address}: pass the byte at \
                 `address`"
            )));
        }
        Ok(memory)
    }

    /// Returns the address as an offset in the memory.
    fn memory_offset(&self) -> EngineResult<usize> {
        let address = self.address;
        usize::try_from(address).ok().filter(|_| address.is_multiple_of(WASM_PAGE)).ok_or_else(
            || {
                EngineError::InvalidArgument(format!(
                    "the address {address} is not a multiple of {WASM_PAGE}: align the memory to \
                     WebAssembly's pages"
                ))
            },
        )
    }
}

fn unsupported(reason: &str) -> EngineError {
    EngineError::Unsupported(format!(
        "this host does not map files into the memory of plugins, because {reason}: read into the \
         memory instead"
    ))
}
