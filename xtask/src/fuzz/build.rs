//! Builds the programs that libFuzzer runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::process::{call, command, stdout_of, step};
use crate::{installed, root, target};

/// The version of cargo-fuzz.
const CARGO_FUZZ: &str = "0.13.2";

/// The target that calls the native provider. It alone needs Wasmtime, and has code that is not
/// safe, so it is built with `AddressSanitizer`. Without it, the others run at several times the
/// speed.
const NATIVE: &str = "native_truncation";

/// Returns the programs of the targets, which it builds.
pub(super) fn programs(targets: &[String]) -> Result<Vec<PathBuf>> {
    check_nightly()?;
    let tool = install()?;
    let host = stdout_of(&mut command("rustc --print host-tuple"))?;
    targets.iter().map(|name| program(&tool, name, host.trim())).collect()
}

/// Builds the program of a target.
fn program(tool: &Path, name: &str, host: &str) -> Result<PathBuf> {
    let is_native = name == NATIVE;
    let (sanitizer, folder) = if is_native { ("address", "native") } else { ("none", "engine") };
    let folder = target()?.join("fuzz").join(folder);
    step(&format!(
        "building {name}{}",
        if is_native { " (with Wasmtime: some minutes)" } else { "" }
    ));
    let mut build = Command::new(tool);
    // Counters of code that is never called would be cleared before each input, too.
    build.args(["build", "--strip-dead-code", "--sanitizer", sanitizer]);
    build.args(is_native.then_some(["--features", "native"]).into_iter().flatten());
    build.arg("--fuzz-dir").arg(root().join("fuzz/libfuzzer"));
    build.arg("--target-dir").arg(&folder);
    build.arg(name);
    // `cargo xtask` names its own toolchain in these variables.
    build.env_remove("CARGO").env("RUSTUP_TOOLCHAIN", "nightly").current_dir(root());
    call(&mut build)?;
    Ok(folder.join(host).join("release").join(name))
}

/// Fails if there is no nightly Rust.
fn check_nightly() -> Result<()> {
    let mut rustc = command("rustc --version");
    rustc.env("RUSTUP_TOOLCHAIN", "nightly");
    ensure!(
        stdout_of(&mut rustc).is_ok_and(|version| version.contains("nightly")),
        "fuzzing needs nightly Rust, whose compiler has the instrumentation; install it by \
         `rustup toolchain install nightly --profile minimal`"
    );
    Ok(())
}

/// Installs cargo-fuzz into the target directory, unless it is there. Returns its path.
fn install() -> Result<PathBuf> {
    let folder = target()?.join("cargo-fuzz");
    let version = format!("cargo-fuzz {CARGO_FUZZ}\n");
    installed::unless_current(&folder, &version, || {
        step("installing cargo-fuzz from Rust's package registry");
        let mut install = command("cargo install --locked --force --no-track --quiet cargo-fuzz");
        install.args(["--version", CARGO_FUZZ, "--root"]).arg(&folder);
        call(&mut install)
    })?;
    Ok(folder.join("bin/cargo-fuzz"))
}
