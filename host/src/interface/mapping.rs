//! The host functions of the interface `mapping`.
//!
//! They are linked by hand: `place` wants to know where in the host's address space a byte of the
//! plugin's is, which the generated bindings, that copy whatever they are given, do not tell.

use std::sync::Arc;

use filemap::error::{Error as EngineError, Result as EngineResult};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, WasmList};

use super::bindings::errors::Error as WitError;
use super::errors;
use super::resources::MemmapResource;
use super::trappable_error::Result;
use crate::pages::{Memory, PlaceError, Taken, WASM_PAGE, WindowTarget, is_behind_wasmtime};
use crate::{CtxView, View};

/// Why a host does not do it that could.
const NOT_ALLOWED: &str = "its embedder does not allow it (`filemap run --map`)";

/// What a plugin gives `place`, but for the array.
struct Request {
    offset: u64,
    length: u64,
    address: u64,
    /// The address in the host of the one byte that it lent; nothing for another number of bytes.
    here: Option<*const u8>,
    prefault: bool,
}

/// Adds the interface to a linker.
pub(crate) fn add_to_linker<T: View + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    type PlaceArguments = (Resource<MemmapResource>, u64, u64, u64, WasmList<u8>, bool);
    type Placed = std::result::Result<u64, WitError>;
    type Removed = std::result::Result<(), WitError>;

    let mut interface = linker.instance("filemap:data/mapping@0.1.0")?;
    interface.func_wrap(
        "place",
        |mut store: StoreContextMut<'_, T>, arguments: PlaceArguments| {
            let (array, offset, length, address, here, prefault) = arguments;
            let here = match here.as_le_slice(&store) {
                [byte] => Some(&raw const *byte),
                _ => None,
            };
            let request = Request { offset, length, address, here, prefault };
            let placed: Placed = into_wit(store.data_mut().filemap().place(&array, &request))?;
            Ok((placed,))
        },
    )?;
    interface.func_wrap(
        "remove",
        |mut store: StoreContextMut<'_, T>, (address, length): (u64, u64)| {
            let removed: Removed =
                into_wit(store.data_mut().filemap().remove(address, length).map_err(Into::into))?;
            Ok((removed,))
        },
    )
}

fn into_wit<T>(result: Result<T>) -> wasmtime::Result<std::result::Result<T, WitError>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) => errors::into_wit(error).map(Err),
    }
}

impl CtxView<'_> {
    fn place(&mut self, array: &Resource<MemmapResource>, request: &Request) -> Result<u64> {
        let Request { offset, length, address, prefault, .. } = *request;
        let Some(windows) = &self.ctx.windows else { return Err(unsupported(NOT_ALLOWED).into()) };
        let (region, part) = self.array(array)?.file_window(offset, length)?;
        if !is_behind_wasmtime() {
            return Err(unsupported("an engine was made before `map_into_guest` was called").into());
        }
        let (memory, offset) = (request.memory()?, request.position()?);
        let target = WindowTarget { memory, offset, prefault };
        if windows.are_outside(&target.memory) {
            return Err(unsupported("another component of the plugin has windows").into());
        }
        let failed = |error| match error {
            PlaceError::File(error) => EngineError::io("place a window of", "the array", &error),
            PlaceError::Memory(Taken::ByAnother) => EngineError::InvalidArgument(format!(
                "a window of {length} bytes at address {address} overlaps another one: remove that \
                 first, or give other memory"
            )),
            PlaceError::Memory(Taken::Outside) => EngineError::OutOfBounds(format!(
                "a window of {length} bytes at address {address} does not fit into the memory, \
                 which has {} bytes: allocate as much before, and {WASM_PAGE} bytes more",
                target.memory.size()
            )),
        };
        let (before, placed) = region.place(part, &target).map_err(failed)?;
        if let Some(windows) = &mut self.ctx.windows {
            windows.push(address, length, placed);
        }
        Ok(address + before as u64)
    }

    fn remove(&mut self, address: u64, length: u64) -> EngineResult<()> {
        let Some(windows) = &mut self.ctx.windows else { return Err(unsupported(NOT_ALLOWED)) };
        let placed = windows.take(address, length);
        match placed.and_then(|window| window.remove()) {
            Some(false) => Ok(()),
            Some(true) => Err(EngineError::Truncated(format!(
                "pages of the window at address {address} were lost: its file was truncated \
                 meanwhile, or could not be read"
            ))),
            None => Err(EngineError::InvalidArgument(format!(
                "there is no window of {length} bytes at address {address}: give what `place` was \
                 given"
            ))),
        }
    }
}

impl Request {
    /// The memory that the byte is in.
    fn memory(&self) -> EngineResult<Arc<Memory>> {
        let Some(here) = self.here else {
            return Err(EngineError::InvalidArgument(
                "`here` is one byte, the one at the address: give that".into(),
            ));
        };
        let memory =
            Memory::of(here).ok_or_else(|| unsupported("its engine was not made for it"))?;
        let found = memory.position(here).map(|at| at as u64);
        if found != Some(self.address) {
            let (address, found) = (self.address, found.unwrap_or_default());
            return Err(EngineError::InvalidArgument(format!(
                "`here` lies at {found} and not at the address {address}: give the byte at the \
                 address"
            )));
        }
        Ok(memory)
    }

    fn position(&self) -> EngineResult<usize> {
        let address = self.address;
        usize::try_from(address).ok().filter(|_| address.is_multiple_of(WASM_PAGE)).ok_or_else(
            || {
                EngineError::InvalidArgument(format!(
                    "the address {address} is no multiple of {WASM_PAGE}: give one that is"
                ))
            },
        )
    }
}

fn unsupported(reason: &str) -> EngineError {
    EngineError::Unsupported(format!(
        "this host puts no files into the memory of plugins, because {reason}: read into the \
         memory instead"
    ))
}
