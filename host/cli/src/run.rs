//! `filemap run`: a plugin under the native provider.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use filemap_host::CtxBuilder;
use indicatif::{ProgressBar, ProgressStyle};
use wasmtime::component::Component;
use wasmtime::{Cache, Config, Engine, Store};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::sync::Command;

use crate::TRAP;
use crate::host::{self, State};

/// How much data one call from the plugin may bring along, in bytes. More than `filemap:data` takes
/// in one call, so that a plugin that brings too much gets an error rather than a trap.
const HOSTCALL_FUEL: usize = 1 << 30;

/// Run a plugin with the native provider
///
/// The plugin is a component with `wasi:cli/run`, as a Rust program with `fn main` is when it is
/// built for wasm32-wasip2. It sees the directories that are granted to it, and nothing else: no
/// network, no environment.
#[derive(clap::Args)]
pub(crate) struct Run {
    /// Grant a directory for reading and writing, under the name GUEST, or the one it has here
    #[arg(long = "dir", value_name = "HOST[::GUEST]", value_parser = parse_grant)]
    writeable: Vec<(String, String)>,

    /// Grant a directory for reading only
    #[arg(long = "dir-ro", value_name = "HOST[::GUEST]", value_parser = parse_grant)]
    readable: Vec<(String, String)>,

    /// Set an environment variable for the plugin
    #[arg(long = "env", value_name = "KEY=VALUE", value_parser = parse_variable)]
    environment: Vec<(String, String)>,

    /// Let the plugin have files in its own memory, where other processes that write to them change
    /// it as it runs
    #[arg(long = "map")]
    map: bool,

    /// The plugin; all that follows, also what begins with `-`, are its arguments
    #[arg(
        value_names = ["PLUGIN.wasm", "ARGS"],
        num_args = 1..,
        required = true,
        trailing_var_arg = true
    )]
    plugin: Vec<String>,
}

impl Run {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let wasi = self.grants()?;
        let engine = engine(self.map)?;
        let name = &self.plugin[0];
        let plugin = compile(&engine, name)?;

        let linker = host::linker(&engine, true).map_err(to_anyhow)?;
        let filemap = CtxBuilder::new().map_into_guest(self.map).build();
        let mut store = Store::new(&engine, State::new(wasi, filemap, ()));
        store.set_hostcall_fuel(HOSTCALL_FUEL);

        let command = Command::instantiate(&mut store, &plugin, &linker)
            .map_err(to_anyhow)
            .with_context(|| format!("failed to start `{name}`"))?;
        match host::run(&mut store, &command) {
            Ok(code) => Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)),
            Err(error) => {
                eprintln!("failed to run `{name}`: the plugin trapped: {error:?}");
                Ok(ExitCode::from(TRAP))
            }
        }
    }

    /// What the plugin may reach.
    fn grants(&self) -> Result<WasiCtx> {
        let mut builder = WasiCtx::builder();
        builder.inherit_stdio().args(&self.plugin).envs(&self.environment);
        // The thread runs one plugin and nothing else, so that it may wait for the disk itself.
        builder.allow_blocking_current_thread(true);
        let writeable = self.writeable.iter().map(|grant| (grant, FsPerms::ReadWrite));
        let readable = self.readable.iter().map(|grant| (grant, FsPerms::ReadOnly));
        for ((host, guest), permissions) in writeable.chain(readable) {
            if !Path::new(host).is_dir() {
                bail!(
                    "failed to grant `{host}`: there is no such directory; make it first, or name \
                     another"
                );
            }
            builder
                .preopened_dir(host, guest, permissions)
                .map_err(to_anyhow)
                .with_context(|| format!("failed to grant `{host}`"))?;
        }
        Ok(builder.build())
    }
}

/// An engine that keeps compiled code in the user's cache folder, so that a second start is quick.
fn engine(map: bool) -> Result<Engine> {
    let mut config = Config::new();
    if map {
        filemap_host::map_into_guest(&mut config);
    }
    match Cache::from_file(None) {
        Ok(cache) => _ = config.cache(Some(cache)),
        Err(error) => eprintln!("warning: compiled code is not kept: {error}"),
    }
    Engine::new(&config).map_err(to_anyhow).context("failed to set up Wasmtime")
}

/// Compiles a plugin, or finds it compiled.
fn compile(engine: &Engine, name: &str) -> Result<Component> {
    let bytes = std::fs::read(name).with_context(|| format!("failed to read `{name}`"))?;
    if !bytes.starts_with(b"\0asm\x0d\0\x01\0") {
        bail!(
            "failed to load `{name}`: it is not a component; build it for the target wasm32-wasip2"
        );
    }
    let spinner = ProgressBar::new_spinner().with_message(format!("compiling `{name}`, once"));
    spinner.set_style(ProgressStyle::with_template("{spinner} {msg} ({elapsed})")?);
    spinner.enable_steady_tick(Duration::from_millis(100));
    let component = Component::new(engine, &bytes).map_err(to_anyhow);
    spinner.finish_and_clear();
    component.with_context(|| format!("failed to load `{name}`"))
}

fn parse_grant(text: &str) -> Result<(String, String)> {
    let (host, guest) = text.split_once("::").unwrap_or((text, text));
    ensure!(!host.is_empty() && !guest.is_empty(), "a directory has no name");
    Ok((host.into(), guest.into()))
}

fn parse_variable(text: &str) -> Result<(String, String)> {
    let (key, value) = text.split_once('=').ok_or_else(|| anyhow!("no `=` in it"))?;
    Ok((key.into(), value.into()))
}

fn to_anyhow(error: wasmtime::Error) -> anyhow::Error {
    error.into()
}
