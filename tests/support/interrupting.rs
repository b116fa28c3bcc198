//! Running the test program `slow` until another thread ends its calls.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use filemap_cli::host::{self, State};
use filemap_host::{CtxBuilder, Interrupter};
use wasmtime::component::Component;
use wasmtime::{Engine, Store};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

/// The cases of the program that work on arrays.
pub(crate) const ARRAY_CASES: [&str; 18] = [
    "sum",
    "variance-of-bytes",
    "product-of-denormals",
    "product-of-halves",
    "sum-apart",
    "sum-of-rows",
    "fill",
    "fill-apart",
    "read",
    "read-reversed",
    "read-reversed-copy-on-write",
    "write",
    "write-copy-on-write",
    "take",
    "take-broadcast",
    "mask",
    "create",
    "advise",
];

/// The cases that work on stores. The last one removes keys.
pub(crate) const STORE_CASES: [&str; 9] =
    ["verify", "keys", "items", "get-many", "update", "update-data", "set", "open", "clear"];

/// What happened after the interruption.
pub(crate) struct Ended {
    /// The message of the error.
    pub(crate) message: String,
    /// The time from the interruption to the end of the call.
    #[allow(dead_code, reason = "the benchmark prints it")]
    pub(crate) time: Duration,
    /// The time in which the same call is refused afterwards.
    #[allow(dead_code, reason = "the benchmark prints it")]
    pub(crate) refusal: Duration,
}

/// Makes the files that the program works on: a sparse file of this size, denormal floats of this
/// many bytes, and a store of this many keys.
pub(crate) fn prepare(work: &Path, sparse: u64, denormals: usize, keys: usize) -> io::Result<()> {
    fs::File::create(work.join("large.bin"))?.set_len(sparse)?;
    let floats = f64::from_bits(1 << 40).to_le_bytes().repeat(denormals / 8);
    fs::write(work.join("denormals.bin"), floats)?;
    fs::create_dir(work.join("store"))?;
    for number in 0..keys {
        fs::write(work.join(format!("store/{number}#0")), b"")?;
    }
    Ok(())
}

/// Runs a case in the folder `work`, and calls `interrupt` in another thread once the plugin has
/// said that it is ready.
pub(crate) fn run(
    program: &Component,
    case: &str,
    work: &Path,
    interrupt: impl FnOnce(&Interrupter) + Send,
) -> Ended {
    let (stdout, stderr) = (MemoryOutputPipe::new(1 << 20), MemoryOutputPipe::new(1 << 20));
    let mut wasi = WasiCtx::builder();
    wasi.stdout(stdout.clone()).stderr(stderr.clone()).args(&["slow", case]);
    wasi.allow_blocking_current_thread(true);
    wasi.preopened_dir(work, "work", FsPerms::ReadWrite).unwrap();
    let filemap = CtxBuilder::new().build();
    let interrupter = filemap.interrupter();
    let engine: &Engine = program.engine();
    let mut store = Store::new(engine, State::new(wasi.build(), filemap, ()));
    store.set_hostcall_fuel(1 << 30);
    let linker = host::linker(engine, true).unwrap();
    let command = Command::instantiate(&mut store, program, &linker).unwrap();
    let is_over = AtomicBool::new(false);
    let (exit, time) = thread::scope(|scope| {
        let interrupting = scope.spawn(|| {
            // A plugin that fails before says so by its end.
            let wait_for = |text: &str| {
                while !stdout.contents().starts_with(text.as_bytes())
                    && !is_over.load(Ordering::Relaxed)
                {
                    thread::yield_now();
                }
            };
            wait_for("ready\n");
            interrupt(&interrupter);
            let start = Instant::now();
            wait_for("ready\nended\n");
            start.elapsed()
        });
        let exit = host::run(&mut store, &command);
        is_over.store(true, Ordering::Relaxed);
        (exit, interrupting.join().unwrap())
    });
    let stderr = String::from_utf8_lossy(&stderr.contents()).into_owned();
    assert_eq!(exit.map_err(|trap| format!("{trap:?}")), Ok(0), "{case}: {stderr}");
    let stdout = String::from_utf8_lossy(&stdout.contents()).into_owned();
    let lines: Vec<_> = stdout.lines().collect();
    let ["ready", "ended", refusal, message] = lines[..] else { panic!("{case}: {stdout}") };
    let refusal = Duration::from_micros(refusal.parse().expect("a number"));
    Ended { message: message.to_owned(), time, refusal }
}
