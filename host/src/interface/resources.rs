//! The resources that the plugin's handles refer to, each with its reservations from the plugin's
//! budgets. Dropping a resource releases its reservations.
//!
//! The generated bindings name these types, so this file must not import the bindings.

#![expect(unreachable_pub, reason = "the generated bindings re-export these types")]

use std::sync::Arc;

use filemap::array::Memmap;
use filemap::error::Result;
use filemap::limits::MAX_KEYS;

use crate::files::{IndexReservation, UpdateReservations, WeakIndexReservation, reserve_for_all};
use crate::limits::Reservation;
use crate::pages::MmapRegion;
use crate::stores::{KeyValueStore, NextItems, NextKeys, ReadValue, WriteValue};

/// The resource `memmap`: an array or a view.
#[derive(Debug)]
pub struct MemmapResource {
    pub(super) array: Memmap<MmapRegion>,
    _handle: Reservation,
    _dtype: Reservation,
}

/// The resource `store`.
pub struct StoreResource {
    pub(super) store: Box<dyn KeyValueStore>,
    /// `None` once the store is closed.
    index: Option<IndexReservation>,
    /// `None` once the store is closed. An update that is not complete yet keeps them.
    files: Option<Arc<Reservation>>,
    _handle: Reservation,
}

/// The resource `key-stream`.
pub struct KeyStreamResource {
    pub(super) stream: Box<dyn NextKeys>,
    /// Whether the stream answers from memory, so that it needs no other thread.
    pub(super) has_index: bool,
    _handle: Reservation,
}

/// The resource `item-stream`.
pub struct ItemStreamResource {
    pub(super) stream: Box<dyn NextItems>,
    _handle: Reservation,
}

/// The resource `value-reader`.
pub struct ValueReaderResource {
    pub(super) reader: Box<dyn ReadValue>,
    _files: Reservation,
    _handle: Reservation,
}

/// The resource `value-writer`.
pub struct ValueWriterResource {
    pub(super) writer: Box<dyn WriteValue>,
    index: Option<WeakIndexReservation>,
    files: Reservation,
    _handle: Reservation,
}

impl MemmapResource {
    pub(super) const fn new(
        array: Memmap<MmapRegion>,
        dtype: Reservation,
        handle: Reservation,
    ) -> Self {
        Self { array, _handle: handle, _dtype: dtype }
    }
}

impl StoreResource {
    pub(super) fn new(
        store: Box<dyn KeyValueStore>,
        index: IndexReservation,
        files: Reservation,
        handle: Reservation,
    ) -> Self {
        Self { store, index: Some(index), files: Some(Arc::new(files)), _handle: handle }
    }

    /// Calls `change` after reserving `growth` bytes, the maximum by which the store's index grows.
    pub(super) fn change<T>(
        &self,
        growth: u64,
        change: impl FnOnce(&dyn KeyValueStore) -> Result<T>,
    ) -> Result<T> {
        // A closed store has no reservation, and `change` fails with `closed`.
        let Some(index) = &self.index else { return change(&*self.store) };
        let memory = || self.store.index_memory();
        let growth = index.grow(growth, memory)?;
        let result = change(&*self.store);
        growth.settle(memory);
        result
    }

    /// Sets several keys after reserving the memory of new keys. An update whose caller leaves
    /// keeps it, and the files of the store, until it is complete.
    pub(super) fn update(&self, items: &[(String, Vec<u8>)]) -> Result<()> {
        // A closed store has no reservation, and `update` fails with `closed`.
        let (Some(index), Some(files)) = (&self.index, &self.files) else {
            return self.store.update(items);
        };
        // With more keys than one call takes, `update` fails in any case.
        let keys = items.iter().take(MAX_KEYS as usize);
        let growth = keys.map(|(key, _)| self.store.index_growth(key)).sum();
        let growth = index.grow(growth, || self.store.index_memory())?;
        let reservations = UpdateReservations::new(growth, Arc::clone(files));
        self.store.update_with_reservations(items, reservations)
    }

    /// Opens a writer for the value of a key.
    pub(super) fn writer(
        &self,
        key: &str,
        files: Reservation,
        handle: Reservation,
    ) -> Result<ValueWriterResource> {
        let writer = self.store.writer(key)?;
        let index = self.index.as_ref().map(IndexReservation::downgrade);
        Ok(ValueWriterResource { writer, index, files, _handle: handle })
    }

    /// Closes the store, and releases its reservations except that of the handle.
    pub(super) fn close(&mut self) {
        if let Some(directory) = self.store.index_id() {
            reserve_for_all(directory, || self.store.index_memory());
        }
        self.store.close();
        self.index = None;
        self.files = None;
    }
}

impl Drop for StoreResource {
    fn drop(&mut self) {
        self.close();
    }
}

impl KeyStreamResource {
    pub(super) const fn new(
        stream: Box<dyn NextKeys>,
        has_index: bool,
        handle: Reservation,
    ) -> Self {
        Self { stream, has_index, _handle: handle }
    }
}

impl ItemStreamResource {
    pub(super) const fn new(stream: Box<dyn NextItems>, handle: Reservation) -> Self {
        Self { stream, _handle: handle }
    }
}

impl ValueReaderResource {
    pub(super) const fn new(
        reader: Box<dyn ReadValue>,
        files: Reservation,
        handle: Reservation,
    ) -> Self {
        Self { reader, _files: files, _handle: handle }
    }
}

impl ValueWriterResource {
    /// Commits the value after reserving the memory of its key. If that exceeds the budget, the
    /// value is discarded.
    pub(super) fn commit(&mut self) -> Result<()> {
        let Self { writer, index, files, .. } = self;
        let index = index.as_ref().and_then(WeakIndexReservation::upgrade);
        // A closed store has no reservation, and `commit` fails with `closed`.
        let Some(index) = index else { return writer.commit() };
        let growth = index.grow(writer.index_growth(), || writer.index_memory());
        let result = growth.inspect_err(|_| writer.abort()).and_then(|growth| {
            let result = writer.commit();
            growth.settle(|| writer.index_memory());
            result
        });
        // A writer whose stream is not complete keeps its file: the plugin can continue.
        if writer.is_finished() {
            files.shrink_to(0);
        }
        result
    }
}
