//! The interface `array`: memmaps and their views.

use std::sync::Arc;

use filemap::array::{Memmap, OpenPlan};
use filemap::error::Error as EngineError;
use filemap::layout::Index;
use wasmtime::component::Resource;

use super::bindings::array as wit;
use super::handles::Host;
use super::resources::MemmapResource;
use super::slot::{MemmapSlot, Slot};
use super::trappable_error::Result;
use crate::pages::MmapRegion;

type Array = Memmap<MmapRegion>;

impl Host<'_> {
    /// Calls `work`, which may wait for a disk, with the array of a handle.
    async fn with_array<T: Send + 'static>(
        &mut self,
        handle: &Resource<MemmapSlot>,
        work: impl FnOnce(&mut Array) -> filemap::error::Result<T> + Send + 'static,
    ) -> Result<T> {
        Ok(self.run_blocking(handle, |resource| work(&mut resource.array)).await??)
    }

    /// Opens a planned array, and pushes it onto the plugin's table.
    async fn open_planned(&mut self, path: String, plan: OpenPlan) -> Result<Resource<MemmapSlot>> {
        let handle = self.reserve_handle()?;
        let dtype = self.reserve_footprint(plan.footprint())?;
        let open = move |preopens: &_| {
            let array = Memmap::open_planned(preopens, &path, plan)?;
            Ok::<_, EngineError>(MemmapResource::new(array, dtype, handle))
        };
        let resource = self.run_blocking_with_preopens(open).await??;
        Ok(self.table.push(Slot::new(resource))?)
    }

    /// Makes a view of an array with `make_view`, and pushes it onto the plugin's table.
    fn push_view(
        &mut self,
        array: &Resource<MemmapSlot>,
        make_view: impl FnOnce(&Array) -> filemap::error::Result<Array>,
    ) -> Result<Resource<MemmapSlot>> {
        let handle = self.reserve_handle()?;
        let view = make_view(self.array(array)?)?;
        self.push_array(view, handle)
    }
}

impl wit::Host for Host<'_> {}

impl wit::HostMemmap for Host<'_> {
    async fn open(
        &mut self,
        path: String,
        options: wit::MemmapOptions,
    ) -> Result<Resource<MemmapSlot>> {
        self.open_planned(path, OpenPlan::new(&options.into())?).await
    }

    async fn open_npy(
        &mut self,
        path: String,
        mode: wit::Mode,
        max_header: Option<u64>,
    ) -> Result<Resource<MemmapSlot>> {
        let handle = self.reserve_handle()?;
        let dtypes = Arc::clone(&self.ctx.budgets.dtypes);
        let open = move |preopens: &_| {
            // The dtype is in the file, which this does not change.
            let array = Memmap::open_npy(preopens, &path, mode.into(), max_header)?;
            let dtype = dtypes.reserve(array.footprint())?;
            Ok::<_, EngineError>(MemmapResource::new(array, dtype, handle))
        };
        let resource = self.run_blocking_with_preopens(open).await??;
        Ok(self.table.push(Slot::new(resource))?)
    }

    async fn create_npy(
        &mut self,
        path: String,
        options: wit::NpyOptions,
    ) -> Result<Resource<MemmapSlot>> {
        self.open_planned(path, OpenPlan::new_npy(&options.into())?).await
    }

    fn info(&mut self, array: Resource<MemmapSlot>) -> Result<wit::MemmapInfo> {
        Ok(self.array(&array)?.info()?.into())
    }

    async fn read(
        &mut self,
        array: Resource<MemmapSlot>,
        index: Vec<wit::Index>,
    ) -> Result<Vec<u8>> {
        self.with_array(&array, move |array| array.read(&into_index(index))).await
    }

    fn shape_of(
        &mut self,
        array: Resource<MemmapSlot>,
        index: Vec<wit::Index>,
    ) -> Result<Vec<u64>> {
        Ok(self.array(&array)?.shape_of(&into_index(index))?)
    }

    async fn write(
        &mut self,
        array: Resource<MemmapSlot>,
        index: Vec<wit::Index>,
        data: Vec<u8>,
        shape: Option<Vec<u64>>,
    ) -> Result<()> {
        let index = into_index(index);
        self.with_array(&array, move |array| array.write(&index, &data, shape.as_deref())).await
    }

    async fn fill(&mut self, array: Resource<MemmapSlot>, data: Vec<u8>) -> Result<()> {
        self.with_array(&array, move |array| array.fill(&data)).await
    }

    fn view(
        &mut self,
        array: Resource<MemmapSlot>,
        index: Vec<wit::Index>,
    ) -> Result<Resource<MemmapSlot>> {
        self.push_view(&array, |array| array.view(&into_index(index)))
    }

    fn field(&mut self, array: Resource<MemmapSlot>, name: String) -> Result<Resource<MemmapSlot>> {
        self.push_view(&array, |array| array.field(&name))
    }

    fn view_as(
        &mut self,
        array: Resource<MemmapSlot>,
        dtype: String,
    ) -> Result<Resource<MemmapSlot>> {
        self.push_view(&array, |array| array.view_as(&dtype))
    }

    fn reshape(
        &mut self,
        array: Resource<MemmapSlot>,
        shape: Vec<i64>,
        order: wit::Order,
    ) -> Result<Resource<MemmapSlot>> {
        self.push_view(&array, |array| array.reshape(&shape, order.into()))
    }

    fn transpose(
        &mut self,
        array: Resource<MemmapSlot>,
        axes: Option<Vec<i64>>,
    ) -> Result<Resource<MemmapSlot>> {
        self.push_view(&array, |array| array.transpose(axes.as_deref()))
    }

    async fn read_bytes(
        &mut self,
        array: Resource<MemmapSlot>,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>> {
        self.with_array(&array, move |array| array.read_bytes(offset, length)).await
    }

    async fn write_bytes(
        &mut self,
        array: Resource<MemmapSlot>,
        offset: u64,
        data: Vec<u8>,
    ) -> Result<()> {
        self.with_array(&array, move |array| array.write_bytes(offset, &data)).await
    }

    async fn reduce(
        &mut self,
        array: Resource<MemmapSlot>,
        operation: wit::Operation,
        axis: Option<i64>,
    ) -> Result<wit::Reduction> {
        let reduce = move |array: &mut Array| array.reduce(operation.into(), axis);
        Ok(self.with_array(&array, reduce).await?.into())
    }

    async fn flush(&mut self, array: Resource<MemmapSlot>) -> Result<()> {
        self.with_array(&array, |array| array.flush()).await
    }

    async fn advise(&mut self, array: Resource<MemmapSlot>, advice: wit::Advice) -> Result<()> {
        self.with_array(&array, move |array| array.advise(advice.into())).await
    }

    async fn resize(&mut self, array: Resource<MemmapSlot>, length: u64) -> Result<()> {
        self.with_array(&array, move |array| array.resize(length)).await
    }

    async fn close(&mut self, array: Resource<MemmapSlot>) -> wasmtime::Result<()> {
        self.run_blocking(&array, |resource| resource.array.close()).await
    }

    async fn drop(&mut self, array: Resource<MemmapSlot>) -> wasmtime::Result<()> {
        // Only the last array of a mapping closes the file.
        if self.array(&array).is_ok_and(Memmap::has_views) {
            self.table.delete(array)?;
            return Ok(());
        }
        self.drop_blocking(array).await
    }
}

fn into_index(index: Vec<wit::Index>) -> Vec<Index> {
    index.into_iter().map(Into::into).collect()
}
