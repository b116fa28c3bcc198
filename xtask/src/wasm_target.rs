//! `cargo xtask wasm-target`: installs the Rust target wasm32-wasip2.
//!
//! It tries `rustup target add wasm32-wasip2` first. That fails on a machine that reaches only
//! package registries. There it builds the target from packages of Debian and crates.io: a
//! compiler, the source of its standard library, and wasi-libc. The result is a rustup toolchain
//! named [`TOOLCHAIN`] in the user's cache folder.

mod debian;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_build::{STAMP, TARGET, TOOLCHAIN, Toolchain};

use crate::apt::files;
use crate::process::{call, call_with_spinner, command, stdout_of, step};
use debian::{Compiler, DEBIAN_RUSTC, fetch_wasi_libc, install_compiler};

/// Installs the target, unless it is installed.
pub(crate) fn install() -> Result<()> {
    if let Ok(found) = wasm_build::find() {
        report(found);
        return Ok(());
    }
    let cache = cache_folder()?;
    fs::create_dir_all(&cache).with_context(|| format!("cannot create `{}`", cache.display()))?;
    // A second process waits, so that two do not build the library at the same time.
    let lock = File::create(cache.join("lock")).context("cannot create the lock file")?;
    if lock.try_lock().is_err() {
        step("waiting for another `cargo xtask wasm-target`");
        lock.lock().context("cannot wait for the lock file")?;
    }
    if wasm_build::find().is_err() && !add_target() {
        let failed = || format!("cannot set up the toolchain in `{}`", cache.display());
        link_toolchain(&cache).with_context(failed)?;
    }
    report(wasm_build::find().context("every step succeeded, but the target does not work")?);
    Ok(())
}

fn report(found: Toolchain) {
    match found {
        Toolchain::Current => println!("{TARGET} is installed"),
        Toolchain::Linked => println!("{TARGET} is installed as `cargo +{TOOLCHAIN}`"),
    }
}

/// Tries `rustup target add`. After any failure, the caller goes on with Debian's packages.
fn add_target() -> bool {
    step(&format!("rustup target add {TARGET}"));
    let mut rustup = command("rustup target add");
    // One quick attempt. By default, rustup retries for minutes if no server answers.
    let quick = [("RUSTUP_MAX_RETRIES", "0"), ("RUSTUP_DOWNLOAD_TIMEOUT", "20")];
    rustup.arg(TARGET).envs(quick).env("RUST_BACKTRACE", "0");
    let added = call(&mut rustup).is_ok() && wasm_build::find() == Ok(Toolchain::Current);
    if !added {
        println!("    rustup cannot download the target; using Debian's packages instead");
    }
    added
}

/// Builds the toolchain from packages of registries. It is built in the folder `partial`, renamed
/// into place when complete, and linked last, so an interrupted run leaves no incomplete toolchain.
fn link_toolchain(cache: &Path) -> Result<()> {
    let compiler = install_compiler()?;
    let (sysroot, partial) = (cache.join("sysroot"), cache.join("partial"));
    if fs::read_to_string(sysroot.join(STAMP)).is_ok_and(|stamp| stamp == compiler.verbose) {
        step("the standard library is already built");
    } else {
        remove(&partial)?;
        let wasi_libc = fetch_wasi_libc(&partial.join("wasi-libc"))?;
        let library = build_library(&compiler, &partial)?;
        let next = partial.join("sysroot");
        assemble(&next, &compiler, &library, &wasi_libc)?;
        remove(&sysroot)?;
        fs::rename(next, &sysroot)?;
        remove(&partial)?;
    }
    link_tools(&compiler, &sysroot)?;
    step(&format!("rustup toolchain link {TOOLCHAIN}"));
    call(command("rustup toolchain link").arg(TOOLCHAIN).arg(sysroot))
}

/// Builds the standard library as rustc's bootstrap does, and returns the folder with the rlibs.
fn build_library(compiler: &Compiler, partial: &Path) -> Result<PathBuf> {
    let Compiler { release, library, .. } = compiler;
    step(&format!("building the standard library of Rust {release}"));
    let (source, target_dir) = (partial.join("library"), partial.join("target"));
    call_with_spinner(command("cp -r").args([library, &source]))?;
    let mut cargo = wasm_build::cargo(Toolchain::Current);
    cargo.args("build --locked --release --package sysroot --target".split(' '));
    cargo.args([Path::new(TARGET), Path::new("--target-dir"), &target_dir]);
    // Without this, panic messages would show paths of the user's cache folder.
    let flags = "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes --remap-path-prefix ";
    let remapped = format!("{}=/rustc/{release}/library", source.display());
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.replace(' ', "\u{1f}") + &remapped);
    cargo.envs([("RUSTC", DEBIAN_RUSTC), ("RUSTC_BOOTSTRAP", "1")]).current_dir(source);
    call(&mut cargo)?;
    Ok(target_dir.join(TARGET).join("release/deps"))
}

/// Copies the library and wasi-libc into the folder `next`, to where rustc looks for them.
fn assemble(next: &Path, compiler: &Compiler, library: &Path, wasi_libc: &Path) -> Result<()> {
    let target = next.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&target)?;
    for rlib in files(library, "rlib")? {
        fs::copy(&rlib, target.join(rlib.file_name().unwrap_or_default()))?;
    }
    call_with_spinner(command("cp -r").args([wasi_libc, &target.join("self-contained")]))?;
    Ok(fs::write(next.join(STAMP), &compiler.verbose)?)
}

/// Links tools into the sysroot: Debian's compiler and its host library, and, from the active
/// rustup toolchain, cargo and the linkers `rust-lld` and `wasm-component-ld`.
fn link_tools(compiler: &Compiler, sysroot: &Path) -> Result<()> {
    let rustup = stdout_of(&mut command("rustc --print sysroot"))?;
    let (rustup, host) = (Path::new(rustup.trim_end()), &compiler.host);
    let (linkers, library) = (format!("lib/rustlib/{host}/bin"), format!("lib/rustlib/{host}/lib"));
    for (source, path) in
        [(rustup, linkers.as_str()), (rustup, "bin/cargo"), (Path::new("/usr"), &library)]
    {
        let (source, link) = (source.join(path), sysroot.join(path));
        ensure!(source.exists(), "`{}` does not exist", source.display());
        fs::create_dir_all(link.parent().unwrap_or(sysroot))?;
        // `-n` replaces a link of an earlier run instead of following it.
        call_with_spinner(command("ln -sfn").args([source, link]))?;
    }
    let quoted = sysroot.to_str().context("the folder's name is not UTF-8")?;
    let quoted = quoted.replace('\'', r"'\''");
    let script = format!("#!/bin/sh\nexec {DEBIAN_RUSTC} --sysroot '{quoted}' \"$@\"\n");
    let wrapper = sysroot.join("bin/rustc");
    fs::write(&wrapper, script)?;
    call_with_spinner(command("chmod +x").arg(wrapper))
}

/// Returns the folder of the toolchain: `filemap/wasip2` in the user's cache folder.
fn cache_folder() -> Result<PathBuf> {
    let set = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let usual = || Some(std::env::home_dir()?.join(".cache"));
    let cache = set.filter(|path| path.is_absolute()).or_else(usual);
    let cache = cache.context("the user has no home folder; set `XDG_CACHE_HOME`")?;
    Ok(cache.join("filemap/wasip2"))
}

/// Removes a folder if it exists.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => Ok(result?),
    }
}
