//! The portable provider: the engine's functions as exports of a component.
//!
//! Everything here is conversion; a rule belongs into the
//! engine, where the other provider finds it too.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use crate::region::BufferedRegion;
use crate::wasi::{WasiDirectory, WasiFile, preopens};
use crate::{array, error, store};

mod bindings;
#[cfg(target_family = "wasm")]
mod runtime;

use bindings::exports::filemap::data::array as wit_array;
use bindings::exports::filemap::data::store as wit_store;
use bindings::exports::filemap::data::types::Error;
use wit_array::Descriptor;

type Array = array::Array<BufferedRegion<WasiFile>>;
type SharedStore = Rc<RefCell<store::Store<WasiDirectory>>>;

struct Provider;

struct ArrayResource(Array);

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

    fn info(&self) -> Result<wit_array::Info, Error> {
        let array::Info { dtype, item_size, shape, strides, order, offset, mode, writeable, filename, size, nbytes } =
            self.0.info()?;
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
        Ok(self.0.read(&into_index(index))?)
    }

    fn write(&self, index: Vec<wit_array::Index>, data: Vec<u8>, shape: Option<Vec<u64>>) -> Result<(), Error> {
        Ok(self.0.write(&into_index(index), &data, shape.as_deref())?)
    }

    fn view(&self, index: Vec<wit_array::Index>) -> Result<wit_array::Array, Error> {
        Ok(array_resource(self.0.view(&into_index(index))?))
    }

    fn read_bytes(&self, offset: u64, length: u64) -> Result<Vec<u8>, Error> {
        Ok(self.0.read_bytes(offset, length)?)
    }

    fn write_bytes(&self, offset: u64, data: Vec<u8>) -> Result<(), Error> {
        Ok(self.0.write_bytes(offset, &data)?)
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(self.0.flush()?)
    }

    fn close(&self) {
        self.0.close();
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
    wit_array::Array::new(ArrayResource(array))
}

fn store_resource(store: store::Store<WasiDirectory>) -> wit_store::Store {
    wit_store::Store::new(StoreResource(Rc::new(RefCell::new(store))))
}

fn into_index(index: Vec<wit_array::Index>) -> Vec<array::Index> {
    index
        .into_iter()
        .map(|index| match index {
            wit_array::Index::At(at) => array::Index::At(at),
            wit_array::Index::Slice(wit_array::Slice { start, stop, step }) => {
                array::Index::Slice(array::Slice { start, stop, step })
            }
            wit_array::Index::Ellipsis => array::Index::Ellipsis,
        })
        .collect()
}

impl From<wit_array::OpenOptions> for array::OpenOptions {
    fn from(options: wit_array::OpenOptions) -> Self {
        let wit_array::OpenOptions { dtype, mode, offset, shape, order } = options;
        let order = match order {
            wit_array::Order::C => array::Order::C,
            wit_array::Order::F => array::Order::F,
        };
        Self { dtype, mode: mode.into(), offset, shape, order }
    }
}

impl From<wit_array::Mode> for array::Mode {
    fn from(mode: wit_array::Mode) -> Self {
        match mode {
            wit_array::Mode::ReadOnly => Self::ReadOnly,
            wit_array::Mode::CopyOnWrite => Self::CopyOnWrite,
            wit_array::Mode::ReadWrite => Self::ReadWrite,
            wit_array::Mode::Write => Self::Write,
        }
    }
}

impl From<array::Mode> for wit_array::Mode {
    fn from(mode: array::Mode) -> Self {
        match mode {
            array::Mode::ReadOnly => Self::ReadOnly,
            array::Mode::CopyOnWrite => Self::CopyOnWrite,
            array::Mode::ReadWrite => Self::ReadWrite,
            array::Mode::Write => Self::Write,
        }
    }
}

impl From<array::Order> for wit_array::Order {
    fn from(order: array::Order) -> Self {
        match order {
            array::Order::C => Self::C,
            array::Order::F => Self::F,
        }
    }
}

impl From<wit_store::OpenOptions> for store::OpenOptions {
    fn from(options: wit_store::OpenOptions) -> Self {
        let wit_store::OpenOptions { create, read_only, durability } = options;
        let durability = match durability {
            wit_store::Durability::None => store::Durability::None,
            wit_store::Durability::Data => store::Durability::Data,
            wit_store::Durability::Full => store::Durability::Full,
        };
        Self { create, read_only, durability }
    }
}

impl From<error::Error> for Error {
    fn from(error: error::Error) -> Self {
        use error::Error as Engine;
        match error {
            Engine::NotFound(text) => Self::NotFound(text),
            Engine::AccessDenied(text) => Self::AccessDenied(text),
            Engine::InvalidArgument(text) => Self::InvalidArgument(text),
            Engine::OutOfBounds(text) => Self::OutOfBounds(text),
            Engine::Truncated(text) => Self::Truncated(text),
            Engine::NoSpace(text) => Self::NoSpace(text),
            Engine::LimitExceeded(text) => Self::LimitExceeded(text),
            Engine::Closed(text) => Self::Closed(text),
            Engine::Corrupt(text) => Self::Corrupt(text),
            Engine::Unsupported(text) => Self::Unsupported(text),
            Engine::Other(text) => Self::Other(text),
        }
    }
}
