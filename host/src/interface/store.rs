//! The interface `store`: stores, their key and item streams, and value readers and writers.

use filemap::error::Result as EngineResult;
use filemap::store::Store;
use wasmtime::component::Resource;

use super::bindings::array::Mode;
use super::bindings::store as wit;
use super::handles::Host;
use super::resources::{
    ItemStreamResource, KeyStreamResource, StoreResource, ValueReaderResource, ValueWriterResource,
};
use super::slot::{
    ItemStreamSlot, KeyStreamSlot, MemmapSlot, Slot, StoreSlot, ValueReaderSlot, ValueWriterSlot,
};
use super::trappable_error::Result;
use crate::files::REGISTRY;
use crate::stores::KeyValueStore;

impl Host<'_> {
    /// Calls `work`, which may wait for a disk, with the store of a handle.
    pub(super) async fn with_store<T: Send + 'static>(
        &mut self,
        handle: &Resource<StoreSlot>,
        work: impl FnOnce(&StoreResource) -> EngineResult<T> + Send + 'static,
    ) -> Result<T> {
        Ok(self.run_blocking(handle, |store| work(store)).await??)
    }

    /// Calls `work` with the store of a handle: on the thread of the call if the store answers from
    /// its index, and like [`with_store`](Self::with_store) if it asks a server.
    async fn look_up<T: Send + 'static>(
        &mut self,
        handle: &Resource<StoreSlot>,
        work: impl FnOnce(&dyn KeyValueStore) -> T + Send + 'static,
    ) -> wasmtime::Result<T> {
        let store = &self.table.get(handle)?.get()?.store;
        if store.has_index() {
            return Ok(work(&**store));
        }
        self.run_blocking(handle, |resource| work(&*resource.store)).await
    }

    /// Changes a store without making its index larger.
    pub(super) async fn change<T: Send + 'static>(
        &mut self,
        handle: &Resource<StoreSlot>,
        change: impl FnOnce(&dyn KeyValueStore) -> EngineResult<T> + Send + 'static,
    ) -> Result<T> {
        self.with_store(handle, |store| store.change(0, change)).await
    }

    /// Changes one key of a store, after reserving the memory of a new key.
    pub(super) async fn change_key<T: Send + 'static>(
        &mut self,
        handle: &Resource<StoreSlot>,
        key: String,
        change: impl FnOnce(&dyn KeyValueStore, &str) -> EngineResult<T> + Send + 'static,
    ) -> Result<T> {
        let change = move |store: &StoreResource| {
            store.change(store.store.index_growth(&key), |store| change(store, &key))
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
        let (store, reserved): (Box<dyn KeyValueStore>, _) =
            if let Some(served) = self.ctx.stores.find(&path) {
                let interrupter = self.ctx.interrupter();
                let open = move || reserved.keep(|| served.open(&path, options, &interrupter));
                self.blocking.run(open).await?
            } else {
                let open = move |preopens: &_| {
                    reserved.keep(|| Store::open(&REGISTRY, preopens, &path, options))
                };
                let (store, reserved) = self.run_blocking_with_preopens(open).await??;
                (Box::new(store), reserved)
            };
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
            let reader = store.store.reader_from(&key, 0)?;
            Ok(reader.map(|reader| ValueReaderResource::new(reader, files, handle)))
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
        let open = move |store: &StoreResource| {
            let array = store.store.open_value(&key, mode.into())?;
            Ok(array.map(|array| (array, handle)))
        };
        let Some((array, handle)) = self.with_store(&store, open).await? else { return Ok(None) };
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
        self.with_store(&store, move |store| store.update(&items)).await
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
        self.change(&store, |store| store.pop_item()).await
    }

    async fn clear(&mut self, store: Resource<StoreSlot>) -> Result<()> {
        self.change(&store, |store| store.clear()).await
    }

    async fn contains(&mut self, store: Resource<StoreSlot>, key: String) -> Result<bool> {
        Ok(self.look_up(&store, move |store| store.contains(&key)).await??)
    }

    async fn len(&mut self, store: Resource<StoreSlot>) -> Result<u64> {
        Ok(self.look_up(&store, |store| store.len()).await??)
    }

    fn keys(&mut self, store: Resource<StoreSlot>) -> Result<Resource<KeyStreamSlot>> {
        let handle = self.reserve_handle()?;
        let StoreResource { store, .. } = self.store(&store)?;
        let stream = KeyStreamResource::new(store.keys()?, store.has_index(), handle);
        Ok(self.table.push(Slot::new(stream))?)
    }

    fn items(&mut self, store: Resource<StoreSlot>) -> Result<Resource<ItemStreamSlot>> {
        let handle = self.reserve_handle()?;
        let stream = self.store(&store)?.store.items()?;
        Ok(self.table.push(Slot::new(ItemStreamResource::new(stream, handle)))?)
    }

    async fn verify(&mut self, store: Resource<StoreSlot>) -> Result<wit::Findings> {
        Ok(self.with_store(&store, |store| store.store.verify()).await?.into())
    }

    async fn describe(&mut self, store: Resource<StoreSlot>) -> wasmtime::Result<String> {
        self.look_up(&store, |store| store.describe()).await
    }

    async fn close(&mut self, store: Resource<StoreSlot>) -> wasmtime::Result<()> {
        self.run_blocking(&store, StoreResource::close).await
    }

    async fn drop(&mut self, store: Resource<StoreSlot>) -> wasmtime::Result<()> {
        self.drop_blocking(store).await
    }
}

impl wit::HostKeyStream for Host<'_> {
    async fn next(&mut self, stream: Resource<KeyStreamSlot>, max: u32) -> Result<Vec<String>> {
        let resource = self.table.get_mut(&stream)?.get_mut()?;
        if resource.has_index {
            return Ok(resource.stream.next(max)?);
        }
        Ok(self.run_blocking(&stream, move |resource| resource.stream.next(max)).await??)
    }

    fn drop(&mut self, stream: Resource<KeyStreamSlot>) -> wasmtime::Result<()> {
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
