//! clang with the libraries of WASI, which builds plugins from C and C++.
//!
//! The result works like wasi-sdk: `bin` has `wasm32-wasip2-clang` and `wasm32-wasip2-clang++`. If
//! wasi-sdk is on the path, it is used. Otherwise the compiler comes from the system, the libraries
//! from packages of Debian, and the linkers from the Rust toolchain.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use wasm_build::TARGET;

use crate::process::{call_with_spinner, command, stdout_of, step};
use crate::{apt, installed};

/// The lowest version of clang that has the target.
const CLANG: u32 = 19;

/// The libraries of C and C++ and those of the compiler.
const LIBRARIES: &str =
    "wasi-libc libc++-19-dev-wasm32 libc++abi-19-dev-wasm32 libclang-rt-19-dev-wasm32";

/// Installs the tools into `folder`.
pub(super) fn install(folder: &Path) -> Result<()> {
    let linkers = linkers()?;
    let required = format!("{LIBRARIES} {}", linkers.display());
    installed::unless_current(folder, &required, || {
        step("installing a compiler of C for wasm32-wasip2, for the tests of plugins in C");
        fs::create_dir_all(folder.join("bin"))?;
        let names = ["clang", "clang++"].map(|name| format!("{TARGET}-{name}"));
        if let [Ok(c), Ok(cpp)] = names.each_ref().map(|name| on_path(name, folder)) {
            step("wasi-sdk is already installed");
            link(&c, &folder.join("bin").join(&names[0]))?;
            return link(&cpp, &folder.join("bin").join(&names[1]));
        }
        compiler(folder, &linkers).context(
            "cannot install a compiler of C; install wasi-sdk, put its folder `bin` on the path, \
             and retry",
        )
    })
}

/// Makes a compiler from clang, the libraries and the linkers.
fn compiler(folder: &Path, linkers: &Path) -> Result<()> {
    let clang = clang()?;
    let (debian, sysroot) = (folder.join("debian"), folder.join("sysroot"));
    for old in [&debian, &sysroot, &folder.join("resource")] {
        if old.exists() {
            fs::remove_dir_all(old)?;
        }
    }
    apt::fetch(LIBRARIES, &debian)?;
    let (usr, llvm) = (debian.join("usr"), debian.join("usr/lib/llvm-19"));
    fs::create_dir_all(sysroot.join("include"))?;
    fs::create_dir_all(sysroot.join("lib"))?;
    let (headers, libraries) =
        (sysroot.join("include").join(TARGET), sysroot.join("lib").join(TARGET));
    fs::rename(usr.join("include").join(TARGET), &headers)?;
    fs::rename(usr.join("lib").join(TARGET), &libraries)?;
    // The library of C++ is built for the first version of WASI, and calls only wasi-libc.
    fs::rename(llvm.join("include/wasm32-wasi/c++"), headers.join("c++"))?;
    for library in ["libc++.a", "libc++abi.a"] {
        fs::rename(llvm.join("lib/wasm32-wasi").join(library), libraries.join(library))?;
    }
    // clang looks for its own headers and library in one folder.
    let resource = folder.join("resource");
    let builtins = resource.join("lib").join(TARGET.replace("-wasip2", "-unknown-wasip2"));
    fs::create_dir_all(&builtins)?;
    fs::rename(
        llvm.join("lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a"),
        builtins.join("libclang_rt.builtins.a"),
    )?;
    let own = stdout_of(command(&clang).arg("-print-resource-dir"))?;
    link(&Path::new(own.trim_end()).join("include"), &resource.join("include"))?;
    fs::remove_dir_all(debian)?;
    link(&linkers.join("wasm-component-ld"), &folder.join("bin/wasm-component-ld"))?;
    link(&linkers.join("gcc-ld/wasm-ld"), &folder.join("bin/wasm-ld"))?;
    let quoted = folder.to_str().context("the folder's name is not UTF-8")?.replace('\'', r"'\''");
    for (name, mode) in [("clang", "gcc"), ("clang++", "g++")] {
        let path = folder.join("bin").join(format!("{TARGET}-{name}"));
        let script = format!(
            "#!/bin/sh\nroot='{quoted}'\nexec {clang} --driver-mode={mode} --target={TARGET} \
             --sysroot=\"$root/sysroot\" -resource-dir \"$root/resource\" -B\"$root/bin\" \"$@\"\n"
        );
        fs::write(&path, script)?;
        call_with_spinner(command("chmod +x").arg(path))?;
    }
    Ok(())
}

/// Returns the name of a compiler that is new enough. Installs one if there is none.
fn clang() -> Result<String> {
    let names = ["clang-19", "clang-20", "clang-21", "clang-22", "clang"];
    let find = || names.into_iter().find(|name| version(name) >= Some(CLANG)).map(str::to_owned);
    if let Some(clang) = find() {
        return Ok(clang);
    }
    apt::install("clang-19")?;
    find().with_context(|| format!("clang {CLANG} or newer is not installed"))
}

/// Returns the major version of a compiler, if it is installed.
fn version(clang: &str) -> Option<u32> {
    let text = stdout_of(command(clang).arg("--version")).ok()?;
    let (_, version) = text.split_once("clang version ")?;
    version.split('.').next()?.parse().ok()
}

/// Returns the folder of the Rust toolchain with `wasm-component-ld`.
fn linkers() -> Result<PathBuf> {
    let sysroot = stdout_of(&mut command("rustc --print sysroot"))?;
    let verbose = stdout_of(&mut command("rustc -vV"))?;
    let Some(host) = verbose.lines().find_map(|line| line.strip_prefix("host: ")) else {
        bail!("`rustc -vV` prints no host");
    };
    let linkers = Path::new(sysroot.trim_end()).join("lib/rustlib").join(host).join("bin");
    let linker = linkers.join("wasm-component-ld");
    ensure!(linker.exists(), "`{}` does not exist; install Rust through rustup", linker.display());
    Ok(linkers)
}

/// Returns the path of a program, if it is on the path outside of `folder`.
fn on_path(name: &str, folder: &Path) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).filter(|other| !other.starts_with(folder));
    let found = folders.map(|other| other.join(name)).find(|program| program.exists());
    found.with_context(|| format!("`{name}` is not on the path"))
}

/// Makes a link, in the place of an existing one.
fn link(target: &Path, link: &Path) -> Result<()> {
    call_with_spinner(command("ln -sfn").args([target, link]))
}
