//! A plugin's handles under its budgets: functions that several interfaces use.
//!
//! Whatever a call opens for a plugin is paid for first.

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

/// The number of open files of a store that is open for writing: the directory and the lock on it.
const FILES_OF_WRITER: u64 = 2;

impl CtxView<'_> {
    /// Returns the directories that the plugin was granted, which the first call asks WASI for.
    pub(super) fn preopens(&mut self) -> Result<&Preopens<NativeDirectory>> {
        if self.ctx.preopens.is_none() {
            let listed =
                WasiFilesystemCtxView { ctx: self.wasi, table: self.table }.get_directories()?;
            let mut preopens = Vec::with_capacity(listed.len());
            for (handle, guest) in listed {
                if let Descriptor::Dir(dir) = self.table.delete(handle)? {
                    let directory = NativeDirectory::from_descriptor(&dir, &self.ctx.budgets)
                        .map_err(|error| EngineError::io("open the directory", &guest, &error))?;
                    preopens.push((guest, directory));
                }
            }
            self.ctx.preopens = Some(Preopens::new(preopens));
        }
        Ok(self.ctx.preopens.get_or_insert_with(|| Preopens::new(Vec::new())))
    }

    /// Returns the array of a handle.
    pub(super) fn array(&self, handle: &Resource<MemmapResource>) -> Result<&Memmap<MmapRegion>> {
        Ok(&self.table.get(handle)?.array)
    }

    /// Pushes an array, after taking the memory of its dtype from the plugin's budget.
    pub(super) fn push_array(
        &mut self,
        array: Memmap<MmapRegion>,
        handle: Lease,
    ) -> Result<Resource<MemmapResource>> {
        let dtype = self.lease_dtype(&array)?;
        Ok(self.table.push(MemmapResource::new(array, dtype, handle))?)
    }

    /// Takes the memory of an array's dtype from the plugin's budget.
    pub(super) fn lease_dtype(&self, array: &Memmap<MmapRegion>) -> Result<Lease> {
        Ok(self.ctx.budgets.dtypes.lease(array.footprint()).map_err(EngineError::from)?)
    }

    /// Takes a handle from the plugin's budget. Is called before anything is opened for it.
    pub(super) fn lease_handle(&self) -> Result<Lease> {
        Ok(self.ctx.budgets.handles.lease(1).map_err(EngineError::from)?)
    }

    /// Returns the store of a handle.
    pub(super) fn store(&self, handle: &Resource<StoreResource>) -> Result<&StoreResource> {
        Ok(self.table.get(handle)?)
    }

    /// Pushes the store that `open` opens, within the plugin's budgets.
    pub(super) fn push_store(
        &mut self,
        options: OpenOptions,
        open: impl FnOnce(&mut Self) -> Result<Store<NativeDirectory>>,
    ) -> Result<Resource<StoreResource>> {
        let handle = self.lease_handle()?;
        let files = self.lease_files(if options.read_only { 1 } else { FILES_OF_WRITER })?;
        // If the budget for keys is exceeded already, do not read the directory.
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
