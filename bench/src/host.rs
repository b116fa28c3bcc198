//! A host that runs the benchmark plugin with every provider.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use filemap_cli::host::{self, State};
use filemap_host::CtxBuilder;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

use crate::measurement::Measurement;

/// Where WASI calls block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blocking {
    /// On the plugin's own thread.
    PluginThread,
    /// On a pool of threads, the default of wasmtime-wasi.
    ThreadPool,
}

/// The provider of `filemap:data`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    /// The crate `filemap-host`.
    Native,
    /// The crate `filemap-host`, with files mapped into the plugin's memory.
    Mapping,
    /// The portable component, composed with the plugin.
    Portable,
}

/// The plugin, compiled for every provider.
pub(crate) struct Host {
    native: Component,
    mapping: Component,
    portable: Component,
    folder: PathBuf,
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
        // The engine for files in the plugin's memory must be the first of the process.
        let mapping = Engine::new(filemap_host::map_into_guest(&mut Config::new()))?;
        let plain = Engine::new(&Config::new())?;
        Ok(Self {
            mapping: Component::new(&mapping, &plugin)?,
            native: Component::new(&plain, &plugin)?,
            portable: Component::new(&plain, filemap_cli::compose(plugin)?)?,
            folder: target.join("bench"),
        })
    }

    /// Runs the plugin once.
    pub(crate) fn run(
        &self,
        provider: Provider,
        blocking: Blocking,
        arguments: &[&str],
    ) -> Result<Measurement> {
        let component = match provider {
            Provider::Native => &self.native,
            Provider::Mapping => &self.mapping,
            Provider::Portable => &self.portable,
        };
        let stdout = MemoryOutputPipe::new(1 << 10);
        let mut wasi = WasiCtx::builder();
        wasi.stdout(stdout.clone()).inherit_stderr().arg("bench-plugin").args(arguments);
        wasi.allow_blocking_current_thread(blocking == Blocking::PluginThread);
        wasi.preopened_dir(&self.folder, "data", FsPerms::ReadWrite)?;
        let filemap = CtxBuilder::new().map_into_guest(provider == Provider::Mapping).build();
        let linker = host::linker(component.engine(), provider != Provider::Portable)?;
        let state = State::new(wasi.build(), filemap, ());
        let mut store = Store::new(component.engine(), state);
        let command = Command::instantiate(&mut store, component, &linker)?;
        let code = host::run(&mut store, &command)?;
        ensure!(code == 0, "the plugin failed with exit code {code}");
        drop(store);
        Measurement::parse(&String::from_utf8(stdout.contents().to_vec())?)
    }
}
