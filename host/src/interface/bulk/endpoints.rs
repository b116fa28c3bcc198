//! The sources and sinks of bulk streams: the bytes of arrays, and the files of values.

use filemap::array::Memmap;
use filemap::error::{Error, Result};
use filemap::fs::File as _;
use filemap::store::ValueReader;

use super::streams::{Sink, Source};
use crate::files::{NativeDirectory, NativeFile};
use crate::pages::MmapRegion;

/// A range of an array's bytes: a source and a sink.
pub(super) struct ArrayBytes {
    /// The range, as an array of `uint8` with one axis.
    view: Memmap<MmapRegion>,
    position: u64,
}

/// The file of an unfinished value: a sink that writes at `position`.
pub(super) struct ValueFile {
    file: NativeFile,
    position: u64,
}

impl ArrayBytes {
    pub(super) const fn new(view: Memmap<MmapRegion>) -> Self {
        Self { view, position: 0 }
    }
}

impl ValueFile {
    pub(super) const fn new(file: NativeFile, position: u64) -> Self {
        Self { file, position }
    }
}

impl Source for ArrayBytes {
    fn read(&mut self, length: usize) -> Result<Vec<u8>> {
        let bytes = self.view.read_bytes(self.position, length as u64)?;
        self.position += length as u64;
        Ok(bytes)
    }
}

impl Sink for ArrayBytes {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.view.write_bytes(self.position, bytes)?;
        self.position += bytes.len() as u64;
        Ok(())
    }
}

impl Source for ValueReader<NativeDirectory> {
    fn read(&mut self, length: usize) -> Result<Vec<u8>> {
        // The stream asks for no more bytes than the value has left.
        Self::read(self, length as u64)
    }
}

impl Sink for ValueFile {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let to_error = |error| Error::io("write", "the value", &error);
        self.file.write_all(bytes, self.position).map_err(to_error)?;
        self.position += bytes.len() as u64;
        Ok(())
    }
}
