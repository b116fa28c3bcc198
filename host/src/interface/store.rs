//! The interface `store`: stores, their key and item streams, and value readers and writers.

use filemap::error::Result as EngineResult;
use filemap::limits::MAX_KEYS;
use filemap::store::Store;
use wasmtime::component::Resource;

use super::bindings::array::Mode;
use super::bindings::store as wit;
use super::handles::Host;
use super::resources::{
    ItemStreamResource, KeyStreamResource, StoreResource, ValueReaderResource, ValueWriterResource,
};
use super::slot::{ItemStreamSlot, MemmapSlot, Slot, StoreSlot, ValueReaderSlot, ValueWriterSlot};
use super::trappable_error::Result;
use crate::files::{NativeDirectory, REGISTRY};

impl Host<'_> {
    /// Calls `work`, which may wait for a disk, with the store of a handle.
    async fn with_store<T: Send + 'static>(
        &mut self,
        handle: &Resource<StoreSlot>,
        work: impl FnOnce(&StoreResource) -> EngineResult<T> + Send + 'static,
    ) -> Result<T> {
        Ok(self.run_blocking(handle, |store| work(store)).await??)
    }

    /// Changes a store without making its index larger.
    async fn change<T: Send + 'static>(
        &mut self,
        handle: &Resource<StoreSlot>,
        change: impl FnOnce(&Store<NativeDirectory>) -> EngineResult<T> + Send + 'static,
    ) -> Result<T> {
        self.with_store(handle, |store| store.change(0, change)).await
    }

    /// Changes one key of a store, after reserving the memory of a new key.
    async fn change_key<T: Send + 'static>(
        &mut self,
        handle: &Resource<StoreSlot>,
        key: String,
        change: impl FnOnce(&Store<NativeDirectory>, &str) -> EngineResult<T> + Send + 'static,
    ) -> Result<T> {
        let change = move |store: &StoreResource| {
            store.change(store.store.memory_growth(&key), |store| change(store, &key))
        };
        self.with_store(handle, change).await
    }
}

impl wit::Host for Host<'_> {}

impl wit::HostStore for Host<'_> {
    async fn open(
        &mut self,
        path: String,
        options: wit::StoreOptions,
    ) -> Result<Resource<StoreSlot>> {
        let options = options.into();
        let reserved = self.reserve_store(options)?;
        let open = move |preopens: &_| Store::open(&REGISTRY, preopens, &path, options);
        let store = self.run_blocking_with_preopens(open).await??;
        self.push_store(store, reserved).await
    }

    async fn get(&mut self, store: Resource<StoreSlot>, key: String) -> Result<Option<Vec<u8>>> {
        self.with_store(&store, move |store| store.store.get(&key)).await
    }

    async fn get_range(
        &mut self,
        store: Resource<StoreSlot>,
        key: String,
        offset: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>> {
        self.with_store(&store, move |store| store.store.get_range(&key, offset, length)).await
    }

    async fn get_many(
        &mut self,
        store: Resource<StoreSlot>,
        keys: Vec<String>,
    ) -> Result<Vec<Option<Vec<u8>>>> {
        self.with_store(&store, move |store| store.store.get_many(&keys)).await
    }

    async fn size_of(&mut self, store: Resource<StoreSlot>, key: String) -> Result<Option<u64>> {
        self.with_store(&store, move |store| store.store.size_of(&key)).await
    }

    async fn reader(
        &mut self,
        store: Resource<StoreSlot>,
        key: String,
    ) -> Result<Option<Resource<ValueReaderSlot>>> {
        let (handle, files) = (self.reserve_handle()?, self.reserve_files(1)?);
        let open = move |store: &StoreResource| {
            Ok(store.store.reader(&key)?.map(|it| ValueReaderResource::new(it, files, handle)))
        };
        let Some(reader) = self.with_store(&store, open).await? else { return Ok(None) };
        Ok(Some(self.table.push(Slot::new(reader))?))
    }

    async fn open_value(
        &mut self,
        store: Resource<StoreSlot>,
        key: String,
        mode: Mode,
    ) -> Result<Option<Resource<MemmapSlot>>> {
        let handle = self.reserve_handle()?;
        let open = move |store: &StoreResource| store.store.open_value(&key, mode.into());
        let Some(array) = self.with_store(&store, open).await? else { return Ok(None) };
        self.push_array(array, handle).map(Some)
    }

    async fn set(&mut self, store: Resource<StoreSlot>, key: String, value: Vec<u8>) -> Result<()> {
        self.change_key(&store, key, move |store, key| store.set(key, &[value])).await
    }

    async fn set_parts(
        &mut self,
        store: Resource<StoreSlot>,
        key: String,
        parts: Vec<Vec<u8>>,
    ) -> Result<()> {
        self.change_key(&store, key, move |store, key| store.set(key, &parts)).await
    }

    async fn set_default(
        &mut self,
        store: Resource<StoreSlot>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Vec<u8>> {
        self.change_key(&store, key, move |store, key| store.set_default(key, &value)).await
    }

    async fn update(
        &mut self,
        store: Resource<StoreSlot>,
        items: Vec<(String, Vec<u8>)>,
    ) -> Result<()> {
        let update = move |store: &StoreResource| {
            // With more keys than one call takes, `update` fails in any case.
            let keys = items.iter().take(MAX_KEYS as usize);
            let growth = keys.map(|(key, _)| store.store.memory_growth(key)).sum();
            store.change(growth, |store| store.update(&items))
        };
        self.with_store(&store, update).await
    }

    async fn writer(
        &mut self,
        store: Resource<StoreSlot>,
        key: String,
    ) -> Result<Resource<ValueWriterSlot>> {
        let (handle, files) = (self.reserve_handle()?, self.reserve_files(1)?);
        let writer =
            self.with_store(&store, move |store| store.writer(&key, files, handle)).await?;
        Ok(self.table.push(Slot::new(writer))?)
    }

    async fn remove(&mut self, store: Resource<StoreSlot>, key: String) -> Result<bool> {
        self.change(&store, move |store| store.remove(&key)).await
    }

    async fn pop(&mut self, store: Resource<StoreSlot>, key: String) -> Result<Option<Vec<u8>>> {
        self.change(&store, move |store| store.pop(&key)).await
    }

    async fn pop_item(&mut self, store: Resource<StoreSlot>) -> Result<Option<(String, Vec<u8>)>> {
        self.change(&store, Store::pop_item).await
    }

    async fn clear(&mut self, store: Resource<StoreSlot>) -> Result<()> {
        self.change(&store, Store::clear).await
    }

    fn contains(&mut self, store: Resource<StoreSlot>, key: String) -> Result<bool> {
        Ok(self.store(&store)?.store.contains(&key)?)
    }

    fn len(&mut self, store: Resource<StoreSlot>) -> Result<u64> {
        Ok(self.store(&store)?.store.len()?)
    }

    fn keys(&mut self, store: Resource<StoreSlot>) -> Result<Resource<KeyStreamResource>> {
        let handle = self.reserve_handle()?;
        let stream = self.store(&store)?.store.keys()?;
        Ok(self.table.push(KeyStreamResource::new(stream, handle))?)
    }

    fn items(&mut self, store: Resource<StoreSlot>) -> Result<Resource<ItemStreamSlot>> {
        let handle = self.reserve_handle()?;
        let stream = self.store(&store)?.store.items()?;
        Ok(self.table.push(Slot::new(ItemStreamResource::new(stream, handle)))?)
    }

    async fn verify(&mut self, store: Resource<StoreSlot>) -> Result<wit::Findings> {
        Ok(self.with_store(&store, |store| store.store.verify()).await?.into())
    }

    fn describe(&mut self, store: Resource<StoreSlot>) -> wasmtime::Result<String> {
        Ok(self.table.get(&store)?.get()?.store.describe())
    }

    async fn close(&mut self, store: Resource<StoreSlot>) -> wasmtime::Result<()> {
        self.run_blocking(&store, StoreResource::close).await
    }

    async fn drop(&mut self, store: Resource<StoreSlot>) -> wasmtime::Result<()> {
        self.drop_blocking(store).await
    }
}

impl wit::HostKeyStream for Host<'_> {
    fn next(&mut self, stream: Resource<KeyStreamResource>, max: u32) -> Result<Vec<String>> {
        Ok(self.table.get_mut(&stream)?.stream.next(max)?)
    }

    fn drop(&mut self, stream: Resource<KeyStreamResource>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl wit::HostItemStream for Host<'_> {
    async fn next(
        &mut self,
        stream: Resource<ItemStreamSlot>,
        max: u32,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        Ok(self.run_blocking(&stream, move |resource| resource.stream.next(max)).await??)
    }

    fn drop(&mut self, stream: Resource<ItemStreamSlot>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl wit::HostValueReader for Host<'_> {
    async fn read(&mut self, reader: Resource<ValueReaderSlot>, max: u64) -> Result<Vec<u8>> {
        Ok(self.run_blocking(&reader, move |resource| resource.reader.read(max)).await??)
    }

    async fn drop(&mut self, reader: Resource<ValueReaderSlot>) -> wasmtime::Result<()> {
        self.drop_blocking(reader).await
    }
}

impl wit::HostValueWriter for Host<'_> {
    async fn write(&mut self, writer: Resource<ValueWriterSlot>, data: Vec<u8>) -> Result<()> {
        Ok(self.run_blocking(&writer, move |resource| resource.writer.write(&data)).await??)
    }

    async fn commit(&mut self, writer: Resource<ValueWriterSlot>) -> Result<()> {
        Ok(self.run_blocking(&writer, ValueWriterResource::commit).await??)
    }

    async fn drop(&mut self, writer: Resource<ValueWriterSlot>) -> wasmtime::Result<()> {
        self.drop_blocking(writer).await
    }
}

#[cfg(test)]
mod tests;
