//! The host functions of the interface `array`: conversion, and the plugin's handles.

use filemap::array::{Array, GIVEN, Mode, Order};
use filemap::error::Error as EngineError;
use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::Descriptor;

use crate::CtxView;
use crate::bindings::array as wit;
use crate::error::Result;
use crate::files::NativeFile;
use crate::limits::Lease;
use crate::mmap::MmapRegion;

/// What a plugin's handle to an array stands for.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct ArrayResource {
    array: Array<MmapRegion>,
    _handle: Lease,
}

impl CtxView<'_> {
    fn array(&self, handle: &Resource<ArrayResource>) -> Result<&Array<MmapRegion>> {
        Ok(&self.table.get(handle)?.array)
    }

    fn push_array(&mut self, array: Array<MmapRegion>, handle: Lease) -> Result<Resource<ArrayResource>> {
        Ok(self.table.push(ArrayResource { array, _handle: handle })?)
    }

    /// Takes a handle from the plugin's budget, before anything is opened for it.
    pub(crate) fn lease_handle(&self) -> Result<Lease> {
        Ok(self.ctx.budgets.handles.lease(1).map_err(EngineError::from)?)
    }
}

impl wit::Host for CtxView<'_> {}

impl wit::HostArray for CtxView<'_> {
    fn open(&mut self, path: String, options: wit::OpenOptions) -> Result<Resource<ArrayResource>> {
        let handle = self.lease_handle()?;
        let array = Array::open(self.preopens()?, &path, &options.into())?;
        self.push_array(array, handle)
    }

    fn open_file(&mut self, file: Resource<Descriptor>, options: wit::OpenOptions) -> Result<Resource<ArrayResource>> {
        let file = match self.table.delete(file)? {
            Descriptor::File(file) => NativeFile::new(file, &self.ctx.budgets),
            Descriptor::Dir(_) => Err(filemap::fs::IoErrorKind::IsDirectory.into()),
        };
        let file = file.map_err(|error| EngineError::io("map", GIVEN, &error))?;
        let handle = self.lease_handle()?;
        let array = Array::open_file(&file, &options.into())?;
        self.push_array(array, handle)
    }

    fn open_npy(&mut self, path: String, mode: wit::Mode) -> Result<Resource<ArrayResource>> {
        let handle = self.lease_handle()?;
        let array = Array::open_npy(self.preopens()?, &path, mode.into())?;
        self.push_array(array, handle)
    }

    fn info(&mut self, array: Resource<ArrayResource>) -> Result<wit::Info> {
        Ok(self.array(&array)?.info()?.into())
    }

    fn read(&mut self, array: Resource<ArrayResource>, index: Vec<wit::Index>) -> Result<Vec<u8>> {
        Ok(self.array(&array)?.read(&into_index(index))?)
    }

    fn write(
        &mut self,
        array: Resource<ArrayResource>,
        index: Vec<wit::Index>,
        data: Vec<u8>,
        shape: Option<Vec<u64>>,
    ) -> Result<()> {
        Ok(self.array(&array)?.write(&into_index(index), &data, shape.as_deref())?)
    }

    fn view(&mut self, array: Resource<ArrayResource>, index: Vec<wit::Index>) -> Result<Resource<ArrayResource>> {
        let handle = self.lease_handle()?;
        let view = self.array(&array)?.view(&into_index(index))?;
        self.push_array(view, handle)
    }

    fn read_bytes(&mut self, array: Resource<ArrayResource>, offset: u64, length: u64) -> Result<Vec<u8>> {
        Ok(self.array(&array)?.read_bytes(offset, length)?)
    }

    fn write_bytes(&mut self, array: Resource<ArrayResource>, offset: u64, data: Vec<u8>) -> Result<()> {
        Ok(self.array(&array)?.write_bytes(offset, &data)?)
    }

    fn flush(&mut self, array: Resource<ArrayResource>) -> Result<()> {
        Ok(self.array(&array)?.flush()?)
    }

    fn close(&mut self, array: Resource<ArrayResource>) -> wasmtime::Result<()> {
        self.table.get(&array)?.array.close();
        Ok(())
    }

    fn drop(&mut self, array: Resource<ArrayResource>) -> wasmtime::Result<()> {
        self.table.delete(array)?;
        Ok(())
    }
}

fn into_index(index: Vec<wit::Index>) -> Vec<filemap::array::Index> {
    use filemap::array::Index as Engine;
    let convert = |index| match index {
        wit::Index::At(at) => Engine::At(at),
        wit::Index::Slice(wit::Slice { start, stop, step }) => {
            Engine::Slice(filemap::array::Slice { start, stop, step })
        }
        wit::Index::Ellipsis => Engine::Ellipsis,
    };
    index.into_iter().map(convert).collect()
}

impl From<wit::OpenOptions> for filemap::array::OpenOptions {
    fn from(options: wit::OpenOptions) -> Self {
        let wit::OpenOptions { dtype, mode, offset, shape, order } = options;
        let order = match order {
            wit::Order::C => Order::C,
            wit::Order::F => Order::F,
        };
        Self { dtype, mode: mode.into(), offset, shape, order }
    }
}

impl From<wit::Mode> for Mode {
    fn from(mode: wit::Mode) -> Self {
        match mode {
            wit::Mode::ReadOnly => Self::ReadOnly,
            wit::Mode::CopyOnWrite => Self::CopyOnWrite,
            wit::Mode::ReadWrite => Self::ReadWrite,
            wit::Mode::Write => Self::Write,
        }
    }
}

impl From<filemap::array::Info> for wit::Info {
    fn from(info: filemap::array::Info) -> Self {
        let order = |order| match order {
            Order::C => wit::Order::C,
            Order::F => wit::Order::F,
        };
        let mode = match info.mode {
            Mode::ReadOnly => wit::Mode::ReadOnly,
            Mode::CopyOnWrite => wit::Mode::CopyOnWrite,
            Mode::ReadWrite => wit::Mode::ReadWrite,
            Mode::Write => wit::Mode::Write,
        };
        let filemap::array::Info {
            dtype, item_size, shape, strides, offset, writeable, filename, size, nbytes, ..
        } = info;
        Self {
            dtype,
            item_size,
            shape,
            strides,
            order: info.order.map(order),
            offset,
            mode,
            writeable,
            filename,
            size,
            nbytes,
        }
    }
}
