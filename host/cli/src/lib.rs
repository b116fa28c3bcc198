//! The command `filemap`, as a library.
//!
//! `cargo install filemap-cli` installs the command, and `filemap --help` documents it. The library
//! exists for the tests and benchmarks of the repository: they build the command in their own
//! package ([`main`]), and they run and compose plugins as the command does ([`host`],
//! [`compose`]). Its interface may change in every version. An embedder uses the crate
//! `filemap-host` instead, and a program that composes plugins uses `filemap-component`.

mod component;
mod composition;
pub mod host;
mod output;
mod plug;
mod run;
mod wit;

pub use plug::compose;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use filemap::message;

/// The exit code when the host fails, for example to read a file or to load a plugin.
const HOST_ERROR: u8 = 1;

/// The exit code when the plugin runs longer than `--timeout`: that of `timeout` of GNU.
const TIMEOUT: u8 = 124;

/// The exit code when the plugin has used up its `--fuel`: the one after [`TIMEOUT`].
const OUT_OF_FUEL: u8 = 125;

/// The exit code when the plugin traps: that of a process that `SIGABRT` ended, in a shell.
const TRAP: u8 = 134;

/// The exit code when the plugin writes to a pipe without a reader: that of a process that
/// `SIGPIPE` ended, in a shell.
const CLOSED_PIPE: u8 = 141;

const HELP: &str = "\
Examples:
  filemap run --dir data plugin.wasm          run a plugin that may read and write `data`
  filemap plug plugin.wasm -o portable.wasm   make it portable to every WASI 0.2 host
  filemap wit -o wit                          write the interface for a bindings generator

Exit codes:
  0    success
  1    the plugin failed, or filemap did, for example to read a file
  2    invalid command line
  124  the plugin ran longer than `--timeout`
  125  the plugin used up its `--fuel`
  134  the plugin trapped
  141  the plugin wrote to a closed pipe";

/// Run WebAssembly plugins with persistent mappings and memory-mapped arrays
///
/// A plugin is a WebAssembly component that imports `filemap:data`: directories as mappings, like
/// `zict.File`, and files as arrays, like `numpy.memmap`. `filemap run` runs it in a sandbox, over
/// mmap. `filemap plug` turns it into a component that runs on every other WASI 0.2 host. Both also
/// keep the data of components that import `wasi:keyvalue`.
#[derive(Parser)]
// Without `bin_name`, the help would show the name of the running file, which differs in tests.
#[command(name = "filemap", bin_name = "filemap", version, after_help = HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(Box<run::Run>),
    Plug(plug::Plug),
    Component(component::Component),
    Wit(wit::Wit),
}

/// Runs the command `filemap` with the arguments of this process, and returns its exit code.
///
/// Errors go to standard error. `--help` and `--version` end the process with code 0, an invalid
/// command line with code 2.
#[must_use]
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    // Also for the commands that only write files: past the maximum size of files, they fail.
    let prepared = filemap_host::prepare_process().context("failed to prepare the process");
    let result = prepared.and_then(|()| match command {
        Command::Run(command) => command.run(),
        Command::Plug(command) => command.run(),
        Command::Component(command) => command.run(),
        Command::Wit(command) => command.run(),
    });
    result.unwrap_or_else(|error| {
        // A reader may close the pipe early, as in `filemap wit | head`. That is not a failure.
        if output::is_broken_pipe(&error) {
            return ExitCode::SUCCESS;
        }
        // A plugin's interfaces and a file can have any names.
        eprintln!("{}", message!("{error:#}"));
        ExitCode::from(HOST_ERROR)
    })
}
