//! `cargo xtask bench`: measures the speed of plugins.

use anyhow::Result;

use crate::process::{call, command, step};
use crate::{oracle, root, wasm_target};

/// Builds the program in `bench` with optimizations, and runs it.
pub(crate) fn run() -> Result<()> {
    wasm_target::install()?;
    oracle::install()?;
    step("building the benchmark (some minutes the first time, for Wasmtime)");
    call(command("cargo run --locked --release --package filemap-bench").current_dir(root()))
}
