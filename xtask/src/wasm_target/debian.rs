//! Packages of Debian: a compiler with the source of its standard library, and wasi-libc.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use wasm_build::TARGET;

use crate::process::{call, call_with_spinner, command, stdout_of, step};

/// The compiler that Debian builds web browsers with, which its security team keeps recent, and the
/// source of its standard library.
const PACKAGES: &str = "rustc-web rust-web-src";

/// The first Debian release whose wasi-libc supports wasip2.
const WASI_LIBC_SUITE: &str = "trixie";

/// The keys that sign Debian releases.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

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
    step(&format!("apt-get install {PACKAGES}"));
    update_lists()?;
    // `--no-remove`: Debian's compiler conflicts with its packages `rustc` and `rustup`, which the
    // user may need.
    let install = "-q -y --no-install-recommends --no-remove install";
    let by_hand = || format!("run `apt-get install {PACKAGES}` as root, then retry");
    call(&mut apt_get_as_root(&format!("{install} {PACKAGES}"))?).with_context(by_hand)?;
    Compiler::installed()
}

/// Updates the system's package lists. A failure is not an error here, because it may concern
/// another source; the later installation fails if a package is missing.
fn update_lists() -> Result<()> {
    if let Err(error) = call(&mut apt_get_as_root("-q update")?) {
        println!("    {error}; using the existing package lists");
    }
    Ok(())
}

/// Returns a command that runs `apt-get` as root, through sudo if needed.
fn apt_get_as_root(words: &str) -> Result<Command> {
    let line = format!("env DEBIAN_FRONTEND=noninteractive apt-get {words}");
    if stdout_of(&mut command("id -u"))?.trim() == "0" {
        return Ok(command(&line));
    }
    println!("    `apt-get` needs root; trying sudo");
    Ok(command(&format!("sudo {line}")))
}

/// Downloads wasi-libc of a newer Debian, and returns the folder with its libraries. It uses the
/// mirror of this machine. apt has its own sources and lists here, so the system's do not change.
pub(super) fn fetch_wasi_libc(folder: &Path) -> Result<PathBuf> {
    step(&format!("fetching wasi-libc of Debian {WASI_LIBC_SUITE}"));
    fs::create_dir_all(folder.join("lists/partial"))?;
    let sources = format!("deb [signed-by={KEYRING}] {} {WASI_LIBC_SUITE} main\n", mirror()?);
    fs::write(folder.join("sources.list"), sources)?;
    // The user that apt switches to for downloads cannot read a home folder. Hooks of the system
    // that run after an update of its lists must not run here.
    let settings = r#"
        Dir::Etc::sourcelist "FOLDER/sources.list";
        Dir::Etc::sourceparts "-";
        Dir::State::lists "FOLDER/lists";
        Dir::Cache "FOLDER/cache";
        Acquire::Languages "none";
        APT::Sandbox::User "root";
        #clear APT::Update;
    "#;
    let settings = settings.replace("FOLDER", &folder.to_string_lossy());
    fs::write(folder.join("apt.conf"), settings)?;
    for words in ["update", "download wasi-libc"] {
        let mut apt_get = command(&format!("apt-get -c apt.conf {words}"));
        call_with_spinner(apt_get.current_dir(folder))?;
    }
    for package in files(folder, "deb")? {
        call_with_spinner(command("dpkg -x").args([&package, folder]))?;
    }
    Ok(folder.join("usr/lib").join(TARGET))
}

/// Returns the URL of this machine's Debian mirror. `apt-get indextargets` reads sources of both
/// formats. Third parties have another origin, and the security suite has another label.
fn mirror() -> Result<String> {
    let format = "$(ORIGIN) $(LABEL) $(REPO_URI)";
    for updated in [false, true] {
        let targets = stdout_of(command("apt-get indextargets --format").arg(format))?;
        let mirror = |line: &str| Some(line.strip_prefix("Debian Debian ")?.to_owned());
        if let Some(mirror) = targets.lines().find_map(mirror) {
            return Ok(mirror);
        }
        // apt knows origins from its lists, which container images often lack.
        if !updated {
            update_lists()?;
        }
    }
    bail!("apt has no Debian mirror in its sources; add one")
}

/// Returns the files of a folder that have this extension.
pub(super) fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension() == Some(OsStr::new(extension)));
    Ok(paths)
}
