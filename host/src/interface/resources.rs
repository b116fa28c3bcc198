//! The resources that the plugin's handles refer to, each with its reservations from the plugin's
//! budgets. Dropping a resource releases its reservations.
//!
//! The generated bindings name these types, so this file must not import the bindings.

#![expect(unreachable_pub, reason = "the generated bindings re-export these types")]

use filemap::array::Memmap;
use filemap::error::{Error, Result};

use crate::files::{IndexReservation, WeakIndexReservation, reserve_for_all};
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
    files: Reservation,
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
    pub(super) const fn new(
        store: Box<dyn KeyValueStore>,
        index: IndexReservation,
        files: Reservation,
        handle: Reservation,
    ) -> Self {
        Self { store, index: Some(index), files, _handle: handle }
    }

    /// Calls `change` after reserving `growth` bytes, the maximum by which the store's index grows.
    pub(super) fn change<T>(
        &self,
        growth: u64,
        change: impl FnOnce(&dyn KeyValueStore) -> Result<T>,
    ) -> Result<T> {
        // A closed store has no reservation, and `change` fails with `closed`.
        let Some(index) = &self.index else { return change(&*self.store) };
        // A plugin whose budget is exceeded by the keys of others can still remove keys.
        if growth > 0 {
            index.lock().grow(growth)?;
        }
        let result = change(&*self.store);
        // An update whose caller has left may add its keys later. The next change gives back what
        // it does not need.
        if !matches!(result, Err(Error::Interrupted(_))) {
            index.shrink_to(self.store.index_memory());
        }
        result
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
        self.files.shrink_to(0);
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
        let reserved = index.lock().grow(writer.index_growth()).map_err(Error::from);
        let result = reserved.inspect_err(|_| writer.abort()).and_then(|()| writer.commit());
        index.shrink_to(writer.index_memory());
        // A writer whose stream is not complete keeps its file: the plugin can continue.
        if writer.is_finished() {
            files.shrink_to(0);
        }
        result
    }
}
