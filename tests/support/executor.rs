//! Executors of asynchronous hosts.

use std::pin::Pin;
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use filemap_cli::host::State;
use filemap_host::{LinkOptions, View as _};
use tokio::runtime::{Builder, Runtime};
use wasmtime::component::Linker;
use wasmtime::{Engine, Result};

use super::seccomp::refuse_in_this_thread;

/// The system calls by which a thread waits for a disk.
const FILE_CALLS: &[i64] = &[
    libc::SYS_fadvise64,
    libc::SYS_fallocate,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_fstat,
    libc::SYS_fstatfs,
    libc::SYS_fsync,
    libc::SYS_ftruncate,
    libc::SYS_getdents64,
    libc::SYS_inotify_add_watch,
    libc::SYS_mkdirat,
    libc::SYS_msync,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_pread64,
    libc::SYS_preadv2,
    libc::SYS_pwrite64,
    libc::SYS_readlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_statx,
    libc::SYS_unlinkat,
];

/// Returns a runtime with one thread, that of its caller, and one thread for what blocks.
pub(crate) fn single_threaded() -> Runtime {
    // The thread for what blocks stays from its first use on.
    let hour = Duration::from_hours(1);
    let mut builder = Builder::new_current_thread();
    let runtime =
        builder.enable_time().max_blocking_threads(1).thread_keep_alive(hour).build().unwrap();
    runtime.block_on(runtime.spawn_blocking(|| ())).unwrap();
    runtime
}

/// Polls a future once.
pub(crate) fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Keeps the only thread of the pool busy until the returned sender sends or is dropped. So every
/// call that waits for the disk is held, as by a slow disk.
pub(crate) fn hold_disk(runtime: &Runtime) -> Sender<()> {
    let (release, released) = channel();
    runtime.spawn_blocking(move || _ = released.recv());
    release
}

/// Runs a future in a thread for which the kernel refuses every access to files, in a runtime whose
/// pool has a thread that may access them.
pub(crate) fn run_without_files<F: Future<Output: Send>>(
    future: impl FnOnce() -> F + Send,
) -> F::Output {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = single_threaded();
            refuse_in_this_thread(FILE_CALLS, libc::EPERM);
            runtime.block_on(future())
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Returns a linker with the asynchronous forms of WASI 0.2, `filemap:data` and `wasi:keyvalue`.
pub(crate) fn linker<T: Send + 'static>(engine: &Engine) -> Result<Linker<State<T>>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    let options = LinkOptions::new().keyvalue(true);
    filemap_host::add_to_linker_with_async(&mut linker, &options, State::filemap)?;
    Ok(linker)
}
