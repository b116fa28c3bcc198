//! Streams that write to files on the plugin's thread.
//!
//! wasmtime-wasi hands each `write` of such a stream to another thread, also if the plugin's thread
//! may wait for the disk (`allow_blocking_current_thread`). To wake the other thread, and then the
//! plugin's again, takes longer than to write the 64 KiB. A plugin that is composed with the
//! portable component writes its large values through such streams.

use bytes::Bytes;
use wasmtime::Result;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::bindings::sync::filesystem::types::{
    Descriptor, ErrorCode, Host as _, HostDescriptor as _,
};
use wasmtime_wasi::p2::{DynOutputStream, OutputStream, Pollable, StreamResult};
use wasmtime_wasi::runtime::in_tokio;

use super::{State, WASI};

/// An output stream whose writes are complete when they return.
struct CompleteWrites(DynOutputStream);

/// Replaces the function that makes streams which write to files.
pub(super) fn replace<T: Send + 'static>(linker: &mut Linker<State<T>>) -> Result<()> {
    linker.allow_shadowing(true);
    linker
        .instance(&format!("wasi:filesystem/types@{WASI}"))?
        .func_wrap("[method]descriptor.write-via-stream", |mut store, (file, offset)| {
            Ok((write_via_stream(store.data_mut(), file, offset)?,))
        })?;
    linker.allow_shadowing(false);
    Ok(())
}

fn write_via_stream<T: Send>(
    state: &mut State<T>,
    file: Resource<Descriptor>,
    offset: u64,
) -> Result<std::result::Result<Resource<DynOutputStream>, ErrorCode>> {
    let mut files = state.wasi_files();
    let stream = match files.write_via_stream(file, offset) {
        Ok(stream) => stream,
        Err(error) => return Ok(Err(files.convert_error_code(error)?)),
    };
    let stream: DynOutputStream = Box::new(CompleteWrites(files.table.delete(stream)?));
    Ok(Ok(files.table.push(stream)?))
}

#[async_trait]
impl Pollable for CompleteWrites {
    async fn ready(&mut self) {
        self.0.ready().await;
    }
}

#[async_trait]
impl OutputStream for CompleteWrites {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        in_tokio(self.0.blocking_write_and_flush(bytes))
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.0.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.0.check_write()
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.0.blocking_write_and_flush(bytes).await
    }

    async fn cancel(&mut self) {
        self.0.cancel().await;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use filemap_host::CtxBuilder;
    use wasmtime_wasi::WasiCtx;
    use wasmtime_wasi::filesystem::FsPerms;
    use wasmtime_wasi::p2::StreamError;
    use wasmtime_wasi::p2::bindings::filesystem::preopens::Host as _;
    use wasmtime_wasi::p2::bindings::sync::filesystem::types::{
        DescriptorFlags, OpenFlags, PathFlags,
    };

    use super::*;

    /// The most that wasmtime-wasi permits at once.
    const PIECE: usize = 64 << 10;

    /// Returns the state of a plugin with a directory, and a file `f` that it has opened there.
    fn open(directory: &Path, grant: FsPerms) -> (State, Resource<Descriptor>) {
        fs::write(directory.join("f"), "").unwrap();
        let mut wasi = WasiCtx::builder();
        wasi.allow_blocking_current_thread(true);
        wasi.preopened_dir(directory, "d", grant).unwrap();
        let mut state = State::new(wasi.build(), CtxBuilder::new().build(), ());
        let mut files = state.wasi_files();
        let (granted, _) = files.get_directories().unwrap().pop().unwrap();
        let (path, open) = (PathFlags::empty(), OpenFlags::empty());
        let flags = match grant {
            FsPerms::ReadOnly => DescriptorFlags::READ,
            FsPerms::ReadWrite => DescriptorFlags::WRITE,
        };
        let file = files.open_at(granted, path, "f".into(), open, flags).unwrap();
        (state, file)
    }

    #[test]
    fn a_write_is_in_the_file_when_it_returns() {
        let directory = tempfile::tempdir().unwrap();
        let (mut state, file) = open(directory.path(), FsPerms::ReadWrite);
        let stream = write_via_stream(&mut state, file, 3).unwrap().unwrap();
        let stream = state.table.get_mut(&stream).unwrap();
        let mut wanted = vec![0; 3];
        for byte in 1..=20 {
            assert_eq!(stream.check_write().unwrap(), PIECE, "the stream takes the next piece");
            stream.write(vec![byte; PIECE].into()).unwrap();
            wanted.resize(wanted.len() + PIECE, byte);
            assert!(fs::read(directory.path().join("f")).unwrap() == wanted, "piece {byte}");
        }
        stream.flush().unwrap();
    }

    #[test]
    fn a_failed_write_is_an_error_and_closes_the_stream() {
        let directory = tempfile::tempdir().unwrap();
        let (mut state, file) = open(directory.path(), FsPerms::ReadWrite);
        // An offset that no file has.
        let stream = write_via_stream(&mut state, file, u64::MAX).unwrap().unwrap();
        let stream = state.table.get_mut(&stream).unwrap();
        let error = stream.write(vec![1; PIECE].into()).unwrap_err();
        assert!(matches!(error, StreamError::LastOperationFailed(_)), "{error:?}");
        assert!(matches!(stream.check_write(), Err(StreamError::Closed)));
    }

    #[test]
    fn a_file_that_was_opened_for_reading_has_no_such_stream() {
        let directory = tempfile::tempdir().unwrap();
        let (mut state, file) = open(directory.path(), FsPerms::ReadOnly);
        let refused = write_via_stream(&mut state, file, 0).unwrap().unwrap_err();
        assert_eq!(refused, ErrorCode::NotPermitted);
    }
}
