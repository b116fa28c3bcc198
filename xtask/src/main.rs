//! The development commands of the repository: `cargo xtask`.

mod apt;
mod bench;
mod browser;
mod cluster;
mod cycles;
mod demo;
mod deny;
mod disk;
mod docs;
mod fuzz;
mod installed;
mod languages;
mod oracle;
mod package;
mod process;
mod redis;
mod size;
mod soundness;
mod test;
mod wasm_target;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The development commands of the repository
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the command and the example `terrain`, and run it with both providers
    Demo,
    /// Build the page `examples/browser`, in which a browser runs the example `terrain`
    Browser,
    /// Run the example `cluster`: plugins on a Dask cluster of two processes
    Cluster {
        /// Measure its speed, with a command that is built with optimizations
        #[arg(long)]
        measure: bool,
    },
    /// Run all checks and tests
    Test {
        /// Run the random tests with 100 times as many cases, and some plugins for an hour
        #[arg(long)]
        long: bool,
    },
    /// Check that the imports between modules form no cycle
    Cycles,
    /// Measure how fast plugins read and write files, compared with numpy, zict and native code
    Bench {
        /// Measure less, in less than five minutes
        #[arg(long)]
        quick: bool,
        /// Measure only the tables whose name contains this text
        filter: Option<String>,
    },
    /// Search for inputs on which the engine or the native provider fails, with libFuzzer; requires
    /// nightly Rust
    Fuzz {
        /// The time for each target, in minutes
        #[arg(long, value_name = "N", default_value_t = 20.0)]
        minutes: f64,
        /// Run only the target of this name
        target: Option<String>,
    },
    /// Build the published packages and check that they compile; required before `cargo publish`
    Package,
    /// Print the size of the portable component and of its parts
    Size {
        /// Also print the N largest functions
        #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
        functions: usize,
    },
    /// Check the licences and sources of all dependencies by the rules in `deny.toml`
    Deny {
        /// Also check the list of known vulnerabilities, which is downloaded
        #[arg(long)]
        advisories: bool,
    },
    /// Run tests under Miri and two sanitizers; needs a nightly toolchain
    Soundness {
        /// Run only this tool
        tool: Option<soundness::Tool>,
    },
    /// Copy tables of the WIT and examples into the pages of the documentation
    Docs,
    /// Install the Rust target wasm32-wasip2
    WasmTarget,
    /// Install numpy, zict and matplotlib into the target directory, for tests and the benchmark
    Oracle,
    /// Install componentize-py, jco and a compiler of C into the target directory, for tests of
    /// plugins in other languages
    Languages,
}

fn main() -> ExitCode {
    let result = match Xtask::parse().command {
        Command::Demo => demo::run(),
        Command::Browser => browser::run(),
        Command::Cluster { measure } => cluster::run(measure),
        Command::Test { long } => disk::watch(|| test::run(long)),
        Command::Cycles => cycles::run(),
        Command::Bench { quick, filter } => bench::run(quick, filter.as_deref()),
        Command::Fuzz { minutes, target } => fuzz::run(minutes, target.as_deref()),
        Command::Package => package::run(),
        Command::Size { functions } => size::run(functions),
        Command::Deny { advisories } => deny::run(advisories),
        Command::Soundness { tool } => soundness::run(tool),
        Command::Docs => docs::run(),
        Command::WasmTarget => wasm_target::install(),
        Command::Oracle => oracle::install(),
        Command::Languages => languages::install(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package is in a folder of the repository")
}

/// Returns cargo's target directory. This program is `debug/xtask` in it.
fn target() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).unwrap_or(root()).to_path_buf())
}
