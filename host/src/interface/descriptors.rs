//! The interface `descriptors`: arrays and stores that are opened from WASI descriptors.

use filemap::array::{DESCRIPTOR_NAME, Memmap};
use filemap::error::Error as EngineError;
use filemap::fs::IoErrorKind;
use filemap::store::Store;
use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::Descriptor;

use super::bindings::descriptors as wit;
use super::resources::{MemmapResource, StoreResource};
use super::trappable_error::Result;
use crate::CtxView;
use crate::files::{NativeDirectory, NativeFile, REGISTRY};

impl wit::Host for CtxView<'_> {
    fn open_file(
        &mut self,
        file: Resource<Descriptor>,
        options: wit::MemmapOptions,
    ) -> Result<Resource<MemmapResource>> {
        let file = match self.table.delete(file)? {
            Descriptor::File(file) => NativeFile::from_descriptor(file, &self.ctx.budgets),
            Descriptor::Dir(_) => Err(IoErrorKind::IsDirectory.into()),
        };
        let file = file.map_err(|error| EngineError::io("map", DESCRIPTOR_NAME, &error))?;
        let handle = self.reserve_handle()?;
        let array = Memmap::open_file(&file, &options.into())?;
        self.push_array(array, handle)
    }

    fn open_directory(
        &mut self,
        directory: Resource<Descriptor>,
        options: wit::StoreOptions,
    ) -> Result<Resource<StoreResource>> {
        let options = options.into();
        self.push_store(options, |view| {
            let directory = match view.table.get(&directory)? {
                Descriptor::Dir(directory) => {
                    NativeDirectory::from_descriptor(directory, &view.ctx.budgets)
                }
                Descriptor::File(_) => Err(IoErrorKind::NotDirectory.into()),
            };
            let directory = directory
                .map_err(|error| EngineError::io("open the directory", DESCRIPTOR_NAME, &error))?;
            Ok(Store::open_directory(&REGISTRY, directory, DESCRIPTOR_NAME, options)?)
        })
    }
}
