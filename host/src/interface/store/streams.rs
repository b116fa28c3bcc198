//! What a plugin holds that belongs to a store: its keys, its items, and values that are read and
//! written in pieces.

use wasmtime::component::Resource;

use crate::CtxView;
use crate::interface::bindings::store as wit;
use crate::interface::resources::{
    ItemStreamResource, KeyStreamResource, ValueReaderResource, ValueWriterResource,
};
use crate::interface::trappable_error::Result;

impl wit::HostKeyStream for CtxView<'_> {
    fn next(&mut self, stream: Resource<KeyStreamResource>, max: u32) -> Result<Vec<String>> {
        Ok(self.table.get_mut(&stream)?.stream.next(max)?)
    }

    fn drop(&mut self, stream: Resource<KeyStreamResource>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl wit::HostItemStream for CtxView<'_> {
    fn next(
        &mut self,
        stream: Resource<ItemStreamResource>,
        max: u32,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        Ok(self.table.get_mut(&stream)?.stream.next(max)?)
    }

    fn drop(&mut self, stream: Resource<ItemStreamResource>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl wit::HostValueReader for CtxView<'_> {
    fn read(&mut self, reader: Resource<ValueReaderResource>, max: u64) -> Result<Vec<u8>> {
        Ok(self.table.get_mut(&reader)?.reader.read(max)?)
    }

    fn drop(&mut self, reader: Resource<ValueReaderResource>) -> wasmtime::Result<()> {
        self.table.delete(reader)?;
        Ok(())
    }
}

impl wit::HostValueWriter for CtxView<'_> {
    fn write(&mut self, writer: Resource<ValueWriterResource>, data: Vec<u8>) -> Result<()> {
        Ok(self.table.get_mut(&writer)?.writer.write(&data)?)
    }

    fn commit(&mut self, writer: Resource<ValueWriterResource>) -> Result<()> {
        Ok(self.table.get_mut(&writer)?.commit()?)
    }

    fn drop(&mut self, writer: Resource<ValueWriterResource>) -> wasmtime::Result<()> {
        self.table.delete(writer)?;
        Ok(())
    }
}
