//! `cargo xtask test`: runs all checks and tests.

use anyhow::Result;

use crate::process::{call, command, step};
use crate::{cycles, languages, oracle, package, redis, root, wasm_target};

/// The factor by which `--long` multiplies the number of cases of every random test.
const LONG_FACTOR: &str = "100";

/// How long well-behaved plugins run beside hostile ones with `--long`, in minutes.
const LONG_SOAK: &str = "60";

/// Runs the checks and the tests, the fast ones first.
pub(crate) fn run(long: bool) -> Result<()> {
    step("cargo xtask cycles");
    cycles::run()?;
    wasm_target::install()?;
    oracle::install()?;
    languages::install()?;
    redis::install()?;
    for line in [
        "cargo fmt --all --check",
        // The checks of the pages, which take a second: before those that take minutes.
        "cargo test --locked --package xtask",
        "cargo clippy --locked --workspace --all-targets --features filemap/keyvalue -- \
         -Dwarnings",
        "cargo doc --locked --workspace --no-deps --document-private-items",
        // As docs.rs builds the host: alone, so that no other package adds features, and without
        // the target wasm32-wasip2.
        "cargo doc --locked --package filemap-host --no-default-features --no-deps",
        "cargo fmt --check --manifest-path tests/models/Cargo.toml",
        "cargo clippy --locked --manifest-path tests/models/Cargo.toml --lib --tests \
         --target-dir target/models -- -Dwarnings",
        // Optimized, in a target directory of its own: see the manifest.
        "cargo test --locked --manifest-path tests/models/Cargo.toml --target-dir target/models",
        // All test files run, also after one that fails: one run shows everything that is wrong.
        "cargo test --locked --workspace --no-fail-fast",
    ] {
        step(line);
        let mut cargo = command(line);
        cargo.current_dir(root()).env("RUSTDOCFLAGS", "-Dwarnings");
        if long {
            cargo.env("FILEMAP_TEST_CASES", LONG_FACTOR).env("FILEMAP_SOAK_MINUTES", LONG_SOAK);
        }
        call(&mut cargo)?;
    }
    package::run()?;
    step("all checks and tests passed");
    Ok(())
}
