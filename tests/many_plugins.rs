//! Measures how long a `get` takes for each of 199 plugins that share two threads with one that
//! reduces 8 GiB. The bound is 20 ms for 99 of 100 calls.
//!
//! `cargo bench -p filemap-tests --bench many_plugins` works in the folder `FILEMAP_BENCH_FOLDER`,
//! or in the system's temporary folder.

mod support {
    #[path = "../support/programs.rs"]
    #[allow(dead_code, reason = "shared with the tests")]
    pub(crate) mod programs;
}

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, thread};

use filemap_cli::host::State;
use filemap_host::CtxBuilder;
use support::programs::program;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

/// The number of plugins that run at once.
const PLUGINS: usize = 200;

/// The number of threads that run them.
const WORKERS: usize = 2;

/// The number of threads that wait for disks, as in `host/examples/service.rs`.
const MAX_BLOCKING_THREADS: usize = 64;

/// The size of the sparse file that is reduced.
const SIZE: u64 = 8 << 30;

/// The number of calls of each plugin that are measured.
const CALLS: u64 = 500;

/// The plugins of one measurement.
struct Mix {
    name: &'static str,
    /// How many of the plugins reduce.
    reducing: usize,
    /// The pause of the others before each `get`, in milliseconds.
    pause: u64,
}

const MIXES: [Mix; 6] = [
    Mix { name: "a get each 50 ms", reducing: 0, pause: 50 },
    Mix { name: "the same, one plugin reduces", reducing: 1, pause: 50 },
    Mix { name: "the same, four plugins reduce", reducing: 4, pause: 50 },
    Mix { name: "gets without a pause", reducing: 0, pause: 0 },
    Mix { name: "the same, one plugin reduces", reducing: 1, pause: 0 },
    Mix { name: "the same, four plugins reduce", reducing: 4, pause: 0 },
];

/// The compiled plugin and what it runs in.
struct Host {
    plugin: CommandPre<State<()>>,
    folder: PathBuf,
}

impl Host {
    fn new(folder: &Path) -> Self {
        let engine = Engine::new(Config::new().epoch_interruption(true)).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
        filemap_host::add_to_linker_async(&mut linker).unwrap();
        let component = Component::from_file(&engine, program("latency")).unwrap();
        let plugin = CommandPre::new(linker.instantiate_pre(&component).unwrap()).unwrap();
        thread::spawn(move || {
            loop {
                engine.increment_epoch();
                thread::sleep(Duration::from_millis(5));
            }
        });
        Self { plugin, folder: folder.to_owned() }
    }

    /// Runs one plugin to its end, and returns the numbers that it has printed.
    async fn run(&self, number: usize, arguments: &[String], output: MemoryOutputPipe) {
        let work = self.folder.join(number.to_string());
        fs::create_dir_all(&work).unwrap();
        let mut wasi = WasiCtx::builder();
        wasi.arg("latency").args(arguments).stdout(output).inherit_stderr();
        wasi.preopened_dir(work, "work", FsPerms::ReadWrite).unwrap();
        wasi.preopened_dir(self.folder.join("data"), "data", FsPerms::ReadOnly).unwrap();
        let state = State::new(wasi.build(), CtxBuilder::new().build(), ());
        let mut store = Store::new(self.plugin.engine(), state);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let command = self.plugin.instantiate_async(&mut store).await.unwrap();
        command.wasi_cli_run().call_run(&mut store).await.unwrap().unwrap();
    }
}

/// Returns the numbers that a plugin has printed, one on each line.
fn numbers(output: &MemoryOutputPipe) -> Vec<u64> {
    let text = String::from_utf8(output.contents().to_vec()).unwrap();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

/// Runs the plugins of a mix, and prints a row.
fn measure(host: &Arc<Host>, mix: &Mix) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(MAX_BLOCKING_THREADS)
        .enable_all()
        .build()
        .unwrap();
    let spawn = |number, arguments: Vec<String>| {
        let (host, output) = (host.clone(), MemoryOutputPipe::new(1 << 20));
        let printed = output.clone();
        let task = runtime.spawn(async move { host.run(number, &arguments, output).await });
        (task, printed)
    };
    let reducing: Vec<_> =
        (0..mix.reducing).map(|number| spawn(number, vec!["reduce".into()])).collect();
    let start = Instant::now();
    let getting: Vec<_> = (mix.reducing..PLUGINS)
        .map(|number| spawn(number, vec!["get".into(), CALLS.to_string(), mix.pause.to_string()]))
        .collect();
    let mut times = Vec::new();
    for (task, output) in getting {
        runtime.block_on(task).unwrap();
        times.extend(numbers(&output).into_iter().map(Duration::from_micros));
    }
    let elapsed = start.elapsed().as_secs_f64();
    let mut reduced = 0;
    for (task, output) in reducing {
        assert!(!task.is_finished(), "the plugin reduces until it is ended");
        task.abort();
        reduced += numbers(&output).len();
    }
    runtime.shutdown_timeout(Duration::from_mins(1));
    times.sort_unstable();
    let milliseconds = |percent| {
        let time: Duration = times[(times.len() - 1) * percent / 100];
        time.as_secs_f64() * 1e3
    };
    let count = u32::try_from(times.len()).unwrap();
    println!(
        "{:32}{:>10.0}{:>10.2}{:>10.2}{:>10.2}{:>10}",
        mix.name,
        f64::from(count) / elapsed,
        milliseconds(50),
        milliseconds(99),
        milliseconds(100),
        reduced,
    );
}

fn main() {
    let parent = env::var_os("FILEMAP_BENCH_FOLDER").map_or_else(env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(parent).unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let large = File::create(folder.path().join("data/large.bin")).unwrap();
    large.set_len(SIZE).unwrap();
    let host = Arc::new(Host::new(folder.path()));
    println!("{PLUGINS} plugins on {WORKERS} threads; milliseconds of a `get` of 1 KiB");
    println!("{:32}{:>10}{:>10}{:>10}{:>10}{:>10}", "", "gets/s", "p50", "p99", "longest", "sums");
    for mix in &MIXES {
        measure(&host, mix);
    }
}
