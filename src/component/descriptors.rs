//! The interface `descriptors`.

use super::Provider;
use super::array::{Memmap, memmap_resource};
use super::bindings::exports::filemap::data::array::{self as wit_array, MemmapOptions};
use super::bindings::exports::filemap::data::descriptors::{Descriptor, Guest};
use super::bindings::exports::filemap::data::errors::Error;
use super::bindings::exports::filemap::data::store::{self as wit_store, StoreOptions};
use super::store::{registry, store_resource};
use super::wasi::{WasiDirectory, WasiFile};
use crate::array::DESCRIPTOR_NAME;
use crate::error;
use crate::store::Store;

impl Guest for Provider {
    fn open_file(file: Descriptor, options: MemmapOptions) -> Result<wit_array::Memmap, Error> {
        let file = WasiFile::new(file)
            .map_err(|error| error::Error::io("map", DESCRIPTOR_NAME, &error))?;
        Ok(memmap_resource(Memmap::open_file(&file, &options.into())?))
    }

    fn open_directory(
        directory: &Descriptor,
        options: StoreOptions,
    ) -> Result<wit_store::Store, Error> {
        let failed = |error| error::Error::io("open the directory", DESCRIPTOR_NAME, &error);
        let directory = WasiDirectory::reopen(directory).map_err(failed)?;
        Ok(store_resource(Store::open_directory(
            registry(),
            directory,
            DESCRIPTOR_NAME,
            options.into(),
        )?))
    }
}
