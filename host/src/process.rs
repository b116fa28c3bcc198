//! The preparation of a process for its first plugin: signal handlers and WASI's runtime.

use std::fs::File;
use std::{io, iter};

use crate::pages;

/// At least the number of file descriptors of a Tokio runtime.
const RUNTIME_DESCRIPTORS: usize = 8;

/// Prepares the process for plugins. An embedder calls it once, before it makes the first engine;
/// further calls do nothing.
///
/// A plugin and the machine can then end the process in fewer ways:
///
/// - A write past the maximum size of files (`RLIMIT_FSIZE`, `ulimit -f`) raises `SIGXFSZ`, which
///   ends a process. This function installs a handler that does nothing, so that the write fails
///   instead. It leaves the signal alone if the process already handles or ignores it. A child
///   process has the system's default.
/// - `wasmtime-wasi` makes its runtime at first use, for instance when a plugin first prints, and
///   panics if no file descriptors are left. This function makes it now. An embedder that runs
///   plugins in a Tokio runtime of its own has no need of it.
/// - A stray `SIGBUS` or `SIGSEGV` that another process sends would restore the system's default,
///   because the handler of Rust's standard library takes it for a fault. A truncated file or a
///   trap would then end the process. This function installs handlers for both signals, which stay.
///
/// A plugin cannot open more than [`CtxBuilder::max_files`](crate::CtxBuilder::max_files) files
/// through filemap, but WASI has no such cap, and the default may be more than the process has file
/// descriptors (`RLIMIT_NOFILE`, `ulimit -n`).
///
/// ```
/// filemap_host::prepare_process()?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// The system's error if a handler cannot be installed, or if there are no file descriptors for the
/// runtime of `wasmtime-wasi`.
///
/// # Panics
///
/// If the system cannot start the threads of that runtime.
pub fn prepare_process() -> io::Result<()> {
    pages::install_handlers()?;
    // The runtime panics if one of its file descriptors cannot be opened.
    let opened: Vec<_> = iter::repeat_with(|| File::open("/dev/null"))
        .take(RUNTIME_DESCRIPTORS)
        .collect::<io::Result<_>>()?;
    drop(opened);
    wasmtime_wasi::runtime::with_ambient_tokio_runtime(|| ());
    Ok(())
}
