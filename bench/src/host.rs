//! A host that runs the plugin under every provider.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use filemap_host::{Ctx, CtxBuilder, CtxView, View};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::measured::Measured;

/// Where WASI waits for the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// On the plugin's own thread.
    Inline,
    /// On a pool of threads: what wasmtime-wasi does unless it is told.
    Elsewhere,
}

/// Where the plugin's `filemap:data` comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    /// The crate `filemap-host`.
    Native,
    /// The same, with pages of files in the plugin's memory.
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

struct State {
    wasi: WasiCtx,
    filemap: Ctx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl View for State {
    fn filemap(&mut self) -> CtxView<'_> {
        CtxView { ctx: &mut self.filemap, wasi: self.wasi.filesystem(), table: &mut self.table }
    }
}

impl Host {
    pub(crate) fn new(target: &Path) -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("this package lies in the repository")?;
        let build = |package| wasm_build::Build::new(root, package, target.join("wasm"));
        let first = |build: wasm_build::Build| -> Result<Vec<u8>> {
            let artifacts = build.run().map_err(|error| anyhow!("{error}"))?;
            Ok(std::fs::read(&artifacts.wasm[0])?)
        };
        let plugin = first(build("bench-plugin").bin("bench-plugin"))?;
        let provider = first(build("filemap").lib().features(["component"]))?;
        // An engine with pages in the plugin's memory has to be the first one.
        let mapping = Engine::new(filemap_host::map_into_guest(&mut Config::new()))?;
        let plain = Engine::new(&Config::new())?;
        Ok(Self {
            mapping: Component::new(&mapping, &plugin)?,
            native: Component::new(&plain, &plugin)?,
            portable: Component::new(&plain, plug(provider, plugin)?)?,
            folder: target.join("bench"),
        })
    }

    /// Runs the plugin once.
    pub(crate) fn run(
        &self,
        provider: Provider,
        waiting: Waiting,
        arguments: &[&str],
    ) -> Result<Measured> {
        let component = match provider {
            Provider::Native => &self.native,
            Provider::Mapping => &self.mapping,
            Provider::Portable => &self.portable,
        };
        let stdout = MemoryOutputPipe::new(1 << 10);
        let mut wasi = WasiCtx::builder();
        wasi.stdout(stdout.clone()).inherit_stderr().arg("bench-plugin").args(arguments);
        wasi.allow_blocking_current_thread(waiting == Waiting::Inline);
        wasi.preopened_dir(&self.folder, "data", FsPerms::ReadWrite)?;
        let filemap = CtxBuilder::new().map_into_guest(provider == Provider::Mapping).build();
        let state = State { wasi: wasi.build(), filemap, table: ResourceTable::new() };

        let mut linker = Linker::<State>::new(component.engine());
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        if provider != Provider::Portable {
            filemap_host::add_to_linker(&mut linker)?;
        }
        let mut store = Store::new(component.engine(), state);
        let command = Command::instantiate(&mut store, component, &linker)?;
        if command.wasi_cli_run().call_run(&mut store)?.is_err() {
            bail!("the plugin failed");
        }
        drop(store);
        Measured::parse(&String::from_utf8(stdout.contents().to_vec())?)
    }
}

/// Composes the plugin with the portable component, as `filemap plug` does.
fn plug(provider: Vec<u8>, plugin: Vec<u8>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let provider = Package::from_bytes("filemap:provider", None, provider, graph.types_mut())?;
    let provider = graph.register_package(provider)?;
    let plugin = Package::from_bytes("filemap:plugin", None, plugin, graph.types_mut())?;
    let plugin = graph.register_package(plugin)?;
    wac_graph::plug(&mut graph, vec![provider], plugin)?;
    Ok(graph.encode(EncodeOptions::default())?)
}
