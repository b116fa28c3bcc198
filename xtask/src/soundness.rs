//! `cargo xtask soundness`: runs tests under tools that find undefined behaviour.
//!
//! | tool | what it runs |
//! |---|---|
//! | `miri` | parts of the crate for plugins, and `tests/models` with 4 seeds |
//! | `address` | the tests inside `filemap-host`, except five that leave no room for the tool |
//! | `thread` | the same tests, and `tests/models` in threads of the system |
//!
//! Miri cannot map files, handle signals, or run the machine code of plugins. All tools need a
//! nightly toolchain, `miri` and `thread` also its components `miri` and `rust-src`. Each has a
//! target directory of its own, because its flags build every dependency again: for `address` and
//! `thread` Wasmtime too.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;

use crate::process::{call, command, stdout_of, step};
use crate::{root, target};

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tool {
    /// The interpreter Miri
    Miri,
    /// The sanitizer of addresses and leaks
    Address,
    /// The sanitizer of data races
    Thread,
}

/// What Miri runs: the arguments of `cargo miri test`, and its options. The models use the engine's
/// stores. The engine's own tests take hours, and it has no `unsafe`.
const MIRI: [(&str, &str); 2] = [
    // The windows of a plugin have addresses that the host gets as numbers. Two tests leak memory,
    // on purpose.
    (
        "--package filemap-plugin --lib -- window:: target:: element:: mapped::",
        "-Zmiri-permissive-provenance -Zmiri-ignore-leaks",
    ),
    (MODELS, "-Zmiri-many-seeds=0..4"),
];

/// The tests inside the host. Those that are left out use up the mappings or the memory of their
/// process, of which the sanitizers need some.
const HOST: &str = "--package filemap-host --lib -- \
    --skip a_page_is_replaced_although_no_further_mapping_is_possible \
    --skip a_page_is_replaced_although_no_mapping_may_take_the_place_of_another \
    --skip a_window_is_removed_although_no_further_mapping_is_possible \
    --skip every_other_window_is_dropped_although_no_further_mapping_is_possible \
    --skip an_update_of_many_keys_needs_no_further_thread";

/// The host has handlers for these signals.
const SIGNALS: &str = "handle_segv=0:handle_sigbus=0:allow_user_segv_handler=1";

/// The models in threads of the system.
const MODELS: &str = "--manifest-path tests/models/Cargo.toml --no-default-features";

/// Runs one tool, or all.
pub(crate) fn run(tool: Option<Tool>) -> Result<()> {
    let tools = tool.map_or_else(|| Tool::value_variants().to_vec(), |tool| vec![tool]);
    for tool in tools {
        match tool {
            Tool::Miri => miri()?,
            Tool::Address => address()?,
            Tool::Thread => thread()?,
        }
    }
    Ok(())
}

fn miri() -> Result<()> {
    add_components(&["miri", "rust-src"])?;
    for (arguments, flags) in MIRI {
        let line = format!("cargo +nightly miri test --locked {arguments}");
        step(&line);
        let mut cargo = command(&line);
        call(in_target(&mut cargo, "miri")?.env("MIRIFLAGS", flags))?;
    }
    Ok(())
}

fn address() -> Result<()> {
    let mut cargo = sanitized(&format!("--locked {HOST}"), "address", "address")?;
    call(cargo.env("ASAN_OPTIONS", SIGNALS))
}

/// The standard library is built too: it has to report its locks to the tool.
fn thread() -> Result<()> {
    add_components(&["rust-src"])?;
    // A thread that nobody joins is no race: a runtime of Tokio leaves one.
    let options = format!("{SIGNALS}:report_thread_leaks=0");
    // Two workspaces build two standard libraries, which must not lie in one folder.
    for (tests, folder) in [(MODELS, "thread-models"), (HOST, "thread")] {
        let mut cargo = sanitized(&format!("--locked -Zbuild-std {tests}"), "thread", folder)?;
        call(cargo.env("TSAN_OPTIONS", &options))?;
    }
    Ok(())
}

/// Returns the command that runs tests with a sanitizer, built into a folder.
fn sanitized(arguments: &str, sanitizer: &str, folder: &str) -> Result<Command> {
    // With a target, build scripts run without the sanitizer.
    let line = format!("cargo +nightly test --target {} {arguments}", host_triple()?);
    step(&format!("{line} (sanitizer: {sanitizer})"));
    let mut cargo = command(&line);
    cargo.env("RUSTFLAGS", format!("-Zsanitizer={sanitizer}"));
    in_target(&mut cargo, folder)?;
    Ok(cargo)
}

/// Adds components to the nightly toolchain, unless it has them.
fn add_components(components: &[&str]) -> Result<()> {
    let mut rustup = command("rustup component add --toolchain nightly");
    call(rustup.args(components)).context(
        "the nightly toolchain lacks a component; `rustup toolchain install nightly` installs the \
         toolchain, and both need a network",
    )
}

/// Lets cargo build into a directory of its own for each tool.
fn in_target<'a>(cargo: &'a mut Command, name: &str) -> Result<&'a mut Command> {
    let folder = target()?.join("soundness").join(name);
    Ok(cargo.current_dir(root()).env("CARGO_TARGET_DIR", folder))
}

/// Returns the target of this machine, such as `x86_64-unknown-linux-gnu`.
fn host_triple() -> Result<String> {
    let version = stdout_of(&mut command("rustc +nightly --version --verbose"))
        .context("the sanitizers need a nightly toolchain: `rustup toolchain install nightly`")?;
    let triple = version.lines().find_map(|line| line.strip_prefix("host: "));
    ensure!(triple.is_some(), "`rustc +nightly --version --verbose` names no host");
    Ok(triple.unwrap_or_default().to_owned())
}
