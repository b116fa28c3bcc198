//! What a plugin holds that belongs to a store: its keys, its items, and values that are read and
//! written in pieces.

use filemap::error::Error as EngineError;
use filemap::store::{ItemStream, KeyStream, ValueReader, ValueWriter};
use wasmtime::component::Resource;

use super::account::WeakAccount;
use crate::CtxView;
use crate::bindings::store as wit;
use crate::error::Result;
use crate::files::NativeDirectory;
use crate::limits::Lease;

/// What a plugin's handle to the keys of a store stands for.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct KeyStreamResource {
    stream: KeyStream<NativeDirectory>,
    _handle: Lease,
}

/// What a plugin's handle to the items of a store stands for.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct ItemStreamResource {
    stream: ItemStream<NativeDirectory>,
    _handle: Lease,
}

/// What a plugin's handle to a value that it reads stands for.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct ValueReaderResource {
    reader: ValueReader<NativeDirectory>,
    _files: Lease,
    _handle: Lease,
}

/// What a plugin's handle to a value that it writes stands for.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct ValueWriterResource {
    pub(crate) writer: ValueWriter<NativeDirectory>,
    account: Option<WeakAccount>,
    files: Lease,
    _handle: Lease,
}

impl KeyStreamResource {
    pub(super) const fn new(stream: KeyStream<NativeDirectory>, handle: Lease) -> Self {
        Self { stream, _handle: handle }
    }
}

impl ItemStreamResource {
    pub(super) const fn new(stream: ItemStream<NativeDirectory>, handle: Lease) -> Self {
        Self { stream, _handle: handle }
    }
}

impl ValueReaderResource {
    pub(super) const fn new(
        reader: ValueReader<NativeDirectory>,
        files: Lease,
        handle: Lease,
    ) -> Self {
        Self { reader, _files: files, _handle: handle }
    }
}

impl ValueWriterResource {
    pub(super) const fn new(
        writer: ValueWriter<NativeDirectory>,
        account: Option<WeakAccount>,
        files: Lease,
        handle: Lease,
    ) -> Self {
        Self { writer, account, files, _handle: handle }
    }
}

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
        let ValueWriterResource { writer, account, files, .. } = self.table.get_mut(&writer)?;
        let account = account.as_ref().and_then(WeakAccount::upgrade);
        // Where the store is closed, the writer says so.
        let Some(account) = account else { return Ok(writer.commit()?) };
        let mut lease = account.lock();
        let paid = lease.grow(writer.memory_growth()).map_err(EngineError::from);
        let result = paid.inspect_err(|_| writer.abort()).and_then(|()| writer.commit());
        lease.shrink_to(writer.memory());
        // A writer whose stream is not complete goes on.
        if writer.is_finished() {
            files.shrink_to(0);
        }
        Ok(result?)
    }

    fn drop(&mut self, writer: Resource<ValueWriterResource>) -> wasmtime::Result<()> {
        self.table.delete(writer)?;
        Ok(())
    }
}
