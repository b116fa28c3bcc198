//! What a host function works with: the plugin's state, and the access to its handles. Functions
//! that several interfaces use.
//!
//! A call reserves handles, files and memory from the plugin's budgets, and makes sure that the
//! plugin's table has room, before it opens anything: nothing of this may fail when a file has
//! changed. The reservations go with the work to the other thread, so that they last as long as the
//! work does if the call's future is dropped.

use std::sync::Arc;

use filemap::array::Memmap;
use filemap::error::Error as EngineError;
use filemap::fs::Preopens;
use filemap::store::OpenOptions;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtx, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::preopens::Host as _;

use super::blocking::Blocking;
use super::resources::{MemmapResource, StoreResource};
use super::slot::{MemmapSlot, Slot, StoreSlot};
use super::trappable_error::Result;
use crate::files::NativeDirectory;
use crate::limits::Reservation;
use crate::pages::MmapRegion;
use crate::stores::KeyValueStore;
use crate::{Ctx, CtxView};

/// The number of open files of a store that is open for writing: the directory and the lock on it.
const FILES_OF_WRITER: u64 = 2;

/// What a store takes of the plugin's budgets, except for its keys.
pub(super) struct StoreReservations {
    handle: Reservation,
    files: Reservation,
}

impl StoreReservations {
    /// Opens a store, and returns it with its reservations. Work on the [pool](Blocking::Pool) has
    /// to own them: it goes on if the call's future is dropped.
    pub(super) fn keep<S, E>(
        self,
        open: impl FnOnce() -> std::result::Result<S, E>,
    ) -> std::result::Result<(S, Self), E> {
        Ok((open()?, self))
    }
}

/// The state of the plugin for one call of a host function.
pub(super) struct Host<'a> {
    pub(super) ctx: &'a mut Ctx,
    pub(super) wasi: &'a mut WasiFilesystemCtx,
    pub(super) table: &'a mut ResourceTable,
    /// The thread that waits for the disk.
    pub(super) blocking: Blocking,
}

impl<'a> Host<'a> {
    /// Returns the state for a call of a synchronous function.
    pub(super) const fn synchronous(view: CtxView<'a>) -> Self {
        let CtxView { ctx, wasi, table } = view;
        Self { ctx, wasi, table, blocking: Blocking::CurrentThread }
    }

    /// Returns the state for a call of an asynchronous function.
    pub(super) const fn asynchronous(view: CtxView<'a>) -> Self {
        let CtxView { ctx, wasi, table } = view;
        let blocking = if ctx.allow_blocking_current_thread {
            Blocking::CurrentThread
        } else {
            Blocking::Pool
        };
        Self { ctx, wasi, table, blocking }
    }
}

impl Host<'_> {
    /// Calls `work`, which may wait for a disk, with the resource of a handle.
    ///
    /// On the [pool](Blocking::Pool), the work owns the resource until it is complete.
    pub(super) async fn run_blocking<R: Send + 'static, T: Send + 'static>(
        &mut self,
        handle: &Resource<Slot<R>>,
        work: impl FnOnce(&mut R) -> T + Send + 'static,
    ) -> wasmtime::Result<T> {
        let slot = self.table.get_mut(handle)?;
        if self.blocking == Blocking::CurrentThread {
            return Ok(work(slot.get_mut()?));
        }
        let mut resource = slot.take()?;
        let run = move || {
            let result = work(&mut resource);
            (resource, result)
        };
        let (resource, result) = self.blocking.run(run).await;
        self.table.get_mut(handle)?.put(resource);
        Ok(result)
    }

    /// Removes a handle, and drops its resource where that may wait for a disk.
    pub(super) async fn drop_blocking<R: Send + 'static>(
        &mut self,
        handle: Resource<Slot<R>>,
    ) -> wasmtime::Result<()> {
        let slot = self.table.delete(handle)?;
        self.blocking.run(move || drop(slot)).await;
        Ok(())
    }

    /// Returns the directories that the plugin was granted. The first call gets them from WASI.
    pub(super) fn preopens(&mut self) -> Result<&Arc<Preopens<NativeDirectory>>> {
        if self.ctx.preopens.is_none() {
            // WASI returns them as handles. In a table of their own they need no room in the
            // plugin's, which may be full, and they are gone after a failure.
            let mut table = ResourceTable::new();
            let mut wasi = WasiFilesystemCtxView { ctx: self.wasi, table: &mut table };
            let listed = wasi.get_directories()?;
            let mut preopens = Vec::with_capacity(listed.len());
            for (handle, guest) in listed {
                if let Descriptor::Dir(dir) = table.get(&handle)? {
                    let directory = NativeDirectory::from_descriptor(dir, &self.ctx.budgets)
                        .map_err(|error| EngineError::io("open the directory", &guest, &error))?;
                    preopens.push((guest, directory));
                }
            }
            self.ctx.preopens = Some(Arc::new(Preopens::new(preopens)));
        }
        Ok(self.ctx.preopens.get_or_insert_with(|| Arc::new(Preopens::new(Vec::new()))))
    }

    /// Calls `work`, which may wait for a disk, with the directories that the plugin was granted.
    pub(super) async fn run_blocking_with_preopens<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Preopens<NativeDirectory>) -> T + Send + 'static,
    ) -> Result<T> {
        let blocking = self.blocking;
        Ok(blocking.run_with(self.preopens()?, work).await)
    }

    /// Returns the array that a handle refers to.
    pub(super) fn array(&self, handle: &Resource<MemmapSlot>) -> Result<&Memmap<MmapRegion>> {
        Ok(&self.table.get(handle)?.get()?.array)
    }

    /// Pushes an array onto the plugin's table, after reserving the memory of its dtype.
    pub(super) fn push_array(
        &mut self,
        array: Memmap<MmapRegion>,
        handle: Reservation,
    ) -> Result<Resource<MemmapSlot>> {
        let dtype = self.reserve_dtype(&array)?;
        Ok(self.table.push(Slot::new(MemmapResource::new(array, dtype, handle)))?)
    }

    /// Reserves the memory of an array's dtype.
    pub(super) fn reserve_dtype(&self, array: &Memmap<MmapRegion>) -> Result<Reservation> {
        self.reserve_footprint(array.footprint())
    }

    /// Reserves the memory of the dtype of an array that is not open yet.
    pub(super) fn reserve_footprint(&self, footprint: u64) -> Result<Reservation> {
        Ok(self.ctx.budgets.dtypes.reserve(footprint).map_err(EngineError::from)?)
    }

    /// Reserves a handle, and fails if the plugin's table has no room for one. Every call that
    /// returns a new handle does this before it opens anything.
    ///
    /// The room stays free until the call pushes its resource: the call has the table for itself.
    pub(super) fn reserve_handle(&mut self) -> Result<Reservation> {
        let handle = self.ctx.budgets.handles.reserve(1).map_err(EngineError::from)?;
        let room = self.table.push(())?;
        self.table.delete(room)?;
        Ok(handle)
    }

    /// Returns the store that a handle refers to.
    pub(super) fn store(&self, handle: &Resource<StoreSlot>) -> Result<&StoreResource> {
        Ok(self.table.get(handle)?.get()?)
    }

    /// Reserves what a store takes of the budgets that is about to be opened.
    pub(super) fn reserve_store(&mut self, options: OpenOptions) -> Result<StoreReservations> {
        let handle = self.reserve_handle()?;
        let files = self.reserve_files(if options.read_only { 1 } else { FILES_OF_WRITER })?;
        // If the budget for keys is exceeded already, do not read the directory.
        drop(self.ctx.budgets.index.reserve(0).map_err(EngineError::from)?);
        Ok(StoreReservations { handle, files })
    }

    /// Pushes a store that was just opened onto the plugin's table, after reserving the memory of
    /// its keys.
    pub(super) async fn push_store(
        &mut self,
        store: Box<dyn KeyValueStore>,
        reserved: StoreReservations,
    ) -> Result<Resource<StoreSlot>> {
        let (id, memory) = (store.index_id(), || store.index_memory());
        let index = match self.ctx.index_reservations.open(id, memory, &self.ctx.budgets.index) {
            Ok(index) => index,
            Err(error) => {
                self.blocking.run(move || drop((store, reserved))).await;
                return Err(error.into());
            }
        };
        let StoreReservations { handle, files } = reserved;
        Ok(self.table.push(Slot::new(StoreResource::new(store, index, files, handle)))?)
    }

    /// Reserves `count` open files.
    pub(super) fn reserve_files(&self, count: u64) -> Result<Reservation> {
        Ok(self.ctx.budgets.files.reserve(count).map_err(EngineError::from)?)
    }
}

#[cfg(test)]
mod tests;
