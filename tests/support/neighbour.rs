//! A well-behaved plugin that works while a hostile one runs in the same process.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvError, channel};
use std::thread::JoinHandle;

use filemap_host::CtxBuilder;
use tokio::io::{DuplexStream, duplex};
use wasmtime_wasi::cli::AsyncStdinStream;

use super::folders::Folders;
use super::lines::LineOutput;
use super::run::{Outcome, Provider, run, run_with};

/// The number of rounds of work, the first of which ends before the hostile plugin starts.
const ROUNDS: &str = "6";

/// The plugin, in a thread of its own. It starts before the hostile plugin and ends after it.
pub(crate) struct Neighbour {
    /// Its standard input. At its end the plugin does its last round.
    stdin: DuplexStream,
    lines: Receiver<String>,
    thread: JoinHandle<Outcome>,
}

impl Neighbour {
    /// Starts the plugin, and returns when it has done its first round.
    ///
    /// Beside a plugin of the native provider it also has files in its memory.
    #[track_caller]
    pub(crate) fn start(beside: Provider) -> Self {
        let provider = match beside {
            Provider::Portable => Provider::Portable,
            Provider::Native | Provider::Asynchronous | Provider::Mapping => Provider::Mapping,
        };
        let (stdin, input) = duplex(1);
        let (sender, lines) = channel();
        let thread = std::thread::spawn(move || {
            let stdout = LineOutput::new(move |line| _ = sender.send(line.to_owned()));
            // Not where the hostile plugin has its files: that disk may be full.
            let folders = Folders::in_directory(&std::env::temp_dir());
            let limits = CtxBuilder::new();
            run_with(provider, "neighbour", &[ROUNDS], &folders, &limits, |wasi| {
                wasi.stdin(AsyncStdinStream::new(input)).stdout(stdout);
            })
        });
        let neighbour = Self { stdin, lines, thread };
        match neighbour.lines.recv() {
            Ok(line) => assert_eq!(line, "ready"),
            Err(RecvError) => panic!("the plugin has ended: {:?}", neighbour.join().1),
        }
        neighbour
    }

    /// Lets the plugin do its last round, and asserts that it has read what it reads alone.
    #[track_caller]
    pub(crate) fn finish(self) {
        let (lines, outcome) = self.join();
        assert_eq!(outcome.exit, Ok(0), "the well-behaved plugin: {}", outcome.stderr);
        assert_eq!(lines, [checksum()]);
    }

    /// Returns the lines that the plugin has printed since it was ready, and its end.
    fn join(self) -> (Vec<String>, Outcome) {
        drop(self.stdin);
        let outcome = self.thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        (self.lines.iter().collect(), outcome)
    }
}

/// Returns the checksum that the plugin prints when it is alone in its process.
fn checksum() -> &'static str {
    static CHECKSUM: OnceLock<String> = OnceLock::new();
    CHECKSUM.get_or_init(|| alone(ROUNDS))
}

/// Runs the plugin, and returns the checksum of what it has read.
#[track_caller]
pub(crate) fn alone(rounds: &str) -> String {
    let folders = Folders::in_directory(&std::env::temp_dir());
    let outcome = run(Provider::Native, "neighbour", &[rounds], &folders);
    assert_eq!(outcome.exit, Ok(0), "{}", outcome.stderr);
    let printed = outcome.stdout.strip_prefix("ready\n").expect("it prints `ready` first");
    printed.trim_end().to_owned()
}
