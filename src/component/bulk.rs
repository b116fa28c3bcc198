//! The interface `bulk`: returns WASI streams that the host creates over the files of arrays and
//! values.

use alloc::string::String;

use super::Provider;
use super::array::MemmapResource;
use super::bindings::exports::filemap::data::array::MemmapBorrow;
use super::bindings::exports::filemap::data::bulk::{
    Guest, InputPart, InputStream, InputValue, OutputPart, OutputStream,
};
use super::bindings::exports::filemap::data::errors::Error;
use super::bindings::exports::filemap::data::store::{StoreBorrow, ValueWriterBorrow};
use super::store::StoreResource;
use super::streams::ValueWriterResource;
use super::wasi::WasiFile;
use crate::array::Part;
use crate::error;

impl Guest for Provider {
    fn read_via_stream(
        array: MemmapBorrow<'_>,
        offset: u64,
        length: u64,
    ) -> Result<InputPart, Error> {
        let part = array.get::<MemmapResource>().0.borrow().input_part(offset, length)?;
        let Part { length, stream } = part.try_map(|view| {
            let (file, offset) = view.file_position()?;
            file.input_stream(offset).map_err(|error| error::Error::io("read", "the array", &error))
        })?;
        Ok(InputPart { length, input: stream })
    }

    fn write_via_stream(
        array: MemmapBorrow<'_>,
        offset: u64,
        length: u64,
    ) -> Result<OutputPart, Error> {
        let part = array.get::<MemmapResource>().0.borrow().output_part(offset, length)?;
        let Part { length, stream } = part.try_map(|view| {
            let (file, offset) = view.file_position()?;
            file.output_stream(offset)
                .map_err(|error| error::Error::io("write", "the array", &error))
        })?;
        Ok(OutputPart { length, output: stream })
    }

    fn read_value_via_stream(
        store: StoreBorrow<'_>,
        key: String,
        offset: u64,
    ) -> Result<Option<InputValue>, Error> {
        let Some(reader) = store.get::<StoreResource>().0.reader_from(&key, offset)? else {
            return Ok(None);
        };
        let (file, offset) = reader.file_position();
        let input: InputStream = file
            .input_stream(offset)
            .map_err(|error| error::Error::io("read", "the value", &error))?;
        Ok(Some(InputValue { length: reader.remaining(), input }))
    }

    fn write_value_via_stream(
        writer: ValueWriterBorrow<'_>,
        length: u64,
    ) -> Result<OutputStream, Error> {
        let mut writer = writer.get::<ValueWriterResource>().0.borrow_mut();
        Ok(writer.append_stream(length, WasiFile::output_stream)?)
    }
}
