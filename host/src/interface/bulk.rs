//! The interface `bulk`: WASI streams over arrays and values.

use filemap::array::Part;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream};

use super::bindings::bulk as wit;
use super::resources::{MemmapResource, StoreResource, ValueWriterResource};
use super::trappable_error::Result;
use crate::CtxView;

mod endpoints;
mod streams;

use endpoints::{ArrayBytes, ValueFile};
use streams::{BoundedInput, BoundedOutput};

impl wit::Host for CtxView<'_> {
    fn read_via_stream(
        &mut self,
        array: Resource<MemmapResource>,
        offset: u64,
        length: u64,
    ) -> Result<wit::InputPart> {
        let handle = self.reserve_handle()?;
        let Part { length, stream } = self.array(&array)?.input_part(offset, length)?;
        // Without a stream, the plugin reads the part with `read-bytes`.
        let Some(view) = stream else { return Ok(wit::InputPart { length, input: None }) };
        let reservations = [handle, self.reserve_dtype(&view)?];
        let stream: DynInputStream =
            Box::new(BoundedInput::new(ArrayBytes::new(view), length, reservations));
        Ok(wit::InputPart { length, input: Some(self.table.push(stream)?) })
    }

    fn write_via_stream(
        &mut self,
        array: Resource<MemmapResource>,
        offset: u64,
        length: u64,
    ) -> Result<wit::OutputPart> {
        let handle = self.reserve_handle()?;
        let Part { length, stream } = self.array(&array)?.output_part(offset, length)?;
        // Without a stream, the plugin writes the part with `write-bytes`.
        let Some(view) = stream else { return Ok(wit::OutputPart { length, output: None }) };
        let reservations = [handle, self.reserve_dtype(&view)?];
        let stream: DynOutputStream =
            Box::new(BoundedOutput::new(ArrayBytes::new(view), length, reservations));
        Ok(wit::OutputPart { length, output: Some(self.table.push(stream)?) })
    }

    fn read_value_via_stream(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
        offset: u64,
    ) -> Result<Option<wit::InputValue>> {
        let reservations = [self.reserve_handle()?, self.reserve_files(1)?];
        let Some(reader) = self.store(&store)?.store.reader_from(&key, offset)? else {
            return Ok(None);
        };
        let length = reader.remaining();
        let stream: DynInputStream = Box::new(BoundedInput::new(reader, length, reservations));
        Ok(Some(wit::InputValue { length, input: self.table.push(stream)? }))
    }

    fn write_value_via_stream(
        &mut self,
        writer: Resource<ValueWriterResource>,
        length: u64,
    ) -> Result<Resource<DynOutputStream>> {
        let reservations = [self.reserve_handle()?, self.reserve_files(1)?];
        let writer = &mut self.table.get_mut(&writer)?.writer;
        let file = writer
            .append_stream(length, |file, offset| Ok(ValueFile::new(file.clone(), offset)))?;
        let stream: DynOutputStream = Box::new(BoundedOutput::new(file, length, reservations));
        Ok(self.table.push(stream)?)
    }
}
