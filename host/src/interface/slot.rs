//! The places of resources in a plugin's table.
//!
//! The generated bindings name these types, so this file must not import the bindings.

#![expect(unreachable_pub, reason = "the generated bindings re-export these types")]

use super::resources::{
    ItemStreamResource, KeyStreamResource, MemmapResource, StoreResource, ValueReaderResource,
    ValueWriterResource,
};

/// The place of a resource in a plugin's table.
///
/// A call whose work is done on another thread takes the resource out, and puts it back when the
/// work is complete. If the embedder drops the call's future before, the work still owns the
/// resource and its reservations, and drops them at its end. The slot stays empty. No call finds a
/// resource that is half changed.
#[derive(Debug)]
pub struct Slot<R>(Option<R>);

pub type MemmapSlot = Slot<MemmapResource>;
pub type StoreSlot = Slot<StoreResource>;
pub type KeyStreamSlot = Slot<KeyStreamResource>;
pub type ItemStreamSlot = Slot<ItemStreamResource>;
pub type ValueReaderSlot = Slot<ValueReaderResource>;
pub type ValueWriterSlot = Slot<ValueWriterResource>;

impl<R> Slot<R> {
    pub(super) const fn new(resource: R) -> Self {
        Self(Some(resource))
    }

    /// Returns the resource. Fails, which traps, if an earlier call was dropped.
    pub(super) fn get(&self) -> wasmtime::Result<&R> {
        self.0.as_ref().ok_or_else(lost)
    }

    /// Like [`get`](Self::get), for changes.
    pub(super) fn get_mut(&mut self) -> wasmtime::Result<&mut R> {
        self.0.as_mut().ok_or_else(lost)
    }

    /// Takes the resource out for the time of a call. Fails like [`get`](Self::get).
    pub(super) fn take(&mut self) -> wasmtime::Result<R> {
        self.0.take().ok_or_else(lost)
    }

    /// Puts the resource back after a call.
    pub(super) fn put(&mut self, resource: R) {
        self.0 = Some(resource);
    }
}

fn lost() -> wasmtime::Error {
    wasmtime::Error::msg(
        "the handle's resource is lost: the future of an earlier call on it was dropped before the \
         call was complete",
    )
}
