//! The interface `array`.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use super::Provider;
use super::bindings::exports::filemap::data::array as wit_array;
use super::bindings::exports::filemap::data::errors::Error;
use super::wasi::{WasiFile, preopens};
use crate::array;
use crate::layout;
use crate::region::BufferedRegion;

pub(super) type Memmap = array::Memmap<BufferedRegion<WasiFile>>;

/// The resource `memmap`. Only `resize` borrows the array mutably.
pub(super) struct MemmapResource(pub(super) RefCell<Memmap>);

impl wit_array::Guest for Provider {
    type Memmap = MemmapResource;
}

impl wit_array::GuestMemmap for MemmapResource {
    fn open(path: String, options: wit_array::MemmapOptions) -> Result<wit_array::Memmap, Error> {
        Ok(memmap_resource(Memmap::open(&preopens(), &path, &options.into())?))
    }

    fn open_npy(
        path: String,
        mode: wit_array::Mode,
        max_header: Option<u64>,
    ) -> Result<wit_array::Memmap, Error> {
        Ok(memmap_resource(Memmap::open_npy(&preopens(), &path, mode.into(), max_header)?))
    }

    fn create_npy(
        path: String,
        options: wit_array::NpyOptions,
    ) -> Result<wit_array::Memmap, Error> {
        Ok(memmap_resource(Memmap::create_npy(&preopens(), &path, &options.into())?))
    }

    fn info(&self) -> Result<wit_array::MemmapInfo, Error> {
        Ok(self.0.borrow().info()?.into())
    }

    fn read(&self, index: Vec<wit_array::Index>) -> Result<Vec<u8>, Error> {
        Ok(self.0.borrow().read(&into_index(index))?)
    }

    fn shape_of(&self, index: Vec<wit_array::Index>) -> Result<Vec<u64>, Error> {
        Ok(self.0.borrow().shape_of(&into_index(index))?)
    }

    fn write(
        &self,
        index: Vec<wit_array::Index>,
        data: Vec<u8>,
        shape: Option<Vec<u64>>,
    ) -> Result<(), Error> {
        Ok(self.0.borrow().write(&into_index(index), &data, shape.as_deref())?)
    }

    fn fill(&self, data: Vec<u8>) -> Result<(), Error> {
        Ok(self.0.borrow().fill(&data)?)
    }

    fn view(&self, index: Vec<wit_array::Index>) -> Result<wit_array::Memmap, Error> {
        Ok(memmap_resource(self.0.borrow().view(&into_index(index))?))
    }

    fn field(&self, name: String) -> Result<wit_array::Memmap, Error> {
        Ok(memmap_resource(self.0.borrow().field(&name)?))
    }

    fn view_as(&self, dtype: String) -> Result<wit_array::Memmap, Error> {
        Ok(memmap_resource(self.0.borrow().view_as(&dtype)?))
    }

    fn reshape(
        &self,
        shape: Vec<i64>,
        order: wit_array::Order,
    ) -> Result<wit_array::Memmap, Error> {
        Ok(memmap_resource(self.0.borrow().reshape(&shape, order.into())?))
    }

    fn transpose(&self, axes: Option<Vec<i64>>) -> Result<wit_array::Memmap, Error> {
        Ok(memmap_resource(self.0.borrow().transpose(axes.as_deref())?))
    }

    fn read_bytes(&self, offset: u64, length: u64) -> Result<Vec<u8>, Error> {
        Ok(self.0.borrow().read_bytes(offset, length)?)
    }

    fn write_bytes(&self, offset: u64, data: Vec<u8>) -> Result<(), Error> {
        Ok(self.0.borrow().write_bytes(offset, &data)?)
    }

    fn reduce(
        &self,
        operation: wit_array::Operation,
        axis: Option<i64>,
    ) -> Result<wit_array::Reduction, Error> {
        Ok(self.0.borrow().reduce(operation.into(), axis)?.into())
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(self.0.borrow().flush()?)
    }

    fn advise(&self, advice: wit_array::Advice) -> Result<(), Error> {
        Ok(self.0.borrow().advise(advice.into())?)
    }

    fn resize(&self, length: u64) -> Result<(), Error> {
        Ok(self.0.borrow_mut().resize(length)?)
    }

    fn close(&self) {
        self.0.borrow().close();
    }
}

pub(super) fn memmap_resource(array: Memmap) -> wit_array::Memmap {
    wit_array::Memmap::new(MemmapResource(RefCell::new(array)))
}

fn into_index(index: Vec<wit_array::Index>) -> Vec<layout::Index> {
    index.into_iter().map(Into::into).collect()
}
