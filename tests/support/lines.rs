//! The standard output of a plugin, line by line while it runs.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// The maximum number of bytes that a plugin writes at once, as in `wasmtime-wasi`.
const MAX_WRITE: usize = 64 << 10;

/// A standard output that passes each line to a function, in the thread of the plugin.
#[derive(Clone)]
pub(crate) struct LineOutput {
    incomplete: Arc<Mutex<Vec<u8>>>,
    on_line: Arc<dyn Fn(&str) + Send + Sync>,
}

impl LineOutput {
    /// Calls `on_line` with each line, without its end.
    pub(crate) fn new(on_line: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { incomplete: Arc::default(), on_line: Arc::new(on_line) }
    }

    fn push(&self, bytes: &[u8]) {
        let mut incomplete = self.incomplete.lock().unwrap_or_else(PoisonError::into_inner);
        incomplete.extend_from_slice(bytes);
        while let Some(end) = incomplete.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = incomplete.drain(..=end).collect();
            (self.on_line)(str::from_utf8(&line[..end]).expect("the plugin prints UTF-8"));
        }
    }
}

impl IsTerminal for LineOutput {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LineOutput {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for LineOutput {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.push(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_WRITE)
    }
}

#[async_trait]
impl Pollable for LineOutput {
    async fn ready(&mut self) {}
}

/// For hosts of WASI 0.3, which the tests are not.
impl AsyncWrite for LineOutput {
    fn poll_write(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.push(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
