//! The sources and sinks of bulk streams: the bytes of arrays, and values.

use filemap::array::Memmap;
use filemap::error::Result;

use super::streams::{Sink, Source};
use crate::pages::MmapRegion;
use crate::stores::{AppendBytes, ReadValue};

/// A range of an array's bytes: a source and a sink.
pub(super) struct ArrayBytes {
    /// The range, as an array of `uint8` with one axis.
    view: Memmap<MmapRegion>,
    position: u64,
}

impl ArrayBytes {
    pub(super) const fn new(view: Memmap<MmapRegion>) -> Self {
        Self { view, position: 0 }
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

impl Source for Box<dyn ReadValue> {
    fn read(&mut self, length: usize) -> Result<Vec<u8>> {
        // The stream asks for no more bytes than the value has left.
        (**self).read(length as u64)
    }
}

impl Sink for Box<dyn AppendBytes> {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.append(bytes)
    }
}

#[cfg(test)]
mod tests;
