//! The interfaces `store`, `atomics` and `batch` of `wasi:keyvalue`. A bucket is a store.

use alloc::string::String;
use alloc::vec::Vec;

use super::Provider;
use super::store::registry;
use super::wasi::{WasiDirectory, preopens};
use crate::keyvalue;
use crate::store::Store;

mod bindings;

use bindings::exports::wasi::keyvalue::store::{self as wit, Bucket, BucketBorrow, Error};
use bindings::exports::wasi::keyvalue::{atomics, batch};

crate::convert_keyvalue!(wit);

type Result<T> = core::result::Result<T, Error>;

/// The resource `bucket`.
pub(super) struct BucketResource(Store<WasiDirectory>);

/// Converts the error of a call on an open bucket.
fn failed(error: crate::error::Error) -> Error {
    keyvalue::Error::from(error).into()
}

/// Returns the store of a borrowed bucket.
fn store_of<'a>(bucket: &'a BucketBorrow<'_>) -> &'a Store<WasiDirectory> {
    &bucket.get::<BucketResource>().0
}

impl wit::Guest for Provider {
    type Bucket = BucketResource;

    fn open(identifier: String) -> Result<Bucket> {
        let (path, preopens) = (keyvalue::bucket_path(&identifier), preopens());
        keyvalue::check_granted(&preopens, path)?;
        let store = keyvalue::open(|options| Store::open(registry(), &preopens, path, options))?;
        Ok(Bucket::new(BucketResource(store)))
    }
}

impl wit::GuestBucket for BucketResource {
    fn get(&self, key: String) -> Result<Option<Vec<u8>>> {
        self.0.get(&key).map_err(failed)
    }

    fn set(&self, key: String, value: Vec<u8>) -> Result<()> {
        self.0.set(&key, &[value]).map_err(failed)
    }

    fn delete(&self, key: String) -> Result<()> {
        self.0.remove(&key).map(drop).map_err(failed)
    }

    fn exists(&self, key: String) -> Result<bool> {
        self.0.contains(&key).map_err(failed)
    }

    fn list_keys(&self, cursor: Option<u64>) -> Result<wit::KeyResponse> {
        let mut keys = self.0.keys().map_err(failed)?;
        keyvalue::list_keys(cursor, |max| keys.next(max)).map(Into::into).map_err(failed)
    }
}

impl atomics::Guest for Provider {
    fn increment(bucket: BucketBorrow<'_>, key: String, delta: u64) -> Result<u64> {
        store_of(&bucket).increment(&key, delta).map_err(failed)
    }
}

impl batch::Guest for Provider {
    fn get_many(
        bucket: BucketBorrow<'_>,
        keys: Vec<String>,
    ) -> Result<Vec<Option<(String, Vec<u8>)>>> {
        let values = store_of(&bucket).get_many(&keys).map_err(failed)?;
        Ok(keyvalue::pairs(keys, values))
    }

    fn set_many(bucket: BucketBorrow<'_>, key_values: Vec<(String, Vec<u8>)>) -> Result<()> {
        store_of(&bucket).update(&key_values).map_err(failed)
    }

    fn delete_many(bucket: BucketBorrow<'_>, keys: Vec<String>) -> Result<()> {
        let store = store_of(&bucket);
        keyvalue::delete_many(&keys, |key| store.remove(key)).map_err(failed)
    }
}
