//! Packages of Debian: installed into the system, or fetched into a folder.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{call, call_with_spinner, command, stdout_of, step};

/// The first Debian release whose libraries support wasip2.
const SUITE: &str = "trixie";

/// The keys that sign Debian releases.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Installs packages into the system.
pub(crate) fn install(packages: &str) -> Result<()> {
    step(&format!("apt-get install {packages}"));
    update_lists()?;
    // `--no-remove`: a package may conflict with one that the user needs.
    let install = "-q -y --no-install-recommends --no-remove install";
    let by_hand = || format!("run `apt-get install {packages}` as root, then retry");
    call(&mut apt_get_as_root(&format!("{install} {packages}"))?).with_context(by_hand)
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

/// Downloads packages of a newer Debian, and unpacks them in `folder`. It uses the mirror of this
/// machine. apt has its own sources and lists here, so the system's do not change.
pub(crate) fn fetch(packages: &str, folder: &Path) -> Result<()> {
    step(&format!("fetching {packages} of Debian {SUITE}"));
    fs::create_dir_all(folder.join("lists/partial"))?;
    let sources = format!("deb [signed-by={KEYRING}] {} {SUITE} main\n", mirror()?);
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
    for words in ["update", &format!("download {packages}")] {
        let mut apt_get = command(&format!("apt-get -c apt.conf {words}"));
        call_with_spinner(apt_get.current_dir(folder))?;
    }
    for package in files(folder, "deb")? {
        call_with_spinner(command("dpkg -x").args([&package, folder]))?;
    }
    Ok(())
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
pub(crate) fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension() == Some(OsStr::new(extension)));
    Ok(paths)
}
