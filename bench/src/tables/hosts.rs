//! Tables about hosts: starts, instances, calls and threads.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::Result;
use filemap_cli::host::{self, State};
use filemap_host::CtxBuilder;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::p2::bindings::sync::CommandPre;

use crate::bench::{Bench, Work};
use crate::input::Input;
use crate::measurement::{Run, Task};
use crate::process::output;
use crate::table::{Row, Table};
use crate::way::Way;
use bench_works::job::Measured;

/// The number of instances of one run.
const INSTANCES: usize = 200;

pub(super) fn tables(bench: &Bench) -> Result<Vec<Table<'_>>> {
    Ok(vec![
        starts(bench)?,
        instances(bench)?,
        calls(bench),
        forms(bench),
        limits(bench),
        threads(bench),
    ])
}

/// A row whose candidates are functions.
fn task<'a>(name: &str, count: usize, candidates: Vec<(&'static str, Run<'a>)>) -> Task<'a> {
    let reference = candidates.last().map_or("", |&(name, _)| name);
    Task { name: name.to_owned(), x: None, count, bytes: 0, candidates, reference }
}

fn starts(bench: &Bench) -> Result<Table<'_>> {
    let mut table = Table::new(
        "start",
        "Start",
        "Time of a whole process that does almost nothing: a plugin in Rust that calls filemap \
         once, without a cache of compiled code and with one, and interpreters.",
    );
    // The plugin of the benchmark, with a work that ends at once.
    let [plugin, plugged] =
        ["plugin.wasm", "plugged.wasm"].map(|name| bench.folders.disk.join(name));
    fs::write(&plugin, &bench.host.plugin)?;
    fs::write(&plugged, &bench.host.plugged)?;
    let filemap = &bench.filemap;
    let cache = |is_cold| bench.folders.disk.join(if is_cold { "cache-cold" } else { "cache" });
    let run = |plugin: &std::path::Path, is_cold: bool| -> Run<'_> {
        let (plugin, filemap, cache) = (plugin.to_owned(), filemap.clone(), cache(is_cold));
        Box::new(move || {
            if is_cold && cache.exists() {
                fs::remove_dir_all(&cache)?;
            }
            let mut command = Command::new(&filemap);
            command.env("XDG_CACHE_HOME", &cache).args(["run", "--dir"]);
            command.arg(format!("{}::memory", bench.folders.memory.display())).arg(&plugin);
            command.args(["provided", "info", "memory/numbers.bin", "0", "1"]);
            process(&mut command)
        })
    };
    table.tasks = vec![task(
        "start",
        1,
        vec![
            ("plugin, cold", run(&plugin, true)),
            ("plugged, cold", run(&plugged, true)),
            ("plugin", run(&plugin, false)),
            ("plugged", run(&plugged, false)),
            ("Node", Box::new(|| process(Command::new("node").args(["-e", "0"])))),
            (
                "Python, numpy, zict",
                Box::new(|| {
                    process(Command::new(&bench.python).args(["-c", "import numpy, zict"]))
                }),
            ),
        ],
    )];
    Ok(table)
}

/// Runs a process, which must succeed.
fn process(command: &mut Command) -> Result<Measured> {
    let begin = Instant::now();
    output(command)?;
    Ok(Measured { seconds: begin.elapsed().as_secs_f64(), result: 0.0 })
}

fn instances(bench: &Bench) -> Result<Table<'_>> {
    let mut table = Table::new(
        "instances",
        "Instances",
        "Time to make an instance of a plugin in a program that has compiled and linked it \
         (`InstancePre`), with its store, WASI and filemap, and to drop it: with Wasmtime's \
         pooling allocator and without.",
    );
    let mut candidates = Vec::new();
    for (name, is_pooling, is_native) in [
        ("pooling, native", true, true),
        ("pooling, portable", true, false),
        ("native", false, true),
        ("portable", false, false),
    ] {
        let mut config = Config::new();
        if is_pooling {
            let mut pool = PoolingAllocationConfig::default();
            pool.total_memories(20).total_tables(20).total_component_instances(20);
            pool.total_core_instances(200);
            config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        }
        let engine = Engine::new(&config)?;
        let bytes = if is_native { &bench.host.plugin } else { &bench.host.plugged };
        let component = Component::new(&engine, bytes)?;
        let linker = host::linker(&engine, is_native)?;
        let prepared = CommandPre::new(linker.instantiate_pre(&component)?)?;
        let run: Run<'_> = Box::new(move || {
            let begin = Instant::now();
            for _ in 0..INSTANCES {
                let state = State::new(WasiCtx::builder().build(), CtxBuilder::new().build(), ());
                let mut store = Store::new(&engine, state);
                prepared.instantiate(&mut store)?;
            }
            Ok(Measured { seconds: begin.elapsed().as_secs_f64(), result: 0.0 })
        });
        candidates.push((name, run));
    }
    table.tasks = vec![task("instance", INSTANCES, candidates)];
    Ok(table)
}

fn calls(bench: &Bench) -> Table<'_> {
    let mut table =
        Table::new("calls", "Calls", "Time of a call that touches no file (`shape-of`).");
    let count = bench.scale.count(200_000);
    let work = Work { name: "info", input: Input::Numbers, size: 0, count };
    let row = Row::new(bench, "call", work).ways(&[Way::Native, Way::Portable]);
    table.tasks = vec![row.against("portable")];
    table
}

fn forms(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "forms",
        "Synchronous and asynchronous hosts",
        "Time of a call of the native provider in both forms. By default, the asynchronous one \
         does what may wait for a file on a pool of threads.",
    );
    let ways = [Way::Native, Way::Asynchronous, Way::AsynchronousOnPool];
    for (name, work, input, size, count) in [
        ("call that touches no file", "info", Input::Numbers, 0, 200_000),
        ("slice of 4 KiB", "slices", Input::Numbers, 4096, 20_000),
        ("slice of 1 MiB", "slices", Input::Numbers, 1 << 20, 1000),
        ("`get` of 1 KiB", "get", Input::Fresh, 1 << 10, 5000),
        ("`set` of 1 KiB", "set", Input::Fresh, 1 << 10, 5000),
    ] {
        let work = Work { name: work, input, size, count: bench.scale.count(count) };
        table.tasks.push(Row::new(bench, name, work).ways(&ways).against(Way::Native.name()));
    }
    table
}

fn limits(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "limits",
        "Quotas and fuel",
        "Time of a call of the native provider, with quotas for bytes, keys and the length of \
         files, and with an engine that counts the instructions of the plugin: neither is reached.",
    );
    let ways = [Way::Native, Way::NativeQuotas, Way::NativeFuel];
    for (name, work, input, size, count) in [
        ("call that touches no file", "info", Input::Numbers, 0, 200_000),
        ("slice of 4 KiB", "slices", Input::Numbers, 4096, 20_000),
        ("`get` of 1 KiB", "get", Input::Fresh, 1 << 10, 5000),
        ("`set` of 1 KiB", "set", Input::Fresh, 1 << 10, 5000),
    ] {
        let work = Work { name: work, input, size, count: bench.scale.count(count) };
        table.tasks.push(Row::new(bench, name, work).ways(&ways).against(Way::Native.name()));
    }
    table
}

fn threads(bench: &Bench) -> Table<'_> {
    let mut table = Table::new(
        "threads",
        "Plugins in threads",
        "Time of one slice of 4 KiB, at a random place of a large file, that all plugins together \
         read: less is better, and half of one thread's is the best for two processors.",
    )
    .grows("plugins in threads of one process");
    for number in [1, 2, 4] {
        let count = bench.scale.count(20_000);
        let work = Work { name: "slices", input: Input::Numbers, size: 4096, count };
        let run = |way: Way| -> Run<'_> {
            Box::new(move || {
                thread::scope(|scope| {
                    let plugin = |_| scope.spawn(move || bench.run(way, work));
                    let plugins: Vec<_> = (0..number).map(plugin).collect();
                    let mut slowest = Measured { seconds: 0.0, result: 0.0 };
                    for plugin in plugins {
                        let measured = plugin.join().expect("a plugin does not panic")?;
                        slowest.result += measured.result;
                        slowest.seconds = slowest.seconds.max(measured.seconds);
                    }
                    Ok(slowest)
                })
            })
        };
        let ways = [Way::Native, Way::Portable, Way::Standard];
        let candidates = ways.map(|way| (way.name(), run(way))).into();
        let mut task = task(&number.to_string(), count * number, candidates);
        task.x = Some(number as f64);
        table.tasks.push(task);
    }
    table
}
