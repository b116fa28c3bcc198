//! A host that runs one plugin: its state, its linker, and its exit code.

mod file_stream;

use filemap_host::{Ctx, CtxView, LinkOptions, View};
use wasmtime::component::{Linker, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::filesystem::WasiFilesystemCtxView;
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView};

/// The version of WASI that `wasmtime-wasi` provides, and that imports of any version 0.2 get.
pub(crate) const WASI: &str = "0.2.12";

/// The state of a plugin's [`Store`]: WASI 0.2, `filemap:data`, and `data` of the caller.
pub struct State<T = ()> {
    wasi: WasiCtx,
    filemap: Ctx,
    table: ResourceTable,
    /// The caller's own data, for example a `ResourceLimiter`.
    pub data: T,
}

impl<T> State<T> {
    /// Returns the state for a plugin with the grants of `wasi` and the limits of `filemap`.
    #[must_use]
    pub fn new(wasi: WasiCtx, filemap: Ctx, data: T) -> Self {
        Self { wasi, filemap, table: ResourceTable::new(), data }
    }

    /// Sets how many resources of WASI and filemap the plugin can have at once.
    #[must_use]
    pub fn max_resources(mut self, max: usize) -> Self {
        self.table.set_max_capacity(max);
        self
    }

    fn wasi_files(&mut self) -> WasiFilesystemCtxView<'_> {
        WasiFilesystemCtxView { ctx: self.wasi.filesystem(), table: &mut self.table }
    }
}

impl<T: Send> WasiView for State<T> {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl<T: Send> View for State<T> {
    fn filemap(&mut self) -> CtxView<'_> {
        CtxView { ctx: &mut self.filemap, wasi: self.wasi.filesystem(), table: &mut self.table }
    }
}

/// Returns a linker with WASI 0.2, and with `filemap:data` and `wasi:keyvalue` if `native`. A
/// plugin that is composed with the portable component needs WASI only.
///
/// # Errors
///
/// Returns Wasmtime's error if an interface cannot be added.
pub fn linker<T: Send + 'static>(engine: &Engine, native: bool) -> Result<Linker<State<T>>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    file_stream::replace(&mut linker)?;
    if native {
        let options = LinkOptions::new().keyvalue(true);
        filemap_host::add_to_linker_with(&mut linker, &options, State::filemap)?;
    }
    Ok(linker)
}

/// Runs an instantiated plugin to its end, and returns its exit code.
///
/// # Errors
///
/// Returns the trap that ended the plugin.
pub fn run<T: Send>(store: &mut Store<State<T>>, command: &Command) -> Result<i32> {
    exit_code(command.wasi_cli_run().call_run(store))
}

/// Returns the exit code of a plugin whose `run` has returned this result.
///
/// # Errors
///
/// Returns the trap that ended the plugin.
pub fn exit_code(result: Result<std::result::Result<(), ()>>) -> Result<i32> {
    match result {
        Ok(Ok(())) => Ok(0),
        Ok(Err(())) => Ok(1),
        Err(error) => match error.downcast_ref() {
            Some(&I32Exit(code)) => Ok(code),
            None => Err(error),
        },
    }
}
