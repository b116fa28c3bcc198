//! Runs plugins in this process, with any provider.

use std::path::Path;
use std::sync::{Mutex, OnceLock};

use filemap_cli::host::{self, State};
use filemap_host::CtxBuilder;
use wasmtime::component::Component;
use wasmtime::{Cache, CacheConfig, Config, Engine, ResourceLimiter, Result, Store};
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::Command as AsyncCommand;
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder};

use super::executor::{self, run_without_files};
use super::folders::Folders;
use super::programs;

/// The provider of a plugin's `filemap:data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Provider {
    /// The crate `filemap-host`.
    Native,
    /// The crate `filemap-host` in its asynchronous form, on a thread that cannot access files.
    Asynchronous,
    /// The crate `filemap-host`, with files mapped into the plugin's memory.
    Mapping,
    /// The portable component, composed with the plugin. The host provides WASI only.
    Portable,
}

/// The result of running a plugin.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit code, or the trap.
    pub(crate) exit: Result<i32, String>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The largest size of a memory of the plugin, in bytes.
    pub(crate) memory: usize,
}

/// Records the largest size of a memory, in bytes. It limits nothing.
struct PeakMemory(usize);

impl ResourceLimiter for PeakMemory {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool> {
        self.0 = self.0.max(desired);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool> {
        Ok(true)
    }
}

/// Runs the test program `name` with these arguments and folders.
pub(crate) fn run(
    provider: Provider,
    name: &'static str,
    arguments: &[&str],
    folders: &Folders,
) -> Outcome {
    run_within(provider, name, arguments, folders, &CtxBuilder::new())
}

/// Like [`run`], with limits for the native provider.
pub(crate) fn run_within(
    provider: Provider,
    name: &'static str,
    arguments: &[&str],
    folders: &Folders,
    limits: &CtxBuilder,
) -> Outcome {
    run_with(provider, name, arguments, folders, limits, |_| ())
}

/// Like [`run_within`]. `change` changes the plugin's WASI, for instance its standard input.
pub(crate) fn run_with(
    provider: Provider,
    name: &'static str,
    arguments: &[&str],
    folders: &Folders,
    limits: &CtxBuilder,
    change: impl FnOnce(&mut WasiCtxBuilder),
) -> Outcome {
    let (stdout, stderr) = (MemoryOutputPipe::new(1 << 20), MemoryOutputPipe::new(1 << 20));
    let mut wasi = WasiCtx::builder();
    wasi.stdout(stdout.clone())
        .stderr(stderr.clone())
        .arg(name)
        .args(arguments)
        .allow_blocking_current_thread(provider != Provider::Asynchronous);
    wasi.preopened_dir(folders.work(), "work", FsPerms::ReadWrite).unwrap();
    wasi.preopened_dir(folders.fixed(), "fixed", FsPerms::ReadOnly).unwrap();
    wasi.preopened_dir(Folders::data(), "data", FsPerms::ReadOnly).unwrap();
    change(&mut wasi);

    let engine = engine(provider);
    let component = component(provider, name);
    let filemap = limits.clone().map_into_guest(provider == Provider::Mapping).build();
    let mut store = Store::new(engine, State::new(wasi.build(), filemap, PeakMemory(0)));
    store.limiter(|state| &mut state.data);
    store.set_hostcall_fuel(1 << 30);
    let exit = if provider == Provider::Asynchronous {
        let store = &mut store;
        run_without_files(|| run_asynchronously(store, &component))
    } else {
        let linker = host::linker(engine, provider != Provider::Portable).unwrap();
        let command = Command::instantiate(&mut store, &component, &linker).unwrap();
        host::run(&mut store, &command)
    };
    let exit = exit.map_err(|trap| format!("{trap:?}"));
    let memory = store.data().data.0;
    drop(store);
    let text = |pipe: MemoryOutputPipe| String::from_utf8_lossy(&pipe.contents()).into_owned();
    Outcome { exit, stdout: text(stdout), stderr: text(stderr), memory }
}

/// Runs a plugin with the asynchronous forms of WASI and filemap, and returns its exit code.
pub(crate) async fn run_asynchronously<T: Send>(
    store: &mut Store<State<T>>,
    component: &Component,
) -> Result<i32> {
    let linker = executor::linker(store.engine())?;
    let command = AsyncCommand::instantiate_async(&mut *store, component, &linker).await?;
    host::exit_code(command.wasi_cli_run().call_run(store).await)
}

/// Returns the engine for a provider. The one for files in the plugin's memory must be the first
/// engine of the process. Compiled code is cached, because some tests start many processes.
pub(crate) fn engine(provider: Provider) -> &'static Engine {
    static ENGINES: OnceLock<[Engine; 2]> = OnceLock::new();
    let [mapping, others] = ENGINES.get_or_init(|| {
        let mut folder = CacheConfig::new();
        folder.with_directory(Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
        let cache = Cache::new(folder).unwrap();
        let mut mapping = Config::new();
        filemap_host::map_into_guest(&mut mapping).cache(Some(cache.clone()));
        let mapping = Engine::new(&mapping).unwrap();
        [mapping, Engine::new(Config::new().cache(Some(cache))).unwrap()]
    });
    if provider == Provider::Mapping { mapping } else { others }
}

/// Returns a compiled test program. Each is compiled once in this process.
fn component(provider: Provider, name: &'static str) -> Component {
    type Compiled = Vec<((Provider, &'static str), Component)>;
    static COMPILED: Mutex<Compiled> = Mutex::new(Vec::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((_, component)) = compiled.iter().find(|(key, _)| *key == (provider, name)) {
        return component.clone();
    }
    let path = programs::program(name);
    let bytes = match provider {
        Provider::Native | Provider::Asynchronous | Provider::Mapping => {
            std::fs::read(&path).unwrap()
        }
        Provider::Portable => programs::plugged(&path),
    };
    let component = Component::new(engine(provider), bytes).unwrap();
    compiled.push(((provider, name), component.clone()));
    component
}
