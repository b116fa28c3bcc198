//! `cargo xtask bench`: measures the speed of plugins.

use anyhow::Result;

use crate::process::{call, command, step};
use crate::{languages, oracle, root, wasm_target};

/// Builds the plugins in other languages by their tests, and the command and the program in `bench`
/// with optimizations, and runs the latter.
pub(crate) fn run() -> Result<()> {
    wasm_target::install()?;
    oracle::install()?;
    languages::install()?;
    for (what, line) in [
        (
            "building the plugins in other languages, by their tests",
            "cargo test --locked --package filemap-tests --test languages natively",
        ),
        (
            "building the benchmark (some minutes the first time, for Wasmtime)",
            "cargo build --locked --release --workspace --bin filemap --bin filemap-bench",
        ),
        ("measuring", "cargo run --locked --release --workspace --bin filemap-bench"),
    ] {
        step(what);
        call(command(line).current_dir(root()))?;
    }
    Ok(())
}
