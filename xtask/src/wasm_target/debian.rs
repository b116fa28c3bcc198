//! What Debian serves: a compiler with the source of its library, and wasi-libc.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use wasm_build::TARGET;

use crate::process::{call, command, read, spin, step};

/// Debian's compiler for web browsers, kept recent by its security team, and its library's source.
const PACKAGES: &str = "rustc-web rust-web-src";

/// The first Debian release whose wasi-libc knows wasip2.
const WASI_LIBC_SUITE: &str = "trixie";

/// The keys that sign every Debian release.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The compiler that Debian installs. Always by its path: `rustc` alone would be rustup's.
pub(super) const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Debian's compiler.
pub(super) struct Compiler {
    /// What `rustc -vV` says. It is the stamp: a library fits no other compiler.
    pub(super) verbose: String,
    pub(super) host: String,
    pub(super) release: String,
    /// The source of the very library this compiler was built with.
    pub(super) library: PathBuf,
}

impl Compiler {
    /// Looks for a compiler that is new enough for this workspace and has its library's source.
    fn installed() -> Result<Self> {
        let verbose = read(command(DEBIAN_RUSTC).arg("-vV"))?;
        let field = |name| verbose.lines().find_map(|line| line.strip_prefix(name));
        let (Some(host), Some(release)) = (field("host: "), field("release: ")) else {
            bail!("`{DEBIAN_RUSTC} -vV` gives no host or no release");
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

/// What tells one Rust 1 from another: 96 for `1.96.0`.
fn minor(release: &str) -> Option<u32> {
    release.split('.').nth(1)?.parse().ok()
}

pub(super) fn install_compiler() -> Result<Compiler> {
    if let Ok(compiler) = Compiler::installed() {
        step("Debian's Rust is installed already");
        return Ok(compiler);
    }
    step(&format!("apt-get install {PACKAGES}"));
    update_lists()?;
    // Debian's compiler conflicts with its packages `rustc` and `rustup`: better to stop than to
    // take those away from a user who works with them.
    let install = "-q -y --no-install-recommends --no-remove install";
    let by_hand = || format!("run `apt-get install {PACKAGES}` as root, then this again");
    call(&mut apt_get_as_root(&format!("{install} {PACKAGES}"))?).with_context(by_hand)?;
    Compiler::installed()
}

/// Updates the system's package lists. Some other source that does not answer is no reason to
/// stop; a package that cannot be found afterwards is.
fn update_lists() -> Result<()> {
    if let Err(error) = call(&mut apt_get_as_root("-q update")?) {
        println!("    {error}; going on with what is there");
    }
    Ok(())
}

/// An `apt-get` that may change the system, through sudo where that is needed.
fn apt_get_as_root(words: &str) -> Result<Command> {
    let line = format!("env DEBIAN_FRONTEND=noninteractive apt-get {words}");
    if read(&mut command("id -u"))?.trim() == "0" {
        return Ok(command(&line));
    }
    println!("    `apt-get` needs root: trying sudo");
    Ok(command(&format!("sudo {line}")))
}

/// Fetches wasi-libc of a newer Debian, and gives the folder with its libraries. The mirror is the
/// one this machine uses; apt gets sources and lists of its own, so the system's stay untouched.
pub(super) fn fetch_wasi_libc(folder: &Path) -> Result<PathBuf> {
    step(&format!("fetching wasi-libc of Debian {WASI_LIBC_SUITE}"));
    fs::create_dir_all(folder.join("lists/partial"))?;
    let sources = format!("deb [signed-by={KEYRING}] {} {WASI_LIBC_SUITE} main\n", mirror()?);
    fs::write(folder.join("sources.list"), sources)?;
    // The user that apt switches to for downloads cannot look into a home folder, and what the
    // system does after an update of its own lists is none of this one's business.
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
        spin(apt_get.current_dir(folder))?;
    }
    for package in files(folder, "deb")? {
        spin(command("dpkg -x").args([&package, folder]))?;
    }
    Ok(folder.join("usr/lib").join(TARGET))
}

/// The mirror that serves Debian itself, as apt understands this machine's sources of either
/// format: third parties have another origin, and the security suite has another label.
fn mirror() -> Result<String> {
    let format = "$(ORIGIN) $(LABEL) $(REPO_URI)";
    for updated in [false, true] {
        let targets = read(command("apt-get indextargets --format").arg(format))?;
        let mirror = |line: &str| Some(line.strip_prefix("Debian Debian ")?.to_owned());
        if let Some(mirror) = targets.lines().find_map(mirror) {
            return Ok(mirror);
        }
        // Apt knows origins from its lists, and container images are often delivered without.
        if !updated {
            update_lists()?;
        }
    }
    bail!("apt's sources name no mirror of Debian; this way needs one")
}

/// The files of a folder that have this extension.
pub(super) fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension() == Some(OsStr::new(extension)));
    Ok(paths)
}
