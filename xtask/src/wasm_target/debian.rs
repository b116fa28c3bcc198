//! Packages of Debian: a compiler with the source of its standard library, and wasi-libc.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use wasm_build::TARGET;

use crate::apt;
use crate::process::{command, stdout_of, step};

/// The compiler that Debian builds web browsers with, which its security team keeps recent, and the
/// source of its standard library.
const PACKAGES: &str = "rustc-web rust-web-src";

/// The path of Debian's compiler. The name `rustc` alone would run that of rustup.
pub(super) const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Debian's compiler.
pub(super) struct Compiler {
    /// The output of `rustc -vV`, which identifies the compiler: a library works with no other.
    pub(super) verbose: String,
    pub(super) host: String,
    pub(super) release: String,
    /// The folder with the source of its standard library.
    pub(super) library: PathBuf,
}

impl Compiler {
    /// Returns the installed compiler, if it is new enough and has the source of its library.
    fn installed() -> Result<Self> {
        let verbose = stdout_of(command(DEBIAN_RUSTC).arg("-vV"))?;
        let field = |name| verbose.lines().find_map(|line| line.strip_prefix(name));
        let (Some(host), Some(release)) = (field("host: "), field("release: ")) else {
            bail!("`{DEBIAN_RUSTC} -vV` prints no host or no release");
        };
        let needed = env!("CARGO_PKG_RUST_VERSION");
        ensure!(
            minor(release) >= minor(needed),
            "`{DEBIAN_RUSTC}` is {release}, but {needed} is needed; enable Debian's security suite"
        );
        let library = PathBuf::from(format!("/usr/src/rustc-{release}/library"));
        ensure!(library.is_dir(), "`{}` does not exist", library.display());
        let (host, release) = (host.to_owned(), release.to_owned());
        Ok(Self { verbose, host, release, library })
    }
}

/// Returns the minor version: 96 for `1.96.0`.
fn minor(release: &str) -> Option<u32> {
    release.split('.').nth(1)?.parse().ok()
}

pub(super) fn install_compiler() -> Result<Compiler> {
    if let Ok(compiler) = Compiler::installed() {
        step("Debian's Rust is already installed");
        return Ok(compiler);
    }
    // Debian's compiler conflicts with its packages `rustc` and `rustup`.
    apt::install(PACKAGES)?;
    Compiler::installed()
}

/// Fetches wasi-libc, and returns the folder with its libraries.
pub(super) fn fetch_wasi_libc(folder: &Path) -> Result<PathBuf> {
    apt::fetch("wasi-libc", folder)?;
    Ok(folder.join("usr/lib").join(TARGET))
}
