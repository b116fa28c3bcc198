//! The interface `mapping`: windows, which are pages of a file in the plugin's own memory.
//!
//! The interface is linked without generated bindings. `place` needs the host's address of a byte
//! in the plugin's memory, and generated bindings pass only a copy of the byte.
//!
//! Both functions are synchronous in either form: they change the plugin's memory, which no other
//! thread may do while the plugin's store is in use here.

use std::sync::Arc;

use filemap::error::{Error as EngineError, Result as EngineResult};
use filemap::message;
use wasmtime::StoreContextMut;
use wasmtime::component::{Resource, WasmList};

use super::errors::IntoWit as _;
use super::handles::Host;
use super::linking::Interface;
use super::slot::MemmapSlot;
use super::span::CallSpan;
use super::trappable_error::Result;
use crate::pages::{
    GuestMemory, PlaceError, RangeError, WASM_PAGE, WindowTarget, is_called_after_wasmtime,
};

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

/// Adds the functions of the interface to a linker.
pub(super) fn link_mapping<T>(interface: Interface<'_, T>) -> wasmtime::Result<()> {
    type PlaceArguments = (Resource<MemmapSlot>, u64, u64, u64, WasmList<u8>, bool);

    let Interface { mut instance, view, name, .. } = interface;
    instance.func_wrap(
        "place",
        move |mut store: StoreContextMut<'_, T>, arguments: PlaceArguments| {
            let _entered = CallSpan::new(name, "place").enter();
            let (array, offset, length, address, here, prefault) = arguments;
            let here = match here.as_le_slice(&store) {
                [byte] => Some(&raw const *byte),
                _ => None,
            };
            let request = PlaceRequest { offset, length, address, here, prefault };
            Host::synchronous(view(store.data_mut())).place_window(&array, &request).into_wit()
        },
    )?;
    instance.func_wrap(
        "remove",
        move |mut store: StoreContextMut<'_, T>, (address, length): (u64, u64)| {
            let _entered = CallSpan::new(name, "remove").enter();
            Host::synchronous(view(store.data_mut())).remove_window(address, length).into_wit()
        },
    )
}

impl Host<'_> {
    /// Places a window, and returns the address of its first byte in the plugin's memory.
    fn place_window(
        &mut self,
        array: &Resource<MemmapSlot>,
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
            PlaceError::Memory(RangeError::Overlap) => EngineError::InvalidArgument(message!(
                "a window of {length} bytes at address {address} overlaps another one: remove the \
                 other one first, or pass the address of other memory"
            )),
            PlaceError::Memory(RangeError::OutOfBounds) => EngineError::OutOfBounds(message!(
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

    fn remove_window(&mut self, address: u64, length: u64) -> Result<()> {
        let Some(windows) = &mut self.ctx.windows else {
            return Err(unsupported(NOT_ALLOWED).into());
        };
        let window = windows.take(address, length);
        match window.and_then(|window| window.remove()) {
            Some(false) => Ok(()),
            Some(true) => Err(EngineError::Truncated(message!(
                "pages of the window at address {address} were lost: its file was truncated, or \
                 could not be read; check the file before you place it again"
            ))
            .into()),
            None => Err(EngineError::InvalidArgument(message!(
                "there is no window of {length} bytes at address {address}: pass the address and \
                 the length that were passed to `place`"
            ))
            .into()),
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
            return Err(EngineError::InvalidArgument(message!(
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
                EngineError::InvalidArgument(message!(
                    "the address {address} is not a multiple of {WASM_PAGE}: align the memory to \
                     WebAssembly's pages"
                ))
            },
        )
    }
}

fn unsupported(reason: &str) -> EngineError {
    EngineError::Unsupported(message!(
        "this host does not map files into the memory of plugins, because {reason}: read into the \
         memory instead"
    ))
}
