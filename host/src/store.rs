//! The host functions of the interface `store`: conversion, and the plugin's handles.

use std::sync::LazyLock;

use filemap::error::Error as EngineError;
use filemap::limits::MAX_KEYS;
use filemap::store::{OpenOptions, Registry, Store};
use wasmtime::component::Resource;

use crate::CtxView;
use crate::array::MemmapResource;
use crate::bindings::array::Mode;
use crate::bindings::store as wit;
use crate::error::Result;
use crate::files::NativeDirectory;
use crate::limits::Lease;

mod account;
mod streams;

use account::Account;
pub(crate) use account::Accounts;
#[expect(unreachable_pub, reason = "the generated bindings re-export them")]
pub use streams::{
    ItemStreamResource, KeyStreamResource, ValueReaderResource, ValueWriterResource,
};

/// The directories that the plugins of this process have open.
pub(crate) static REGISTRY: LazyLock<Registry<NativeDirectory>> = LazyLock::new(Registry::new);

/// How many open files a store for writing counts for: the directory, and the lock on it.
const FILES_TO_WRITE: u64 = 2;

/// What a plugin's handle to a store stands for.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct StoreResource {
    pub(crate) store: Store<NativeDirectory>,
    /// `None` once it is closed.
    account: Option<Account>,
    files: Lease,
    _handle: Lease,
}

impl StoreResource {
    /// Changes the store, whose keys are paid for before: `more` is by how much their memory may
    /// grow.
    fn change<T>(
        &self,
        more: u64,
        change: impl FnOnce(&Store<NativeDirectory>) -> filemap::error::Result<T>,
    ) -> Result<T> {
        // A closed store says so itself.
        let Some(account) = &self.account else { return Ok(change(&self.store)?) };
        let mut lease = account.lock();
        lease.grow(more).map_err(EngineError::from)?;
        let result = change(&self.store);
        lease.shrink_to(self.store.memory());
        Ok(result?)
    }
}

impl CtxView<'_> {
    pub(crate) fn store(&self, handle: &Resource<StoreResource>) -> Result<&StoreResource> {
        Ok(self.table.get(handle)?)
    }

    /// Opens a store within the plugin's budget.
    pub(crate) fn push_store(
        &mut self,
        options: OpenOptions,
        open: impl FnOnce(&mut Self) -> Result<Store<NativeDirectory>>,
    ) -> Result<Resource<StoreResource>> {
        let handle = self.lease_handle()?;
        let files = self.lease_files(if options.read_only { 1 } else { FILES_TO_WRITE })?;
        // Where too much is in use, no directory is read.
        drop(self.ctx.budgets.index.lease(0).map_err(EngineError::from)?);
        let store = open(self)?;
        let account = Some(self.ctx.accounts.open(&store, &self.ctx.budgets.index)?);
        Ok(self.table.push(StoreResource { store, account, files, _handle: handle })?)
    }

    /// Takes open files from the plugin's budget.
    pub(crate) fn lease_files(&self, count: u64) -> Result<Lease> {
        Ok(self.ctx.budgets.files.lease(count).map_err(EngineError::from)?)
    }
}

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
        let (handle, files) = (self.lease_handle()?, self.lease_files(1)?);
        let Some(reader) = self.store(&store)?.store.reader(&key)? else { return Ok(None) };
        Ok(Some(self.table.push(ValueReaderResource::new(reader, files, handle))?))
    }

    fn open_value(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
        mode: Mode,
    ) -> Result<Option<Resource<MemmapResource>>> {
        let handle = self.lease_handle()?;
        let Some(array) = self.store(&store)?.store.open_value(&key, mode.into())? else {
            return Ok(None);
        };
        self.push_array(array, handle).map(Some)
    }

    fn set(&mut self, store: Resource<StoreResource>, key: String, value: Vec<u8>) -> Result<()> {
        let store = self.store(&store)?;
        store.change(store.store.memory_growth(&key), |store| store.set(&key, &[value]))
    }

    fn set_parts(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
        parts: Vec<Vec<u8>>,
    ) -> Result<()> {
        let store = self.store(&store)?;
        store.change(store.store.memory_growth(&key), |store| store.set(&key, &parts))
    }

    fn set_default(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Vec<u8>> {
        let store = self.store(&store)?;
        store.change(store.store.memory_growth(&key), |store| store.set_default(&key, &value))
    }

    fn update(
        &mut self,
        store: Resource<StoreResource>,
        items: Vec<(String, Vec<u8>)>,
    ) -> Result<()> {
        let store = self.store(&store)?;
        // More than one call takes are refused, whatever they cost.
        let cost = items
            .iter()
            .take(MAX_KEYS as usize)
            .map(|(key, _)| store.store.memory_growth(key))
            .sum();
        store.change(cost, |store| store.update(&items))
    }

    fn writer(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
    ) -> Result<Resource<ValueWriterResource>> {
        let (handle, files) = (self.lease_handle()?, self.lease_files(1)?);
        let store = self.store(&store)?;
        let writer = store.store.writer(&key)?;
        let account = store.account.as_ref().map(Account::downgrade);
        let writer = ValueWriterResource::new(writer, account, files, handle);
        Ok(self.table.push(writer)?)
    }

    fn remove(&mut self, store: Resource<StoreResource>, key: String) -> Result<bool> {
        self.store(&store)?.change(0, |store| store.remove(&key))
    }

    fn pop(&mut self, store: Resource<StoreResource>, key: String) -> Result<Option<Vec<u8>>> {
        self.store(&store)?.change(0, |store| store.pop(&key))
    }

    fn pop_item(&mut self, store: Resource<StoreResource>) -> Result<Option<(String, Vec<u8>)>> {
        self.store(&store)?.change(0, Store::pop_item)
    }

    fn clear(&mut self, store: Resource<StoreResource>) -> Result<()> {
        self.store(&store)?.change(0, Store::clear)
    }

    fn contains(&mut self, store: Resource<StoreResource>, key: String) -> Result<bool> {
        Ok(self.store(&store)?.store.contains(&key)?)
    }

    fn len(&mut self, store: Resource<StoreResource>) -> Result<u64> {
        Ok(self.store(&store)?.store.len()?)
    }

    fn keys(&mut self, store: Resource<StoreResource>) -> Result<Resource<KeyStreamResource>> {
        let handle = self.lease_handle()?;
        let stream = self.store(&store)?.store.keys()?;
        Ok(self.table.push(KeyStreamResource::new(stream, handle))?)
    }

    fn items(&mut self, store: Resource<StoreResource>) -> Result<Resource<ItemStreamResource>> {
        let handle = self.lease_handle()?;
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
        let StoreResource { store, account, files, .. } = self.table.get_mut(&store)?;
        store.close();
        *account = None;
        files.shrink_to(0);
        Ok(())
    }

    fn drop(&mut self, store: Resource<StoreResource>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
