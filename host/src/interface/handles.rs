//! Access to a plugin's handles, and reservations for new ones: functions that several interfaces
//! use.
//!
//! A call reserves handles and files from the plugin's budgets before it opens anything.

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
use crate::limits::Reservation;
use crate::pages::MmapRegion;

/// The number of open files of a store that is open for writing: the directory and the lock on it.
const FILES_OF_WRITER: u64 = 2;

impl CtxView<'_> {
    /// Returns the directories that the plugin was granted. The first call gets them from WASI.
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

    /// Returns the array that a handle refers to.
    pub(super) fn array(&self, handle: &Resource<MemmapResource>) -> Result<&Memmap<MmapRegion>> {
        Ok(&self.table.get(handle)?.array)
    }

    /// Pushes an array onto the plugin's table, after reserving the memory of its dtype.
    pub(super) fn push_array(
        &mut self,
        array: Memmap<MmapRegion>,
        handle: Reservation,
    ) -> Result<Resource<MemmapResource>> {
        let dtype = self.reserve_dtype(&array)?;
        Ok(self.table.push(MemmapResource::new(array, dtype, handle))?)
    }

    /// Reserves the memory of an array's dtype.
    pub(super) fn reserve_dtype(&self, array: &Memmap<MmapRegion>) -> Result<Reservation> {
        Ok(self.ctx.budgets.dtypes.reserve(array.footprint()).map_err(EngineError::from)?)
    }

    /// Reserves a handle. Every call that returns a new handle does this before it opens anything.
    pub(super) fn reserve_handle(&self) -> Result<Reservation> {
        Ok(self.ctx.budgets.handles.reserve(1).map_err(EngineError::from)?)
    }

    /// Returns the store that a handle refers to.
    pub(super) fn store(&self, handle: &Resource<StoreResource>) -> Result<&StoreResource> {
        Ok(self.table.get(handle)?)
    }

    /// Opens a store with `open` and pushes it onto the plugin's table, within the plugin's
    /// budgets.
    pub(super) fn push_store(
        &mut self,
        options: OpenOptions,
        open: impl FnOnce(&mut Self) -> Result<Store<NativeDirectory>>,
    ) -> Result<Resource<StoreResource>> {
        let handle = self.reserve_handle()?;
        let files = self.reserve_files(if options.read_only { 1 } else { FILES_OF_WRITER })?;
        // If the budget for keys is exceeded already, do not read the directory.
        drop(self.ctx.budgets.index.reserve(0).map_err(EngineError::from)?);
        let store = open(self)?;
        let index = self.ctx.index_reservations.open(&store, &self.ctx.budgets.index)?;
        Ok(self.table.push(StoreResource::new(store, index, files, handle))?)
    }

    /// Reserves `count` open files.
    pub(super) fn reserve_files(&self, count: u64) -> Result<Reservation> {
        Ok(self.ctx.budgets.files.reserve(count).map_err(EngineError::from)?)
    }
}
