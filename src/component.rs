//! The portable provider: the engine's functions as exports of a component.
//!
//! Everything here is conversion; a rule belongs into the
//! engine, where the other provider finds it too.

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;

use crate::region::BufferedRegion;
use crate::wasi::{WasiDirectory, WasiFile, preopens};
use crate::{array, error, store};

mod bindings;
mod convert;
#[cfg(target_family = "wasm")]
mod runtime;

use bindings::exports::filemap::data::array as wit_array;
use bindings::exports::filemap::data::store as wit_store;
use bindings::exports::filemap::data::types::Error;
use convert::into_index;
use wit_array::Descriptor;

type Array = array::Array<BufferedRegion<WasiFile>>;
type SharedStore = Rc<RefCell<store::Store<WasiDirectory>>>;

struct Provider;

/// An array; only `resize` changes it.
struct ArrayResource(RefCell<Array>);

struct StoreResource(SharedStore);

/// A place in the keys of a store: behind the last one that was returned.
struct KeyStreamResource {
    store: SharedStore,
    after: RefCell<Option<String>>,
}

impl wit_array::Guest for Provider {
    type Array = ArrayResource;
}

impl wit_array::GuestArray for ArrayResource {
    fn open(path: String, options: wit_array::OpenOptions) -> Result<wit_array::Array, Error> {
        Ok(array_resource(Array::open(&preopens(), &path, &options.into())?))
    }

    fn open_file(file: Descriptor, options: wit_array::OpenOptions) -> Result<wit_array::Array, Error> {
        let file = WasiFile::new(file).map_err(|error| error::Error::io("map", array::GIVEN, &error))?;
        Ok(array_resource(Array::open_file(&file, &options.into())?))
    }

    fn open_npy(path: String, mode: wit_array::Mode) -> Result<wit_array::Array, Error> {
        Ok(array_resource(Array::open_npy(&preopens(), &path, mode.into())?))
    }

    fn create_npy(path: String, options: wit_array::NpyOptions) -> Result<wit_array::Array, Error> {
        Ok(array_resource(Array::create_npy(&preopens(), &path, &options.into())?))
    }

    fn info(&self) -> Result<wit_array::Info, Error> {
        let array::Info { dtype, item_size, shape, strides, order, offset, mode, writeable, filename, size, nbytes } =
            self.0.borrow().info()?;
        Ok(wit_array::Info {
            dtype,
            item_size,
            shape,
            strides,
            order: order.map(Into::into),
            offset,
            mode: mode.into(),
            writeable,
            filename,
            size,
            nbytes,
        })
    }

    fn read(&self, index: Vec<wit_array::Index>) -> Result<Vec<u8>, Error> {
        Ok(self.0.borrow().read(&into_index(index))?)
    }

    fn shape_of(&self, index: Vec<wit_array::Index>) -> Result<Vec<u64>, Error> {
        Ok(self.0.borrow().shape_of(&into_index(index))?)
    }

    fn write(&self, index: Vec<wit_array::Index>, data: Vec<u8>, shape: Option<Vec<u64>>) -> Result<(), Error> {
        Ok(self.0.borrow().write(&into_index(index), &data, shape.as_deref())?)
    }

    fn fill(&self, data: Vec<u8>) -> Result<(), Error> {
        Ok(self.0.borrow().fill(&data)?)
    }

    fn view(&self, index: Vec<wit_array::Index>) -> Result<wit_array::Array, Error> {
        Ok(array_resource(self.0.borrow().view(&into_index(index))?))
    }

    fn field(&self, name: String) -> Result<wit_array::Array, Error> {
        Ok(array_resource(self.0.borrow().field(&name)?))
    }

    fn view_as(&self, dtype: String) -> Result<wit_array::Array, Error> {
        Ok(array_resource(self.0.borrow().view_as(&dtype)?))
    }

    fn reshape(&self, shape: Vec<i64>, order: wit_array::Order) -> Result<wit_array::Array, Error> {
        Ok(array_resource(self.0.borrow().reshape(&shape, order.into())?))
    }

    fn transpose(&self, axes: Option<Vec<i64>>) -> Result<wit_array::Array, Error> {
        Ok(array_resource(self.0.borrow().transpose(axes.as_deref())?))
    }

    fn read_bytes(&self, offset: u64, length: u64) -> Result<Vec<u8>, Error> {
        Ok(self.0.borrow().read_bytes(offset, length)?)
    }

    fn write_bytes(&self, offset: u64, data: Vec<u8>) -> Result<(), Error> {
        Ok(self.0.borrow().write_bytes(offset, &data)?)
    }

    fn reduce(&self, operation: wit_array::Operation, axis: Option<i64>) -> Result<wit_array::Reduction, Error> {
        let array::Reduction { dtype, shape, data } = self.0.borrow().reduce(operation.into(), axis)?;
        Ok(wit_array::Reduction { dtype: dtype.to_string(), shape, data })
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

impl wit_store::Guest for Provider {
    type Store = StoreResource;
    type KeyStream = KeyStreamResource;
}

impl wit_store::GuestStore for StoreResource {
    fn open(path: String, options: wit_store::OpenOptions) -> Result<wit_store::Store, Error> {
        Ok(store_resource(store::Store::open(&preopens(), &path, options.into())?))
    }

    fn open_directory(directory: &Descriptor, options: wit_store::OpenOptions) -> Result<wit_store::Store, Error> {
        let directory = WasiDirectory::reopen(directory)
            .map_err(|error| error::Error::io("open the directory", array::GIVEN, &error))?;
        Ok(store_resource(store::Store::open_directory(directory, array::GIVEN, options.into())?))
    }

    fn get(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.0.borrow().get(&key)?)
    }

    fn get_range(&self, key: String, offset: u64, length: u64) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.0.borrow().get_range(&key, offset, length)?)
    }

    fn size_of(&self, key: String) -> Result<Option<u64>, Error> {
        Ok(self.0.borrow().size_of(&key)?)
    }

    fn set(&self, key: String, value: Vec<u8>) -> Result<(), Error> {
        Ok(self.0.borrow_mut().set(&key, &[value])?)
    }

    fn set_parts(&self, key: String, parts: Vec<Vec<u8>>) -> Result<(), Error> {
        Ok(self.0.borrow_mut().set(&key, &parts)?)
    }

    fn remove(&self, key: String) -> Result<bool, Error> {
        Ok(self.0.borrow_mut().remove(&key)?)
    }

    fn contains(&self, key: String) -> Result<bool, Error> {
        Ok(self.0.borrow().contains(&key)?)
    }

    fn len(&self) -> Result<u64, Error> {
        Ok(self.0.borrow().len()?)
    }

    fn keys(&self) -> Result<wit_store::KeyStream, Error> {
        self.0.borrow().len()?;
        Ok(wit_store::KeyStream::new(KeyStreamResource { store: Rc::clone(&self.0), after: RefCell::new(None) }))
    }

    fn clear(&self) -> Result<(), Error> {
        Ok(self.0.borrow_mut().clear()?)
    }

    fn describe(&self) -> String {
        self.0.borrow().describe()
    }

    fn close(&self) {
        self.0.borrow_mut().close();
    }
}

impl Drop for StoreResource {
    fn drop(&mut self) {
        // Its key streams have it too, and are closed with it.
        self.0.borrow_mut().close();
    }
}

impl wit_store::GuestKeyStream for KeyStreamResource {
    fn next(&self, max: u32) -> Result<Vec<String>, Error> {
        let keys = self.store.borrow().keys_after(self.after.borrow().as_deref(), max)?;
        if let Some(last) = keys.last() {
            self.after.replace(Some(last.clone()));
        }
        Ok(keys)
    }
}

fn array_resource(array: Array) -> wit_array::Array {
    wit_array::Array::new(ArrayResource(RefCell::new(array)))
}

fn store_resource(store: store::Store<WasiDirectory>) -> wit_store::Store {
    wit_store::Store::new(StoreResource(Rc::new(RefCell::new(store))))
}
