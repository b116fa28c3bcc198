//! The interface `descriptors`: arrays and stores that are opened from WASI descriptors.

use filemap::array::{DESCRIPTOR_NAME, Memmap, OpenPlan};
use filemap::error::Error as EngineError;
use filemap::fs::IoErrorKind;
use filemap::store::Store;
use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::Descriptor;

use super::bindings::descriptors as wit;
use super::handles::Host;
use super::resources::MemmapResource;
use super::slot::{MemmapSlot, Slot, StoreSlot};
use super::trappable_error::Result;
use crate::files::{NativeDirectory, NativeFile, REGISTRY};

impl wit::Host for Host<'_> {
    async fn open_file(
        &mut self,
        file: Resource<Descriptor>,
        options: wit::MemmapOptions,
    ) -> Result<Resource<MemmapSlot>> {
        // This leaves room in the table for the array.
        let descriptor = self.table.delete(file)?;
        let budgets = self.ctx.budgets.clone();
        let map = move || {
            let file = match descriptor {
                Descriptor::File(file) => NativeFile::from_descriptor(file, &budgets),
                Descriptor::Dir(_) => Err(IoErrorKind::IsDirectory.into()),
            };
            let file = file.map_err(|error| EngineError::io("map", DESCRIPTOR_NAME, &error))?;
            let plan = OpenPlan::new(&options.into())?;
            let handle = budgets.handles.reserve(1)?;
            let dtype = budgets.dtypes.reserve(plan.footprint())?;
            let array = Memmap::open_file_planned(&file, plan)?;
            Ok::<_, EngineError>(MemmapResource::new(array, dtype, handle))
        };
        let resource = self.blocking.run(map).await?;
        Ok(self.table.push(Slot::new(resource))?)
    }

    async fn open_directory(
        &mut self,
        directory: Resource<Descriptor>,
        options: wit::StoreOptions,
    ) -> Result<Resource<StoreSlot>> {
        let options = options.into();
        let reserved = self.reserve_store(options)?;
        let directory = match self.table.get(&directory)? {
            Descriptor::Dir(directory) => {
                NativeDirectory::from_descriptor(directory, &self.ctx.budgets)
            }
            Descriptor::File(_) => Err(IoErrorKind::NotDirectory.into()),
        };
        let directory = directory
            .map_err(|error| EngineError::io("open the directory", DESCRIPTOR_NAME, &error))?;
        let open = move || {
            let open = || Store::open_directory(&REGISTRY, directory, DESCRIPTOR_NAME, options);
            reserved.keep(open)
        };
        let (store, reserved) = self.blocking.run(open).await?;
        self.push_store(Box::new(store), reserved).await
    }
}

#[cfg(test)]
mod tests;
