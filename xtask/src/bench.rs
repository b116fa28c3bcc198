//! `cargo xtask bench`: measures the speed of plugins.

use std::process::Command;

use anyhow::Result;

use crate::process::{call, command, step};
use crate::{languages, oracle, root, target, wasm_target};

/// Builds the plugins in other languages by their tests, and the command and the program in `bench`
/// with optimizations, and runs the latter.
pub(crate) fn run(quick: bool, filter: Option<&str>) -> Result<()> {
    wasm_target::install()?;
    oracle::install()?;
    if filter.is_none_or(|filter| "languages".contains(filter)) {
        languages::install()?;
        step("building the plugins in other languages, by their tests");
        let tests = "cargo test --locked --workspace --test languages natively";
        call(command(tests).current_dir(root()))?;
    }
    step("building the benchmark (some minutes the first time, for Wasmtime)");
    let build = "cargo build --locked --release --workspace --bin filemap-benched \
        --bin filemap-bench";
    call(command(build).current_dir(root()))?;
    step("measuring");
    // `cargo run` does not take `--workspace`, and other features would need another build.
    let mut bench = Command::new(target()?.join("release/filemap-bench"));
    bench.args(quick.then_some("--quick")).args(filter).current_dir(root());
    call(&mut bench)
}
