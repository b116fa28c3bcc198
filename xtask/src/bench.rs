//! `cargo xtask bench`: speed, side by side.

use anyhow::Result;

use crate::process::{call, command, step};
use crate::{oracle, root, wasm_target};

/// Builds everything optimised, and lets the program in `bench` measure.
pub(crate) fn run() -> Result<()> {
    wasm_target::install()?;
    oracle::install()?;
    step("building the bench, optimised (some minutes the first time, for Wasmtime)");
    call(command("cargo run --locked --release --package filemap-bench").current_dir(root()))
}
