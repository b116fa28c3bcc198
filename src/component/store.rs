//! The interface `store`.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::LazyCell;

use super::Provider;
use super::array::memmap_resource;
use super::bindings::exports::filemap::data::array as wit_array;
use super::bindings::exports::filemap::data::errors::Error;
use super::bindings::exports::filemap::data::store as wit_store;
use super::streams::{
    ItemStreamResource, KeyStreamResource, ValueReaderResource, ValueWriterResource,
};
use super::wasi::{WasiDirectory, preopens};
use crate::store::{Registry, Store};

/// A value in a static of a single-threaded component.
struct SingleThreaded<T>(T);

#[expect(unsafe_code, reason = "a static has to be one that threads can share")]
// SAFETY: WASI 0.2 has no threads: the functions of a component are called one after another.
unsafe impl<T> Sync for SingleThreaded<T> {}

/// The directories that the stores of this component have open.
static REGISTRY: SingleThreaded<LazyCell<Registry<WasiDirectory>>> =
    SingleThreaded(LazyCell::new(Registry::new));

/// Returns the registry of this component.
pub(super) fn registry() -> &'static Registry<WasiDirectory> {
    &REGISTRY.0
}

pub(super) struct StoreResource(pub(super) Store<WasiDirectory>);

impl wit_store::Guest for Provider {
    type Store = StoreResource;
    type KeyStream = KeyStreamResource;
    type ItemStream = ItemStreamResource;
    type ValueReader = ValueReaderResource;
    type ValueWriter = ValueWriterResource;
}

impl wit_store::GuestStore for StoreResource {
    fn open(path: String, options: wit_store::StoreOptions) -> Result<wit_store::Store, Error> {
        Ok(store_resource(Store::open(registry(), &preopens(), &path, options.into())?))
    }

    fn get(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.0.get(&key)?)
    }

    fn get_range(&self, key: String, offset: u64, length: u64) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.0.get_range(&key, offset, length)?)
    }

    fn get_many(&self, keys: Vec<String>) -> Result<Vec<Option<Vec<u8>>>, Error> {
        Ok(self.0.get_many(&keys)?)
    }

    fn size_of(&self, key: String) -> Result<Option<u64>, Error> {
        Ok(self.0.size_of(&key)?)
    }

    fn reader(&self, key: String) -> Result<Option<wit_store::ValueReader>, Error> {
        let reader = self.0.reader(&key)?;
        Ok(reader.map(|reader| wit_store::ValueReader::new(ValueReaderResource::new(reader))))
    }

    fn open_value(
        &self,
        key: String,
        mode: wit_array::Mode,
    ) -> Result<Option<wit_array::Memmap>, Error> {
        Ok(self.0.open_value(&key, mode.into())?.map(memmap_resource))
    }

    fn set(&self, key: String, value: Vec<u8>) -> Result<(), Error> {
        Ok(self.0.set(&key, &[value])?)
    }

    fn set_parts(&self, key: String, parts: Vec<Vec<u8>>) -> Result<(), Error> {
        Ok(self.0.set(&key, &parts)?)
    }

    fn set_default(&self, key: String, value: Vec<u8>) -> Result<Vec<u8>, Error> {
        Ok(self.0.set_default(&key, &value)?)
    }

    fn update(&self, items: Vec<(String, Vec<u8>)>) -> Result<(), Error> {
        Ok(self.0.update(&items)?)
    }

    fn writer(&self, key: String) -> Result<wit_store::ValueWriter, Error> {
        Ok(wit_store::ValueWriter::new(ValueWriterResource::new(self.0.writer(&key)?)))
    }

    fn remove(&self, key: String) -> Result<bool, Error> {
        Ok(self.0.remove(&key)?)
    }

    fn pop(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.0.pop(&key)?)
    }

    fn pop_item(&self) -> Result<Option<(String, Vec<u8>)>, Error> {
        Ok(self.0.pop_item()?)
    }

    fn clear(&self) -> Result<(), Error> {
        Ok(self.0.clear()?)
    }

    fn contains(&self, key: String) -> Result<bool, Error> {
        Ok(self.0.contains(&key)?)
    }

    fn len(&self) -> Result<u64, Error> {
        Ok(self.0.len()?)
    }

    fn keys(&self) -> Result<wit_store::KeyStream, Error> {
        Ok(wit_store::KeyStream::new(KeyStreamResource::new(self.0.keys()?)))
    }

    fn items(&self) -> Result<wit_store::ItemStream, Error> {
        Ok(wit_store::ItemStream::new(ItemStreamResource::new(self.0.items()?)))
    }

    fn verify(&self) -> Result<wit_store::Findings, Error> {
        Ok(self.0.verify()?.into())
    }

    fn describe(&self) -> String {
        self.0.describe()
    }

    fn close(&self) {
        self.0.close();
    }
}

pub(super) fn store_resource(store: Store<WasiDirectory>) -> wit_store::Store {
    wit_store::Store::new(StoreResource(store))
}
