//! The project's own commands: `cargo xtask`.

mod bench;
mod circles;
mod demo;
mod docs;
mod installed;
mod languages;
mod oracle;
mod package;
mod process;
mod size;
mod test;
mod wasm_target;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The project's own commands
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, and run the example under both providers
    Demo,
    /// Run every check and every test
    Test {
        /// Run the random tests with many more cases
        #[arg(long)]
        long: bool,
    },
    /// Find circles of imports among the modules of this workspace
    Circles,
    /// Measure how fast a plugin goes through a file, beside what its author could do instead
    Bench,
    /// Build the published packages, and check that they compile; run it before `cargo publish`
    Package,
    /// Print how many bytes the portable component has, and its parts
    Size {
        /// Print the N largest functions too
        #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
        functions: usize,
    },
    /// Copy tables of the WIT, and examples, into the pages of documentation
    Docs,
    /// Install what `cargo build --target wasm32-wasip2` needs
    WasmTarget,
    /// Install numpy and zict, which the tests compare with, into a folder of their own
    Oracle,
    /// Install componentize-py and jco, which the tests build plugins with, into folders of their
    /// own
    Languages,
}

fn main() -> ExitCode {
    let done = match Xtask::parse().command {
        Command::Demo => demo::run(),
        Command::Test { long } => test::run(long),
        Command::Circles => circles::run(),
        Command::Bench => bench::run(),
        Command::Package => package::run(),
        Command::Size { functions } => size::run(functions),
        Command::Docs => docs::run(),
        Command::WasmTarget => wasm_target::install(),
        Command::Oracle => oracle::install(),
        Command::Languages => languages::install(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in it")
}

/// Cargo's target directory: this program is its `debug/xtask`.
fn target() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).unwrap_or(root()).to_path_buf())
}
