//! The handles of a plugin: what the host functions of several interfaces do with them, under the
//! plugin's budgets.

use filemap::array::Memmap;
use filemap::error::Error as EngineError;
use filemap::fs::Preopens;
use filemap::store::{OpenOptions, Store};
use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::preopens::Host as _;

use super::resources::{MemmapResource, StoreResource};
use super::trappable_error::Result;
use crate::CtxView;
use crate::files::NativeDirectory;
use crate::limits::Lease;
use crate::pages::MmapRegion;

/// How many open files a store for writing counts for: the directory, and the lock on it.
const FILES_TO_WRITE: u64 = 2;

impl CtxView<'_> {
    /// The directories that the plugin was granted.
    pub(super) fn preopens(&mut self) -> Result<&Preopens<NativeDirectory>> {
        if self.ctx.preopens.is_none() {
            let listed =
                WasiFilesystemCtxView { ctx: self.wasi, table: self.table }.get_directories()?;
            let mut preopens = Vec::with_capacity(listed.len());
            for (handle, guest) in listed {
                if let Descriptor::Dir(dir) = self.table.delete(handle)? {
                    let directory = NativeDirectory::new(&dir, &self.ctx.budgets);
                    preopens.push((
                        guest,
                        directory.map_err(|error| EngineError::io("open the grant", "", &error))?,
                    ));
                }
            }
            self.ctx.preopens = Some(Preopens::new(preopens));
        }
        Ok(self.ctx.preopens.get_or_insert_with(|| Preopens::new(Vec::new())))
    }

    pub(super) fn array(&self, handle: &Resource<MemmapResource>) -> Result<&Memmap<MmapRegion>> {
        Ok(&self.table.get(handle)?.array)
    }

    pub(super) fn push_array(
        &mut self,
        array: Memmap<MmapRegion>,
        handle: Lease,
    ) -> Result<Resource<MemmapResource>> {
        let dtype = self.lease_dtype(&array)?;
        Ok(self.table.push(MemmapResource::new(array, dtype, handle))?)
    }

    /// Takes the memory for the dtype of an array from the plugin's budget.
    pub(super) fn lease_dtype(&self, array: &Memmap<MmapRegion>) -> Result<Lease> {
        Ok(self.ctx.budgets.dtypes.lease(array.footprint()).map_err(EngineError::from)?)
    }

    /// Takes a handle from the plugin's budget, before anything is opened for it.
    pub(super) fn lease_handle(&self) -> Result<Lease> {
        Ok(self.ctx.budgets.handles.lease(1).map_err(EngineError::from)?)
    }

    pub(super) fn store(&self, handle: &Resource<StoreResource>) -> Result<&StoreResource> {
        Ok(self.table.get(handle)?)
    }

    /// Opens a store within the plugin's budget.
    pub(super) fn push_store(
        &mut self,
        options: OpenOptions,
        open: impl FnOnce(&mut Self) -> Result<Store<NativeDirectory>>,
    ) -> Result<Resource<StoreResource>> {
        let handle = self.lease_handle()?;
        let files = self.lease_files(if options.read_only { 1 } else { FILES_TO_WRITE })?;
        // Where too much is in use, no directory is read.
        drop(self.ctx.budgets.index.lease(0).map_err(EngineError::from)?);
        let store = open(self)?;
        let account = self.ctx.accounts.open(&store, &self.ctx.budgets.index)?;
        Ok(self.table.push(StoreResource::new(store, account, files, handle))?)
    }

    /// Takes open files from the plugin's budget.
    pub(super) fn lease_files(&self, count: u64) -> Result<Lease> {
        Ok(self.ctx.budgets.files.lease(count).map_err(EngineError::from)?)
    }
}
