//! An asynchronous host: it runs many plugins at once on two threads, each with a folder, a limit
//! on its memory and a time-out.
//!
//! ```text
//! cargo run -p filemap-host --example service -- JOB...
//! ```
//!
//! A job is one argument with words: `MILLISECONDS FOLDER PLUGIN ARGUMENT...`. The plugin is a
//! command, a component that exports `wasi:cli/run`. It gets the folder as `work`, for reading and
//! writing, and the arguments. It is ended after that time. A line for each job says how it ended.

use std::collections::HashMap;
use std::env;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use filemap_host::{Ctx, CtxBuilder, CtxView, View};
use tokio::task::spawn_blocking;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::error::Context as _;
use wasmtime::{Config, Engine, Result, Store, StoreLimits, StoreLimitsBuilder, bail};
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView};

/// The number of threads that run plugins. They never wait for a disk.
const WORKERS: usize = 2;

/// The maximum number of threads that wait for disks, for all plugins together.
const MAX_BLOCKING_THREADS: usize = 64;

/// The time after which a plugin that computes gives up its thread to others.
const TICK: Duration = Duration::from_millis(5);

/// The memory that a plugin may have, in bytes.
const MAX_MEMORY: usize = 256 << 20;

/// The state of one plugin.
struct State {
    wasi: WasiCtx,
    filemap: Ctx,
    table: ResourceTable,
    limits: StoreLimits,
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

/// A plugin that is to run.
struct Job {
    time_out: Duration,
    folder: String,
    /// The path of the plugin, and its arguments.
    words: Vec<String>,
}

impl Job {
    fn parse(text: &str) -> Result<Self> {
        let mut words = text.split_whitespace().map(str::to_owned);
        let time_out = words.next().context("a job begins with its time-out")?.parse()?;
        let folder = words.next().context("a job has a folder")?;
        let words: Vec<_> = words.collect();
        if words.is_empty() {
            bail!("the job `{text}` has no plugin");
        }
        Ok(Self { time_out: Duration::from_millis(time_out), folder, words })
    }
}

/// What all plugins share: compiled code, and the functions that they import.
struct Service {
    engine: Engine,
    linker: Linker<State>,
    /// By path.
    plugins: HashMap<String, CommandPre<State>>,
}

impl Service {
    fn new() -> Result<Self> {
        let engine = Engine::new(Config::new().epoch_interruption(true))?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        filemap_host::add_to_linker_async(&mut linker)?;
        // The thread ends when the engine is dropped.
        let weak = engine.weak();
        thread::spawn(move || {
            while let Some(engine) = weak.upgrade() {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(TICK);
            }
        });
        Ok(Self { engine, linker, plugins: HashMap::new() })
    }

    /// Compiles and links a plugin, unless that was done before.
    fn prepare(&mut self, path: &str) -> Result<()> {
        if !self.plugins.contains_key(path) {
            let component = Component::from_file(&self.engine, path)?;
            let prepared = CommandPre::new(self.linker.instantiate_pre(&component)?)?;
            self.plugins.insert(path.to_owned(), prepared);
        }
        Ok(())
    }

    /// Returns the state of a new plugin.
    fn store(&self, job: &Job) -> Result<Store<State>> {
        let mut wasi = WasiCtx::builder();
        wasi.args(&job.words).inherit_stdout().inherit_stderr();
        wasi.preopened_dir(&job.folder, "work", FsPerms::ReadWrite)?;
        let state = State {
            wasi: wasi.build(),
            filemap: CtxBuilder::new().max_files(16).build(),
            table: ResourceTable::new(),
            limits: StoreLimitsBuilder::new().memory_size(MAX_MEMORY).build(),
        };
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.limits);
        // A plugin that computes lets other tasks run after each tick. There a time-out ends it.
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        Ok(store)
    }

    /// Runs a plugin, and returns how it ended.
    async fn run(&self, job: &Job) -> Result<String> {
        let mut store = self.store(job)?;
        let interrupter = store.data().filemap.interrupter();
        let plugin = &self.plugins[&job.words[0]];
        let call = async {
            let command = plugin.instantiate_async(&mut store).await?;
            command.wasi_cli_run().call_run(&mut store).await
        };
        let ending = match tokio::time::timeout(job.time_out, call).await {
            // The plugin is gone. Work on another thread goes on until its store is dropped.
            Err(_) => format!("ended after {} ms", job.time_out.as_millis()),
            Ok(Ok(Ok(()))) => "exit code 0".into(),
            Ok(Ok(Err(()))) => "exit code 1".into(),
            Ok(Err(error)) => match error.downcast_ref() {
                Some(I32Exit(code)) => format!("exit code {code}"),
                None => format!("trapped: {}", error.root_cause()),
            },
        };
        // Both may wait for the disk: closing the files that the plugin has left open, and the end
        // of an update that was interrupted.
        spawn_blocking(move || {
            drop(store);
            interrupter.wait_for_updates();
        })
        .await?;
        Ok(ending)
    }
}

/// Runs all jobs at once, and prints how each ended, in their order.
async fn run_all(jobs: Vec<Job>) -> Result<()> {
    let mut service = Service::new()?;
    for job in &jobs {
        service
            .prepare(&job.words[0])
            .with_context(|| format!("cannot load `{}`", job.words[0]))?;
    }
    let service = Arc::new(service);
    let tasks: Vec<_> = jobs
        .into_iter()
        .map(|job| {
            let service = service.clone();
            let folder = job.folder.clone();
            (folder, tokio::spawn(async move { service.run(&job).await }))
        })
        .collect();
    for (folder, task) in tasks {
        match task.await? {
            Ok(ending) => println!("{folder}: {ending}"),
            Err(error) => println!("{folder}: cannot start: {error:#}"),
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    filemap_host::prepare_process()?;
    let jobs = env::args().skip(1).map(|text| Job::parse(&text)).collect::<Result<_>>()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(MAX_BLOCKING_THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(run_all(jobs))
}
