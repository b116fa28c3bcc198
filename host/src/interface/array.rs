//! The interface `array`: memmaps and their views.

use filemap::array::Memmap;
use filemap::layout::Index;
use wasmtime::component::Resource;

use super::bindings::array as wit;
use super::resources::MemmapResource;
use super::trappable_error::Result;
use crate::CtxView;
use crate::pages::MmapRegion;

impl CtxView<'_> {
    /// Makes a view of an array with `make_view`, and pushes it onto the plugin's table.
    fn push_view(
        &mut self,
        array: &Resource<MemmapResource>,
        make_view: impl FnOnce(&Memmap<MmapRegion>) -> filemap::error::Result<Memmap<MmapRegion>>,
    ) -> Result<Resource<MemmapResource>> {
        let handle = self.reserve_handle()?;
        let view = make_view(self.array(array)?)?;
        self.push_array(view, handle)
    }
}

impl wit::Host for CtxView<'_> {}

impl wit::HostMemmap for CtxView<'_> {
    fn open(
        &mut self,
        path: String,
        options: wit::MemmapOptions,
    ) -> Result<Resource<MemmapResource>> {
        let handle = self.reserve_handle()?;
        let array = Memmap::open(self.preopens()?, &path, &options.into())?;
        self.push_array(array, handle)
    }

    fn open_npy(
        &mut self,
        path: String,
        mode: wit::Mode,
        max_header: Option<u64>,
    ) -> Result<Resource<MemmapResource>> {
        let handle = self.reserve_handle()?;
        let array = Memmap::open_npy(self.preopens()?, &path, mode.into(), max_header)?;
        self.push_array(array, handle)
    }

    fn create_npy(
        &mut self,
        path: String,
        options: wit::NpyOptions,
    ) -> Result<Resource<MemmapResource>> {
        let handle = self.reserve_handle()?;
        let array = Memmap::create_npy(self.preopens()?, &path, &options.into())?;
        self.push_array(array, handle)
    }

    fn info(&mut self, array: Resource<MemmapResource>) -> Result<wit::MemmapInfo> {
        Ok(self.array(&array)?.info()?.into())
    }

    fn read(&mut self, array: Resource<MemmapResource>, index: Vec<wit::Index>) -> Result<Vec<u8>> {
        Ok(self.array(&array)?.read(&into_index(index))?)
    }

    fn shape_of(
        &mut self,
        array: Resource<MemmapResource>,
        index: Vec<wit::Index>,
    ) -> Result<Vec<u64>> {
        Ok(self.array(&array)?.shape_of(&into_index(index))?)
    }

    fn write(
        &mut self,
        array: Resource<MemmapResource>,
        index: Vec<wit::Index>,
        data: Vec<u8>,
        shape: Option<Vec<u64>>,
    ) -> Result<()> {
        Ok(self.array(&array)?.write(&into_index(index), &data, shape.as_deref())?)
    }

    fn fill(&mut self, array: Resource<MemmapResource>, data: Vec<u8>) -> Result<()> {
        Ok(self.array(&array)?.fill(&data)?)
    }

    fn view(
        &mut self,
        array: Resource<MemmapResource>,
        index: Vec<wit::Index>,
    ) -> Result<Resource<MemmapResource>> {
        self.push_view(&array, |array| array.view(&into_index(index)))
    }

    fn field(
        &mut self,
        array: Resource<MemmapResource>,
        name: String,
    ) -> Result<Resource<MemmapResource>> {
        self.push_view(&array, |array| array.field(&name))
    }

    fn view_as(
        &mut self,
        array: Resource<MemmapResource>,
        dtype: String,
    ) -> Result<Resource<MemmapResource>> {
        self.push_view(&array, |array| array.view_as(&dtype))
    }

    fn reshape(
        &mut self,
        array: Resource<MemmapResource>,
        shape: Vec<i64>,
        order: wit::Order,
    ) -> Result<Resource<MemmapResource>> {
        self.push_view(&array, |array| array.reshape(&shape, order.into()))
    }

    fn transpose(
        &mut self,
        array: Resource<MemmapResource>,
        axes: Option<Vec<i64>>,
    ) -> Result<Resource<MemmapResource>> {
        self.push_view(&array, |array| array.transpose(axes.as_deref()))
    }

    fn read_bytes(
        &mut self,
        array: Resource<MemmapResource>,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>> {
        Ok(self.array(&array)?.read_bytes(offset, length)?)
    }

    fn write_bytes(
        &mut self,
        array: Resource<MemmapResource>,
        offset: u64,
        data: Vec<u8>,
    ) -> Result<()> {
        Ok(self.array(&array)?.write_bytes(offset, &data)?)
    }

    fn reduce(
        &mut self,
        array: Resource<MemmapResource>,
        operation: wit::Operation,
        axis: Option<i64>,
    ) -> Result<wit::Reduction> {
        Ok(self.array(&array)?.reduce(operation.into(), axis)?.into())
    }

    fn flush(&mut self, array: Resource<MemmapResource>) -> Result<()> {
        Ok(self.array(&array)?.flush()?)
    }

    fn advise(&mut self, array: Resource<MemmapResource>, advice: wit::Advice) -> Result<()> {
        Ok(self.array(&array)?.advise(advice.into())?)
    }

    fn resize(&mut self, array: Resource<MemmapResource>, length: u64) -> Result<()> {
        Ok(self.table.get_mut(&array)?.array.resize(length)?)
    }

    fn close(&mut self, array: Resource<MemmapResource>) -> wasmtime::Result<()> {
        self.table.get(&array)?.array.close();
        Ok(())
    }

    fn drop(&mut self, array: Resource<MemmapResource>) -> wasmtime::Result<()> {
        self.table.delete(array)?;
        Ok(())
    }
}

fn into_index(index: Vec<wit::Index>) -> Vec<Index> {
    index.into_iter().map(Into::into).collect()
}
