//! The command `filemap`, as a library.
//!
//! The command is the program of this package: `cargo install filemap-cli` installs it, and
//! `filemap --help` documents it. This library exists for the repository's tests and benchmarks,
//! which build the command in their own package ([`main`]) and run plugins as it does ([`host`],
//! [`compose`]). Its interface may change with every version. An embedder uses the crate
//! `filemap-host`, a program that composes plugins the crate `filemap-component`.

mod component;
pub mod host;
mod output;
mod plug;
mod run;
mod wit;

pub use plug::compose;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Something in the host failed: a file that cannot be read, a plugin that does not load.
const HOST_ERROR: u8 = 1;

/// The plugin trapped: what a shell makes of a program that was ended by `SIGABRT`.
const TRAP: u8 = 134;

/// WASI 0.2 knows success and failure only: `std::process::exit(7)` arrives here as 1.
const EXIT_CODES: &str = "Exit codes: 0 or 1 as the plugin ends, for WASI 0.2 has no others; 1 \
    host error; 2 usage; 134 the plugin trapped.";

/// Persistent mappings and memory-mapped arrays for WebAssembly components.
///
/// Runs sandboxed plugins that import `filemap:data` with real mmap, and turns them into components
/// that run on any other WASI 0.2 host.
#[derive(Parser)]
// `bin_name` keeps the name of the running program, which differs in tests, out of the help.
#[command(name = "filemap", bin_name = "filemap", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Plug(plug::Plug),
    Component(component::Component),
    Wit(wit::Wit),
}

/// Runs the command `filemap` with the arguments of this process.
///
/// Prints an error to standard error and returns the exit code that `filemap --help` lists.
/// Arguments that are no valid usage end the process with code 2, `--help` and `--version` with 0.
#[must_use]
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(command) => command.run(),
        Command::Plug(command) => command.run(),
        Command::Component(command) => command.run(),
        Command::Wit(command) => command.run(),
    };
    done.unwrap_or_else(|error| {
        // A reader that has gone, as in `filemap wit | head`, is no failure.
        if output::is_broken_pipe(&error) {
            return ExitCode::SUCCESS;
        }
        eprintln!("{error:#}");
        ExitCode::from(HOST_ERROR)
    })
}
