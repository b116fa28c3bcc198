//! The package `wasi:keyvalue`, with the feature `keyvalue`: the interfaces `store`, `atomics` and
//! `batch`.
//!
//! A bucket is a store, and has its slot in the plugin's table. So most functions are those of the
//! interface `store` of `filemap:data`, with other errors.

mod bindings;
mod error;

use filemap::keyvalue;
use filemap::store::{Durability, OpenOptions, Store};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};

use self::bindings::atomics::Host as HostAtomics;
use self::bindings::batch::Host as HostBatch;
pub(super) use self::bindings::store::Host as HostOpen;
use self::bindings::store::{self as wit, HostBucket};
use self::error::{KeyvalueError, Result};
use super::bindings::store::HostStore;
use super::blocking::now;
use super::errors::IntoWit;
use super::handles::Host;
use super::linking::{Form, Interface, link_functions};
use super::slot::StoreSlot;
use super::span::CallSpan;
use crate::CtxView;
use crate::files::REGISTRY;
use crate::stores::KeyValueStore;

impl HostOpen for Host<'_> {
    async fn open(&mut self, identifier: String) -> Result<Resource<StoreSlot>> {
        let path = keyvalue::bucket_path(&identifier).to_owned();
        let reserved = self.reserve_store(keyvalue::WRITEABLE)?;
        let (store, reserved): (Box<dyn KeyValueStore>, _) =
            if let Some(served) = self.ctx.stores.find(&path) {
                let interrupter = self.ctx.interrupter();
                // What a write guarantees is a setting of the server, which its owner has chosen.
                let open = move |options| {
                    let options = OpenOptions { durability: Durability::None, ..options };
                    served.open(&path, options, &interrupter)
                };
                self.blocking.run(move || reserved.keep(|| keyvalue::open(open))).await?
            } else {
                let open = move |preopens: &_| {
                    reserved.keep(|| {
                        keyvalue::check_granted(preopens, &path)?;
                        keyvalue::open(|options| Store::open(&REGISTRY, preopens, &path, options))
                    })
                };
                let (store, reserved) = self.run_blocking_with_preopens(open).await??;
                (Box::new(store), reserved)
            };
        Ok(self.push_store(store, reserved).await?)
    }

    fn convert_error(&mut self, error: KeyvalueError) -> wasmtime::Result<wit::Error> {
        into_wit(error)
    }
}

impl HostBucket for Host<'_> {
    async fn get(&mut self, bucket: Resource<StoreSlot>, key: String) -> Result<Option<Vec<u8>>> {
        Ok(HostStore::get(self, bucket, key).await?)
    }

    async fn set(
        &mut self,
        bucket: Resource<StoreSlot>,
        key: String,
        value: Vec<u8>,
    ) -> Result<()> {
        Ok(HostStore::set(self, bucket, key, value).await?)
    }

    async fn delete(&mut self, bucket: Resource<StoreSlot>, key: String) -> Result<()> {
        HostStore::remove(self, bucket, key).await?;
        Ok(())
    }

    async fn exists(&mut self, bucket: Resource<StoreSlot>, key: String) -> Result<bool> {
        Ok(HostStore::contains(self, bucket, key).await?)
    }

    async fn list_keys(
        &mut self,
        bucket: Resource<StoreSlot>,
        cursor: Option<u64>,
    ) -> Result<wit::KeyResponse> {
        let list = self.with_store(&bucket, move |resource| {
            let mut keys = resource.store.keys()?;
            keyvalue::list_keys(cursor, |max| keys.next(max))
        });
        Ok(list.await?.into())
    }

    async fn drop(&mut self, bucket: Resource<StoreSlot>) -> wasmtime::Result<()> {
        self.drop_blocking(bucket).await
    }
}

impl HostAtomics for Host<'_> {
    async fn increment(
        &mut self,
        bucket: Resource<StoreSlot>,
        key: String,
        delta: u64,
    ) -> Result<u64> {
        let increment =
            self.change_key(&bucket, key, move |store, key| store.increment(key, delta));
        Ok(increment.await?)
    }
}

impl HostBatch for Host<'_> {
    async fn get_many(
        &mut self,
        bucket: Resource<StoreSlot>,
        keys: Vec<String>,
    ) -> Result<Vec<Option<(String, Vec<u8>)>>> {
        let get = self.with_store(&bucket, move |resource| {
            let values = resource.store.get_many(&keys)?;
            Ok(keyvalue::pairs(keys, values))
        });
        Ok(get.await?)
    }

    async fn set_many(
        &mut self,
        bucket: Resource<StoreSlot>,
        key_values: Vec<(String, Vec<u8>)>,
    ) -> Result<()> {
        Ok(HostStore::update(self, bucket, key_values).await?)
    }

    async fn delete_many(&mut self, bucket: Resource<StoreSlot>, keys: Vec<String>) -> Result<()> {
        let delete = self
            .change(&bucket, move |store| keyvalue::delete_many(&keys, |key| store.remove(key)));
        Ok(delete.await?)
    }
}

impl<T> IntoWit for Result<T> {
    type Wit = (std::result::Result<T, wit::Error>,);

    fn into_wit(self) -> wasmtime::Result<Self::Wit> {
        Ok((match self {
            Ok(value) => Ok(value),
            Err(error) => Err(into_wit(error)?),
        },))
    }
}

/// Converts an error for the plugin, or fails with the trap.
fn into_wit(error: KeyvalueError) -> wasmtime::Result<wit::Error> {
    match error {
        KeyvalueError::Plugin(error) => Ok(error.into()),
        KeyvalueError::Trap(trap) => Err(trap),
    }
}

/// Adds the package to a linker.
pub(super) fn link<T: Send>(
    linker: &mut Linker<T>,
    view: fn(&mut T) -> CtxView<'_>,
    form: Form,
) -> wasmtime::Result<()> {
    let mut interface = Interface::of_keyvalue(linker, "store", view, form)?;
    link_functions! { interface:
        blocking_resource "bucket" = HostBucket::drop(StoreSlot);
        blocking "open" = HostOpen::open(identifier);
        blocking "[method]bucket.get" = HostBucket::get(bucket, key);
        blocking "[method]bucket.set" = HostBucket::set(bucket, key, value);
        blocking "[method]bucket.delete" = HostBucket::delete(bucket, key);
        blocking "[method]bucket.exists" = HostBucket::exists(bucket, key);
        blocking "[method]bucket.list-keys" = HostBucket::list_keys(bucket, cursor);
    }
    let mut interface = Interface::of_keyvalue(linker, "atomics", view, form)?;
    link_functions! { interface:
        blocking "increment" = HostAtomics::increment(bucket, key, delta);
    }
    let mut interface = Interface::of_keyvalue(linker, "batch", view, form)?;
    link_functions! { interface:
        blocking "get-many" = HostBatch::get_many(bucket, keys);
        blocking "set-many" = HostBatch::set_many(bucket, key_values);
        blocking "delete-many" = HostBatch::delete_many(bucket, keys);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
