//! A host that runs the benchmark's plugin with every provider.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use filemap_cli::host::{self, State};
use filemap_host::CtxBuilder;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::Command as AsyncCommand;
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::runtime::in_tokio;

use crate::input::Folders;
use crate::measurement;
use crate::way::Way;
use bench_works::job::Measured;

/// The plugin, compiled for every provider.
pub(crate) struct Host {
    /// The plugin as a component.
    pub(crate) plugin: Vec<u8>,
    /// The plugin, composed with the portable component.
    pub(crate) plugged: Vec<u8>,
    native: Component,
    fuelled: Component,
    mapping: Component,
    portable: Component,
}

impl Host {
    pub(crate) fn new(target: &Path) -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the package is not in the repository")?;
        let build =
            wasm_build::Build::new(root, "bench-plugin", target.join("wasm")).bin("bench-plugin");
        let artifacts = build.run().map_err(|error| anyhow!("{error}"))?;
        let plugin = std::fs::read(&artifacts.wasm[0])?;
        let plugged = filemap_cli::compose(plugin.clone())?;
        // The engine for files in the plugin's memory must be the first of the process.
        let mapping = Engine::new(filemap_host::map_into_guest(&mut Config::new()))?;
        // As in `filemap run`.
        let plain = Engine::new(filemap_host::large_pages(&mut Config::new()))?;
        let mut counting = Config::new();
        counting.consume_fuel(true);
        let counting = Engine::new(filemap_host::large_pages(&mut counting))?;
        Ok(Self {
            mapping: Component::new(&mapping, &plugin)?,
            native: Component::new(&plain, &plugin)?,
            fuelled: Component::new(&counting, &plugin)?,
            portable: Component::new(&plain, &plugged)?,
            plugin,
            plugged,
        })
    }

    /// Runs the plugin once, with arguments after its way.
    pub(crate) fn run(
        &self,
        way: Way,
        folders: &Folders,
        arguments: &[String],
    ) -> Result<Measured> {
        let component = match way {
            Way::Mapping => &self.mapping,
            Way::NativeFuel => &self.fuelled,
            Way::Portable | Way::PortableLists => &self.portable,
            _ => &self.native,
        };
        let plugin_way = match way {
            Way::NativeLists | Way::PortableLists => "lists",
            Way::Standard | Way::StandardOnPool => "standard",
            _ => "provided",
        };
        let is_portable = matches!(way, Way::Portable | Way::PortableLists);
        let stdout = MemoryOutputPipe::new(1 << 10);
        let mut wasi = WasiCtx::builder();
        wasi.stdout(stdout.clone()).inherit_stderr();
        wasi.arg("bench-plugin").arg(plugin_way).args(arguments);
        wasi.allow_blocking_current_thread(way != Way::StandardOnPool);
        wasi.preopened_dir(&folders.memory, "memory", FsPerms::ReadWrite)?;
        wasi.preopened_dir(&folders.disk, "disk", FsPerms::ReadWrite)?;
        let threads = if way == Way::NativeThreads { 2 } else { 1 };
        let mut filemap = CtxBuilder::new()
            .map_into_guest(way == Way::Mapping)
            .allow_blocking_current_thread(way == Way::Asynchronous)
            .max_threads(threads);
        if way == Way::NativeQuotas {
            filemap =
                filemap.max_stored_bytes(1 << 40).max_stored_keys(1 << 30).max_file_size(1 << 40);
        }
        let state = State::new(wasi.build(), filemap.build(), ());
        let mut store = Store::new(component.engine(), state);
        if way == Way::NativeFuel {
            store.set_fuel(u64::MAX)?;
        }
        let code = if matches!(way, Way::Asynchronous | Way::AsynchronousOnPool) {
            in_tokio(run_asynchronously(&mut store, component))?
        } else {
            let linker = host::linker(component.engine(), !is_portable)?;
            let command = Command::instantiate(&mut store, component, &linker)?;
            host::run(&mut store, &command)?
        };
        ensure!(code == 0, "the plugin failed with exit code {code}");
        drop(store);
        measurement::parse(&String::from_utf8(stdout.contents().to_vec())?)
    }
}

/// Runs a plugin with the asynchronous forms of WASI and filemap, and returns its exit code.
async fn run_asynchronously(store: &mut Store<State>, component: &Component) -> Result<i32> {
    let mut linker = Linker::new(component.engine());
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    filemap_host::add_to_linker_async(&mut linker)?;
    let command = AsyncCommand::instantiate_async(&mut *store, component, &linker).await?;
    Ok(host::exit_code(command.wasi_cli_run().call_run(store).await)?)
}
