//! `filemap run`: runs a plugin with the native provider.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use filemap::error::printable;
use filemap::message;
use indicatif::{ProgressBar, ProgressStyle};
use wasmtime::component::Component;
use wasmtime::{Config, Engine, Store, Trap, WasmBacktrace};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::sync::Command;

use crate::host::{self, State};
use crate::{CLOSED_PIPE, OUT_OF_FUEL, TRAP};

mod cache;
mod check;
mod ending;
mod imports;
mod limits;
mod parent;
mod standard_stream;
mod stores;
mod timeout;

use check::Checked;
use limits::Limits;
use standard_stream::{ClosedPipe, StandardStream};

const HELP: &str = "\
Examples:
  filemap run --dir data plugin.wasm
  filemap run --dir-ro /srv/models::models --dir out::results plugin.wasm --verbose
  filemap run --map --dir-ro data --env THREADS=1 plugin.wasm
  filemap run --store results=redis://cache.example.com --dir-ro data plugin.wasm
  filemap run --timeout 60 --max-memory 1GiB --max-files 64 --dir data plugin.wasm

Exit codes:
  0    the plugin succeeded
  1    the plugin failed (WASI 0.2 has no other code for it), or filemap did
  2    invalid command line
  124  the plugin ran longer than `--timeout`
  125  the plugin used up its `--fuel`
  134  the plugin trapped
  141  the plugin wrote to a closed pipe, as in `filemap run plugin.wasm | head -1`";

/// The maximum number of bytes that Wasmtime copies from the plugin in one call: 256 MiB. It is
/// more than `filemap:data` accepts, so a plugin that passes too much gets an error instead of a
/// trap.
///
/// An element of a list counts as what it takes in the host: 24 bytes for a list in a list, however
/// short. So this also bounds lists of millions of short elements, which take several times the
/// bytes that they carry. A plugin that passes such a list traps, before anything is copied.
const HOSTCALL_FUEL: usize = 256 << 20;

/// Run a plugin in a sandbox, over mmap
///
/// The plugin is a component that exports `wasi:cli/run`, such as a Rust program built for
/// wasm32-wasip2. It can use standard input, output and error, and the directories and variables
/// given here. It has no other files, no network and no environment.
///
/// A bucket of `wasi:keyvalue@0.2.0-draft` is a store: the directory of its name in a granted one,
/// or a `--store`. The bucket without a name is `default`.
///
/// A plugin may import other interfaces than WASI 0.2, `filemap:data` and `wasi:keyvalue`, such as
/// `wasi:http`. A call of a function that is not provided ends the plugin.
///
/// Wasmtime's cache keeps the compiled plugin, so later starts are fast.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct Run {
    /// Grant a directory for reading and writing; the plugin opens it as GUEST, or else as HOST.
    /// Can be repeated
    #[arg(long = "dir", value_name = "HOST[::GUEST]", value_parser = parse_grant)]
    writeable: Vec<(String, String)>,

    /// Grant a directory for reading only. Can be repeated
    #[arg(long = "dir-ro", value_name = "HOST[::GUEST]", value_parser = parse_grant)]
    readable: Vec<(String, String)>,

    /// Let the plugin open PATH as a store in Redis, which several hosts can share. Can be repeated
    ///
    /// URL is `redis://HOST[:PORT][/DATABASE]`, or `rediss://...` for TLS. All entries on the
    /// server have names that begin with `{PREFIX}:`; by default, PREFIX is PATH. The password
    /// comes from the variable `FILEMAP_REDIS_PASSWORD`, or from the file that
    /// `FILEMAP_REDIS_PASSWORD_FILE` names, and another user than `default` from
    /// `FILEMAP_REDIS_USERNAME`.
    // It is parsed later: an error of clap repeats the text, which may have a password.
    #[arg(long = "store", value_name = "PATH=URL[#PREFIX]")]
    stores: Vec<String>,

    /// Set an environment variable for the plugin, which inherits none. Can be repeated
    #[arg(long = "env", value_name = "KEY=VALUE", value_parser = parse_variable)]
    environment: Vec<(String, String)>,

    /// Let the plugin map files into its own memory, without copies
    ///
    /// Other processes that write to a mapped file then change the plugin's memory while the plugin
    /// and the host read it. Use this option only if you trust every process that can write to the
    /// granted directories.
    #[arg(long = "map")]
    map: bool,

    /// Show all functions that the plugin was in when it trapped, and not only those that matter
    #[arg(long)]
    backtrace: bool,

    /// End the plugin when the process PID ends, which has to be the one that starts this command
    ///
    /// Without this option, the plugin goes on when that process is killed, and keeps its stores
    /// locked. The plugin ends as if it were killed: stores keep the old or the new value of each
    /// key.
    #[arg(long, value_name = "PID")]
    parent: Option<u32>,

    /// Plugin to run, and its arguments; options of `filemap run` come before the plugin
    #[arg(
        value_names = ["PLUGIN.wasm", "ARGS"],
        num_args = 1..,
        required = true,
        trailing_var_arg = true
    )]
    plugin: Vec<String>,

    // The last, because its heading holds for all that follow.
    #[command(flatten)]
    limits: Limits,
}

impl Run {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        if let Some(parent) = self.parent {
            parent::end_with(parent)?;
        }
        let wasi = self.wasi()?;
        let name = &printable(&self.plugin[0]);
        let bytes =
            std::fs::read(&self.plugin[0]).with_context(|| format!("failed to read `{name}`"))?;
        let plugin = check::check(name, bytes)?;
        let engine = engine(self.map, self.limits.fuel.is_some())?;
        let plugin = compile(&engine, name, &plugin)?;

        let mut linker = host::linker(&engine, true).map_err(to_anyhow)?;
        imports::define_missing(&mut linker, &engine, &plugin).map_err(to_anyhow)?;
        let filemap = self.limits.ctx_builder().map_into_guest(self.map);
        let filemap = stores::add_all(&self.stores, filemap)?.build();
        let state = State::new(wasi, filemap, self.limits.memory());
        let mut store = Store::new(&engine, state.max_resources(self.limits.max_resources));
        store.set_hostcall_fuel(HOSTCALL_FUEL);
        if let Some(fuel) = self.limits.fuel {
            store.set_fuel(fuel).map_err(to_anyhow)?;
        }
        store.limiter(|state| &mut state.data);
        if let Some(limit) = self.limits.timeout {
            timeout::start(limit, name).context("failed to start the clock of `--timeout`")?;
        }
        // The last step: what is compiled is in the cache, and everything else is open.
        self.limits.limit_process()?;

        let code = match Command::instantiate(&mut store, &plugin, &linker) {
            Ok(command) => host::run(&mut store, &command),
            // The start of the plugin runs code of it too.
            Err(error) if error.is::<WasmBacktrace>() => Err(error),
            Err(error) => {
                let mut error = to_anyhow(error);
                if let Some(refusal) = store.data().data.refusal() {
                    error = error.context(refusal);
                }
                return Err(error.context(format!("failed to start `{name}`")));
            }
        };
        match code {
            Ok(code) => Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)),
            Err(error) if error.is::<ClosedPipe>() => Ok(ExitCode::from(CLOSED_PIPE)),
            Err(error) if error.downcast_ref::<Trap>() == Some(&Trap::OutOfFuel) => {
                let fuel = self.limits.fuel.unwrap_or_default();
                _ = writeln!(
                    io::stderr(),
                    "the plugin `{name}` was ended: the limit `--fuel` is {fuel}, and all of it is \
                     used: give it more"
                );
                Ok(ExitCode::from(OUT_OF_FUEL))
            }
            Err(error) => {
                _ = write!(io::stderr(), "{}", ending::report(name, &error, self.backtrace));
                Ok(ExitCode::from(TRAP))
            }
        }
    }

    /// Returns the WASI context with the plugin's arguments, variables and directories.
    fn wasi(&self) -> Result<WasiCtx> {
        let mut builder = WasiCtx::builder();
        let [stdout, stderr] =
            [StandardStream::new(&io::stdout()), StandardStream::new(&io::stderr())];
        builder
            .inherit_stdin()
            .stdout(stdout?)
            .stderr(stderr?)
            .args(&self.plugin)
            .envs(&self.environment);
        // The thread runs only this plugin, so it can wait for the disk itself.
        builder.allow_blocking_current_thread(true);
        let writeable = self.writeable.iter().map(|grant| (grant, FsPerms::ReadWrite));
        let readable = self.readable.iter().map(|grant| (grant, FsPerms::ReadOnly));
        for ((host, guest), permissions) in writeable.chain(readable) {
            if !Path::new(host).is_dir() {
                bail!(
                    "failed to grant `{host}`: there is no such directory; create it, or grant \
                     another one"
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

/// Returns an engine that caches compiled code in the user's cache folder.
fn engine(map: bool, counts_fuel: bool) -> Result<Engine> {
    let mut config = Config::new();
    // It changes the compiled code, which gets slower and another place in the cache.
    config.consume_fuel(counts_fuel);
    if map {
        filemap_host::map_into_guest(&mut config);
    } else {
        filemap_host::large_pages(&mut config);
    }
    match cache::open() {
        Ok(cache) => _ = config.cache(Some(cache)),
        Err(error) => eprintln!("{}", message!("warning: compiled code is not cached: {error:#}")),
    }
    Engine::new(&config).map_err(to_anyhow).context("failed to set up Wasmtime")
}

/// Compiles a plugin, or loads it from the cache.
fn compile(engine: &Engine, name: &str, plugin: &Checked) -> Result<Component> {
    let spinner =
        ProgressBar::new_spinner().with_message(format!("compiling `{name}` for the cache"));
    spinner.set_style(ProgressStyle::with_template("{spinner} {msg} ({elapsed})")?);
    spinner.enable_steady_tick(Duration::from_millis(100));
    let component = Component::new(engine, plugin.bytes()).map_err(to_anyhow);
    spinner.finish_and_clear();
    component.with_context(|| format!("failed to load `{name}`"))
}

fn parse_grant(text: &str) -> Result<(String, String)> {
    let (host, guest) = text.split_once("::").unwrap_or((text, text));
    ensure!(!host.is_empty() && !guest.is_empty(), "the name of a directory is empty");
    Ok((host.into(), guest.into()))
}

fn parse_variable(text: &str) -> Result<(String, String)> {
    let (key, value) =
        text.split_once('=').ok_or_else(|| anyhow!("no `=` between name and value"))?;
    Ok((key.into(), value.into()))
}

fn to_anyhow(error: wasmtime::Error) -> anyhow::Error {
    error.into()
}
