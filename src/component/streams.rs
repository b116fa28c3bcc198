//! The resources of the interface `store` besides `store` itself: streams, readers and writers.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use super::bindings::exports::filemap::data::errors::Error;
use super::bindings::exports::filemap::data::store as wit_store;
use super::wasi::WasiDirectory;
use crate::store::{ItemStream, KeyStream, ValueReader, ValueWriter};

pub(super) struct KeyStreamResource(RefCell<KeyStream<WasiDirectory>>);
pub(super) struct ItemStreamResource(RefCell<ItemStream<WasiDirectory>>);
pub(super) struct ValueReaderResource(RefCell<ValueReader<WasiDirectory>>);
pub(super) struct ValueWriterResource(pub(super) RefCell<ValueWriter<WasiDirectory>>);

impl KeyStreamResource {
    pub(super) const fn new(stream: KeyStream<WasiDirectory>) -> Self {
        Self(RefCell::new(stream))
    }
}

impl ItemStreamResource {
    pub(super) const fn new(stream: ItemStream<WasiDirectory>) -> Self {
        Self(RefCell::new(stream))
    }
}

impl ValueReaderResource {
    pub(super) const fn new(reader: ValueReader<WasiDirectory>) -> Self {
        Self(RefCell::new(reader))
    }
}

impl ValueWriterResource {
    pub(super) const fn new(writer: ValueWriter<WasiDirectory>) -> Self {
        Self(RefCell::new(writer))
    }
}

impl wit_store::GuestKeyStream for KeyStreamResource {
    fn next(&self, max: u32) -> Result<Vec<String>, Error> {
        Ok(self.0.borrow_mut().next(max)?)
    }
}

impl wit_store::GuestItemStream for ItemStreamResource {
    fn next(&self, max: u32) -> Result<Vec<(String, Vec<u8>)>, Error> {
        Ok(self.0.borrow_mut().next(max)?)
    }
}

impl wit_store::GuestValueReader for ValueReaderResource {
    fn read(&self, max: u64) -> Result<Vec<u8>, Error> {
        Ok(self.0.borrow_mut().read(max)?)
    }
}

impl wit_store::GuestValueWriter for ValueWriterResource {
    fn write(&self, data: Vec<u8>) -> Result<(), Error> {
        Ok(self.0.borrow_mut().write(&data)?)
    }

    fn commit(&self) -> Result<(), Error> {
        Ok(self.0.borrow_mut().commit()?)
    }
}
