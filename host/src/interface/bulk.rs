//! The interface `bulk`: WASI streams over arrays and values.
//!
//! The work that opens a stream, and later the work on its bytes, own the stream's reservations:
//! both go on if the plugin ends.

use filemap::array::Part;
use filemap::error::Error;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream};

use super::bindings::bulk as wit;
use super::handles::Host;
use super::resources::{MemmapResource, StoreResource, ValueWriterResource};
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
        let open = move |it: &mut MemmapResource| {
            Ok::<_, Error>((it.array.input_part(offset, length)?, handle))
        };
        let (Part { length, stream }, handle) = self.run_blocking(&array, open).await??;
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
        let open = move |it: &mut MemmapResource| {
            Ok::<_, Error>((it.array.output_part(offset, length)?, handle))
        };
        let (Part { length, stream }, handle) = self.run_blocking(&array, open).await??;
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
        let open = move |it: &mut StoreResource| {
            let reader = it.store.reader_from(&key, offset)?;
            Ok::<_, Error>(reader.map(|reader| (reader, [handle, files])))
        };
        let Some((reader, reservations)) = self.run_blocking(&store, open).await?? else {
            return Ok(None);
        };
        let length = reader.remaining();
        let stream: DynInputStream =
            Box::new(BoundedInput::new(reader, length, reservations, blocking));
        Ok(Some(wit::InputValue { length, input: self.table.push(stream)? }))
    }

    async fn write_value_via_stream(
        &mut self,
        writer: Resource<ValueWriterSlot>,
        length: u64,
    ) -> Result<Resource<DynOutputStream>> {
        let (handle, files) = (self.reserve_handle()?, self.reserve_files(1)?);
        let blocking = self.blocking;
        let open = move |it: &mut ValueWriterResource| {
            Ok::<_, Error>((it.writer.append_stream(length)?, [handle, files]))
        };
        let (value, reservations) = self.run_blocking(&writer, open).await??;
        let stream: DynOutputStream =
            Box::new(BoundedOutput::new(value, length, reservations, blocking));
        Ok(self.table.push(stream)?)
    }
}
