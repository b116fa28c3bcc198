//! The host functions of the interface `store`: conversion, and the plugin's handles.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use filemap::array::GIVEN;
use filemap::error::Error as EngineError;
use filemap::fs::IoErrorKind;
use filemap::store::{Durability, OpenOptions, Store};
use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::Descriptor;

use crate::CtxView;
use crate::bindings::store as wit;
use crate::error::Result;
use crate::files::NativeDirectory;
use crate::limits::Lease;

/// What a plugin's handle to a store stands for.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct StoreResource {
    store: SharedStore,
    _handle: Lease,
}

/// What a plugin's handle to the keys of a store stands for: a place behind the last key that was returned.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct KeyStreamResource {
    store: SharedStore,
    after: Option<String>,
    _handle: Lease,
}

/// A store, and what it takes from the plugin's budget.
#[derive(Clone, Debug)]
struct SharedStore(Arc<(Mutex<Paid>, Lease)>);

/// A store whose keys are paid for.
#[derive(Debug)]
struct Paid {
    store: Store<NativeDirectory>,
    index: Lease,
}

impl SharedStore {
    fn lock(&self) -> MutexGuard<'_, Paid> {
        // Nothing that runs under the lock leaves the index half changed.
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Paid {
    fn set(&mut self, key: &str, parts: &[Vec<u8>]) -> Result<()> {
        self.index.grow(self.store.cost(key)).map_err(EngineError::from)?;
        let result = self.store.set(key, parts);
        self.index.shrink_to(self.store.memory());
        Ok(result?)
    }

    /// Removes keys.
    fn remove<T>(
        &mut self,
        remove: impl FnOnce(&mut Store<NativeDirectory>) -> filemap::error::Result<T>,
    ) -> Result<T> {
        let result = remove(&mut self.store);
        self.index.shrink_to(self.store.memory());
        Ok(result?)
    }
}

impl CtxView<'_> {
    fn store(&self, handle: &Resource<StoreResource>) -> Result<MutexGuard<'_, Paid>> {
        Ok(self.table.get(handle)?.store.lock())
    }

    /// Opens a store within the plugin's budget.
    fn push_store(
        &mut self,
        open: impl FnOnce(&mut Self) -> Result<Store<NativeDirectory>>,
    ) -> Result<Resource<StoreResource>> {
        let handle = self.lease_handle()?;
        let directory = self.ctx.budgets.files.lease(1).map_err(EngineError::from)?;
        let store = open(self)?;
        let index = self.ctx.budgets.index.lease(store.memory()).map_err(EngineError::from)?;
        let store = SharedStore(Arc::new((Mutex::new(Paid { store, index }), directory)));
        Ok(self.table.push(StoreResource { store, _handle: handle })?)
    }
}

impl wit::Host for CtxView<'_> {}

impl wit::HostStore for CtxView<'_> {
    fn open(&mut self, path: String, options: wit::OpenOptions) -> Result<Resource<StoreResource>> {
        self.push_store(|view| Ok(Store::open(view.preopens()?, &path, options.into())?))
    }

    fn open_directory(
        &mut self,
        directory: Resource<Descriptor>,
        options: wit::OpenOptions,
    ) -> Result<Resource<StoreResource>> {
        self.push_store(|view| {
            let directory = match view.table.get(&directory)? {
                Descriptor::Dir(directory) => NativeDirectory::new(directory, &view.ctx.budgets),
                Descriptor::File(_) => Err(IoErrorKind::NotDirectory.into()),
            };
            let directory = directory.map_err(|error| EngineError::io("open the directory", GIVEN, &error))?;
            Ok(Store::open_directory(directory, GIVEN, options.into())?)
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

    fn size_of(&mut self, store: Resource<StoreResource>, key: String) -> Result<Option<u64>> {
        Ok(self.store(&store)?.store.size_of(&key)?)
    }

    fn set(&mut self, store: Resource<StoreResource>, key: String, value: Vec<u8>) -> Result<()> {
        self.store(&store)?.set(&key, &[value])
    }

    fn set_parts(&mut self, store: Resource<StoreResource>, key: String, parts: Vec<Vec<u8>>) -> Result<()> {
        self.store(&store)?.set(&key, &parts)
    }

    fn remove(&mut self, store: Resource<StoreResource>, key: String) -> Result<bool> {
        self.store(&store)?.remove(|store| store.remove(&key))
    }

    fn contains(&mut self, store: Resource<StoreResource>, key: String) -> Result<bool> {
        Ok(self.store(&store)?.store.contains(&key)?)
    }

    fn len(&mut self, store: Resource<StoreResource>) -> Result<u64> {
        Ok(self.store(&store)?.store.len()?)
    }

    fn keys(&mut self, store: Resource<StoreResource>) -> Result<Resource<KeyStreamResource>> {
        let handle = self.lease_handle()?;
        self.store(&store)?.store.len()?;
        let store = self.table.get(&store)?.store.clone();
        Ok(self.table.push(KeyStreamResource { store, after: None, _handle: handle })?)
    }

    fn clear(&mut self, store: Resource<StoreResource>) -> Result<()> {
        self.store(&store)?.remove(Store::clear)
    }

    fn describe(&mut self, store: Resource<StoreResource>) -> wasmtime::Result<String> {
        Ok(self.table.get(&store)?.store.lock().store.describe())
    }

    fn close(&mut self, store: Resource<StoreResource>) -> wasmtime::Result<()> {
        self.table.get(&store)?.store.lock().store.close();
        Ok(())
    }

    fn drop(&mut self, store: Resource<StoreResource>) -> wasmtime::Result<()> {
        // Its key streams have it too, and are closed with it.
        self.table.delete(store)?.store.lock().store.close();
        Ok(())
    }
}

impl wit::HostKeyStream for CtxView<'_> {
    fn next(&mut self, stream: Resource<KeyStreamResource>, max: u32) -> Result<Vec<String>> {
        let stream = self.table.get_mut(&stream)?;
        let keys = stream.store.lock().store.keys_after(stream.after.as_deref(), max)?;
        if let Some(last) = keys.last() {
            stream.after = Some(last.clone());
        }
        Ok(keys)
    }

    fn drop(&mut self, stream: Resource<KeyStreamResource>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl From<wit::OpenOptions> for OpenOptions {
    fn from(options: wit::OpenOptions) -> Self {
        let wit::OpenOptions { create, read_only, durability } = options;
        let durability = match durability {
            wit::Durability::None => Durability::None,
            wit::Durability::Data => Durability::Data,
            wit::Durability::Full => Durability::Full,
        };
        Self { create, read_only, durability }
    }
}
