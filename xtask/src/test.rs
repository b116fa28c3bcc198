//! `cargo xtask test`: everything that has to hold.

use anyhow::Result;

use crate::process::{call, command, step};
use crate::{circles, languages, oracle, package, root, wasm_target};

/// How many times the usual number of cases the long form runs of every random test.
const LONG: &str = "100";

/// Runs the checks, the cheap ones first, and the tests.
pub(crate) fn run(long: bool) -> Result<()> {
    step("cargo xtask circles");
    circles::run()?;
    wasm_target::install()?;
    oracle::install()?;
    languages::install()?;
    for line in [
        "cargo fmt --all --check",
        "cargo clippy --locked --workspace --all-targets --features filemap/component -- \
         -Dwarnings",
        "cargo doc --locked --workspace --no-deps --document-private-items",
        // With its own features, as docs.rs builds it.
        "cargo doc --locked --package filemap-host --no-default-features --no-deps",
        "cargo test --locked --workspace",
    ] {
        step(line);
        let mut cargo = command(line);
        cargo.current_dir(root()).env("RUSTDOCFLAGS", "-Dwarnings");
        if long {
            cargo.env("FILEMAP_TEST_CASES", LONG);
        }
        call(&mut cargo)?;
    }
    package::run()?;
    step("everything holds");
    Ok(())
}
