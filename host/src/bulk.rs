//! The host functions of the interface `bulk`.

use filemap::array::Part;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream};

use crate::CtxView;
use crate::array::MemmapResource;
use crate::bindings::bulk as wit;
use crate::error::Result;
use crate::store::{StoreResource, ValueWriterResource};

mod streams;

pub(crate) use streams::Scratch;
use streams::{ArrayBytes, Input, Output, ValueFile};

impl wit::Host for CtxView<'_> {
    fn read_via_stream(
        &mut self,
        array: Resource<MemmapResource>,
        offset: u64,
        length: u64,
    ) -> Result<wit::InputPart> {
        let handle = self.lease_handle()?;
        let Part { length, stream } = self.array(&array)?.input_part(offset, length)?;
        let Some(view) = stream else { return Ok(wit::InputPart { length, input: None }) };
        let leases = [handle, self.lease_dtype(&view)?];
        let stream: DynInputStream =
            Box::new(Input::new(ArrayBytes::new(view), length, self.ctx.scratch.clone(), leases));
        Ok(wit::InputPart { length, input: Some(self.table.push(stream)?) })
    }

    fn write_via_stream(
        &mut self,
        array: Resource<MemmapResource>,
        offset: u64,
        length: u64,
    ) -> Result<wit::OutputPart> {
        let handle = self.lease_handle()?;
        let Part { length, stream } = self.array(&array)?.output_part(offset, length)?;
        let Some(view) = stream else { return Ok(wit::OutputPart { length, output: None }) };
        let leases = [handle, self.lease_dtype(&view)?];
        let stream: DynOutputStream = Box::new(Output::new(ArrayBytes::new(view), length, leases));
        Ok(wit::OutputPart { length, output: Some(self.table.push(stream)?) })
    }

    fn read_value_via_stream(
        &mut self,
        store: Resource<StoreResource>,
        key: String,
        offset: u64,
    ) -> Result<Option<wit::InputValue>> {
        let leases = [self.lease_handle()?, self.lease_files(1)?];
        let Some(reader) = self.store(&store)?.store.reader_from(&key, offset)? else {
            return Ok(None);
        };
        let length = reader.remaining();
        let stream: DynInputStream =
            Box::new(Input::new(reader, length, self.ctx.scratch.clone(), leases));
        Ok(Some(wit::InputValue { length, input: self.table.push(stream)? }))
    }

    fn write_value_via_stream(
        &mut self,
        writer: Resource<ValueWriterResource>,
        length: u64,
    ) -> Result<Resource<DynOutputStream>> {
        let leases = [self.lease_handle()?, self.lease_files(1)?];
        let writer = &mut self.table.get_mut(&writer)?.writer;
        let file = writer
            .append_stream(length, |file, offset| Ok(ValueFile::new(file.clone(), offset)))?;
        let stream: DynOutputStream = Box::new(Output::new(file, length, leases));
        Ok(self.table.push(stream)?)
    }
}
