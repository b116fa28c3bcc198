//! The interface `bulk`: WASI streams over arrays and values.

use filemap::array::Part;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream};

use super::bindings::bulk as wit;
use super::handles::Host;
use super::slot::{MemmapSlot, StoreSlot, ValueWriterSlot};
use super::trappable_error::Result;

mod endpoints;
mod streams;
mod worker;

use endpoints::ArrayBytes;
use streams::{BoundedInput, BoundedOutput};

impl wit::Host for Host<'_> {
    async fn read_via_stream(
        &mut self,
        array: Resource<MemmapSlot>,
        offset: u64,
        length: u64,
    ) -> Result<wit::InputPart> {
        let (handle, blocking) = (self.reserve_handle()?, self.blocking);
        let part = self.run_blocking(&array, move |it| it.array.input_part(offset, length)).await;
        let Part { length, stream } = part??;
        // Without a stream, the plugin reads the part with `read-bytes`.
        let Some(view) = stream else { return Ok(wit::InputPart { length, input: None }) };
        let reservations = [handle, self.reserve_dtype(&view)?];
        let stream: DynInputStream =
            Box::new(BoundedInput::new(ArrayBytes::new(view), length, reservations, blocking));
        Ok(wit::InputPart { length, input: Some(self.table.push(stream)?) })
    }

    async fn write_via_stream(
        &mut self,
        array: Resource<MemmapSlot>,
        offset: u64,
        length: u64,
    ) -> Result<wit::OutputPart> {
        let (handle, blocking) = (self.reserve_handle()?, self.blocking);
        let part = self.run_blocking(&array, move |it| it.array.output_part(offset, length)).await;
        let Part { length, stream } = part??;
        // Without a stream, the plugin writes the part with `write-bytes`.
        let Some(view) = stream else { return Ok(wit::OutputPart { length, output: None }) };
        let reservations = [handle, self.reserve_dtype(&view)?];
        let stream: DynOutputStream =
            Box::new(BoundedOutput::new(ArrayBytes::new(view), length, reservations, blocking));
        Ok(wit::OutputPart { length, output: Some(self.table.push(stream)?) })
    }

    async fn read_value_via_stream(
        &mut self,
        store: Resource<StoreSlot>,
        key: String,
        offset: u64,
    ) -> Result<Option<wit::InputValue>> {
        let (handle, files) = (self.reserve_handle()?, self.reserve_files(1)?);
        let blocking = self.blocking;
        let reader =
            self.run_blocking(&store, move |it| it.store.reader_from(&key, offset)).await??;
        let Some(reader) = reader else { return Ok(None) };
        let length = reader.remaining();
        let stream: DynInputStream =
            Box::new(BoundedInput::new(reader, length, [handle, files], blocking));
        Ok(Some(wit::InputValue { length, input: self.table.push(stream)? }))
    }

    async fn write_value_via_stream(
        &mut self,
        writer: Resource<ValueWriterSlot>,
        length: u64,
    ) -> Result<Resource<DynOutputStream>> {
        let (handle, files) = (self.reserve_handle()?, self.reserve_files(1)?);
        let blocking = self.blocking;
        let value = self.run_blocking(&writer, move |it| it.writer.append_stream(length)).await??;
        let stream: DynOutputStream =
            Box::new(BoundedOutput::new(value, length, [handle, files], blocking));
        Ok(self.table.push(stream)?)
    }
}
