//! A host that runs the plugin, with files in its memory or without.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use filemap_host::{Ctx, CtxBuilder, CtxView, View};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::contender::Measured;

/// Where WASI waits for the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// On the plugin's own thread.
    Inline,
    /// On a pool of threads: what wasmtime-wasi does unless it is told.
    Elsewhere,
}

/// The plugin, compiled for two engines.
pub(crate) struct Host {
    plain: Component,
    mapping: Component,
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
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("this package lies in the repository")?;
        let build = wasm_build::Build::new(root, "bench-plugin", target.join("wasm")).bin("bench-plugin");
        let path = build.run().map_err(|error| anyhow!("{error}"))?.wasm.remove(0);
        let compile =
            |config: &Config| -> Result<Component> { Ok(Component::from_file(&Engine::new(config)?, &path)?) };
        let plain = compile(&Config::new())?;
        let mapping = compile(filemap_host::map_into_guest(&mut Config::new()))?;
        Ok(Self { plain, mapping, folder: target.join("bench") })
    }

    /// Runs the plugin once.
    pub(crate) fn run(&self, how: &str, waiting: Waiting, maps: bool) -> Result<Measured> {
        let component = if maps { &self.mapping } else { &self.plain };
        let stdout = MemoryOutputPipe::new(1 << 10);
        let mut wasi = WasiCtx::builder();
        wasi.stdout(stdout.clone()).inherit_stderr().args(&["bench-plugin", how, "data/numbers.bin"]);
        wasi.allow_blocking_current_thread(waiting == Waiting::Inline);
        wasi.preopened_dir(&self.folder, "data", FsPerms::ReadOnly)?;
        let filemap = CtxBuilder::new().map_into_guest(maps).build();
        let state = State { wasi: wasi.build(), filemap, table: ResourceTable::new() };

        let mut linker = Linker::<State>::new(component.engine());
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        filemap_host::add_to_linker(&mut linker)?;
        let mut store = Store::new(component.engine(), state);
        let command = Command::instantiate(&mut store, component, &linker)?;
        if command.wasi_cli_run().call_run(&mut store)?.is_err() {
            bail!("the plugin failed");
        }
        drop(store);
        Measured::parse(&String::from_utf8(stdout.contents().to_vec())?)
    }
}
