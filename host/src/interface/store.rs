//! The interface `store`: stores, their key and item streams, and value readers and writers.

use filemap::limits::MAX_KEYS;
use filemap::store::Store;
use wasmtime::component::Resource;

use super::bindings::array::Mode;
use super::bindings::store as wit;
use super::resources::{
    ItemStreamResource, KeyStreamResource, MemmapResource, StoreResource, ValueReaderResource,
    ValueWriterResource,
};
use super::trappable_error::Result;
use crate::CtxView;
use crate::files::REGISTRY;

impl wit::Host for CtxView<'_> {}

impl wit::HostStore for CtxView<'_> {
    fn open(
        &mut self,
        path: String,
        options: wit::StoreOptions,
    ) -> Result<Resource<StoreResource>> {
        let options = options.into();
        self.push_store(options, |view| {
            Ok(Store::open(&REGISTRY, view.preopens()?, &path, options)?)
        })
    }

    fn get(&mut self, store: Resource<StoreResource>, key: String) -> Result<Option<Vec<u8>>> {
        Ok(self.store(&store)?.store.get(&key)?)
    }

    fn get_range(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
        offset: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>> {
        Ok(self.store(&store)?.store.get_range(&key, offset, length)?)
    }

    fn get_many(
        &mut self,
        store: Resource<StoreResource>,
        keys: Vec<String>,
    ) -> Result<Vec<Option<Vec<u8>>>> {
        Ok(self.store(&store)?.store.get_many(&keys)?)
    }

    fn size_of(&mut self, store: Resource<StoreResource>, key: String) -> Result<Option<u64>> {
        Ok(self.store(&store)?.store.size_of(&key)?)
    }

    fn reader(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
    ) -> Result<Option<Resource<ValueReaderResource>>> {
        let (handle, files) = (self.reserve_handle()?, self.reserve_files(1)?);
        let Some(reader) = self.store(&store)?.store.reader(&key)? else { return Ok(None) };
        Ok(Some(self.table.push(ValueReaderResource::new(reader, files, handle))?))
    }

    fn open_value(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
        mode: Mode,
    ) -> Result<Option<Resource<MemmapResource>>> {
        let handle = self.reserve_handle()?;
        let Some(array) = self.store(&store)?.store.open_value(&key, mode.into())? else {
            return Ok(None);
        };
        self.push_array(array, handle).map(Some)
    }

    fn set(&mut self, store: Resource<StoreResource>, key: String, value: Vec<u8>) -> Result<()> {
        let store = self.store(&store)?;
        Ok(store.change(store.store.memory_growth(&key), |store| store.set(&key, &[value]))?)
    }

    fn set_parts(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
        parts: Vec<Vec<u8>>,
    ) -> Result<()> {
        let store = self.store(&store)?;
        Ok(store.change(store.store.memory_growth(&key), |store| store.set(&key, &parts))?)
    }

    fn set_default(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Vec<u8>> {
        let store = self.store(&store)?;
        Ok(store
            .change(store.store.memory_growth(&key), |store| store.set_default(&key, &value))?)
    }

    fn update(
        &mut self,
        store: Resource<StoreResource>,
        items: Vec<(String, Vec<u8>)>,
    ) -> Result<()> {
        let store = self.store(&store)?;
        // With more keys than one call takes, `update` fails in any case.
        let cost = items
            .iter()
            .take(MAX_KEYS as usize)
            .map(|(key, _)| store.store.memory_growth(key))
            .sum();
        Ok(store.change(cost, |store| store.update(&items))?)
    }

    fn writer(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
    ) -> Result<Resource<ValueWriterResource>> {
        let (handle, files) = (self.reserve_handle()?, self.reserve_files(1)?);
        let writer = self.store(&store)?.writer(&key, files, handle)?;
        Ok(self.table.push(writer)?)
    }

    fn remove(&mut self, store: Resource<StoreResource>, key: String) -> Result<bool> {
        Ok(self.store(&store)?.change(0, |store| store.remove(&key))?)
    }

    fn pop(&mut self, store: Resource<StoreResource>, key: String) -> Result<Option<Vec<u8>>> {
        Ok(self.store(&store)?.change(0, |store| store.pop(&key))?)
    }

    fn pop_item(&mut self, store: Resource<StoreResource>) -> Result<Option<(String, Vec<u8>)>> {
        Ok(self.store(&store)?.change(0, Store::pop_item)?)
    }

    fn clear(&mut self, store: Resource<StoreResource>) -> Result<()> {
        Ok(self.store(&store)?.change(0, Store::clear)?)
    }

    fn contains(&mut self, store: Resource<StoreResource>, key: String) -> Result<bool> {
        Ok(self.store(&store)?.store.contains(&key)?)
    }

    fn len(&mut self, store: Resource<StoreResource>) -> Result<u64> {
        Ok(self.store(&store)?.store.len()?)
    }

    fn keys(&mut self, store: Resource<StoreResource>) -> Result<Resource<KeyStreamResource>> {
        let handle = self.reserve_handle()?;
        let stream = self.store(&store)?.store.keys()?;
        Ok(self.table.push(KeyStreamResource::new(stream, handle))?)
    }

    fn items(&mut self, store: Resource<StoreResource>) -> Result<Resource<ItemStreamResource>> {
        let handle = self.reserve_handle()?;
        let stream = self.store(&store)?.store.items()?;
        Ok(self.table.push(ItemStreamResource::new(stream, handle))?)
    }

    fn verify(&mut self, store: Resource<StoreResource>) -> Result<wit::Findings> {
        Ok(self.store(&store)?.store.verify()?.into())
    }

    fn describe(&mut self, store: Resource<StoreResource>) -> wasmtime::Result<String> {
        Ok(self.table.get(&store)?.store.describe())
    }

    fn close(&mut self, store: Resource<StoreResource>) -> wasmtime::Result<()> {
        self.table.get_mut(&store)?.close();
        Ok(())
    }

    fn drop(&mut self, store: Resource<StoreResource>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

impl wit::HostKeyStream for CtxView<'_> {
    fn next(&mut self, stream: Resource<KeyStreamResource>, max: u32) -> Result<Vec<String>> {
        Ok(self.table.get_mut(&stream)?.stream.next(max)?)
    }

    fn drop(&mut self, stream: Resource<KeyStreamResource>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl wit::HostItemStream for CtxView<'_> {
    fn next(
        &mut self,
        stream: Resource<ItemStreamResource>,
        max: u32,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        Ok(self.table.get_mut(&stream)?.stream.next(max)?)
    }

    fn drop(&mut self, stream: Resource<ItemStreamResource>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl wit::HostValueReader for CtxView<'_> {
    fn read(&mut self, reader: Resource<ValueReaderResource>, max: u64) -> Result<Vec<u8>> {
        Ok(self.table.get_mut(&reader)?.reader.read(max)?)
    }

    fn drop(&mut self, reader: Resource<ValueReaderResource>) -> wasmtime::Result<()> {
        self.table.delete(reader)?;
        Ok(())
    }
}

impl wit::HostValueWriter for CtxView<'_> {
    fn write(&mut self, writer: Resource<ValueWriterResource>, data: Vec<u8>) -> Result<()> {
        Ok(self.table.get_mut(&writer)?.writer.write(&data)?)
    }

    fn commit(&mut self, writer: Resource<ValueWriterResource>) -> Result<()> {
        Ok(self.table.get_mut(&writer)?.commit()?)
    }

    fn drop(&mut self, writer: Resource<ValueWriterResource>) -> wasmtime::Result<()> {
        self.table.delete(writer)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
