//! `cargo xtask deny`: checks the dependencies by the rules in `deny.toml`.

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{call, command, step};
use crate::{installed, root, target};

/// The version of cargo-deny that is installed.
const VERSION: &str = "0.20.2";

/// The workspaces, whose lock files are checked.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "tests/models/Cargo.toml"];

/// Checks banned crates, licences and sources; needs only the package registry. The known
/// vulnerabilities are a repository that has to be fetched, so they are checked only
/// `with_advisories`.
pub(crate) fn run(with_advisories: bool) -> Result<()> {
    let folder = target()?.join("deny");
    installed::unless_current(&folder, VERSION, || {
        step("installing cargo-deny, which takes some minutes");
        let mut cargo = command("cargo install --locked --quiet cargo-deny --version");
        cargo.arg(VERSION).arg("--root").arg(&folder).arg("--target-dir").arg(folder.join("build"));
        call(&mut cargo).context("cannot install cargo-deny from the package registry")
    })?;
    for manifest in MANIFESTS {
        // A build downloads only what this platform needs, and the check reads the sources of all.
        let mut fetch = command("cargo fetch --locked --quiet --manifest-path");
        fetch.arg(root().join(manifest));
        call(&mut fetch).context("cannot download the dependencies of all platforms")?;
        step(&format!("cargo deny check ({manifest})"));
        let mut deny = Command::new(folder.join("bin/cargo-deny"));
        // Without `--workspace`, it looks at what the package `filemap` needs only.
        deny.args(["--locked", "--workspace", "--manifest-path"]).arg(root().join(manifest));
        deny.arg("--config").arg(root().join("deny.toml"));
        if !with_advisories {
            deny.arg("--offline");
        }
        deny.args(["check", "bans", "licenses", "sources"]);
        if with_advisories {
            deny.arg("advisories");
        }
        call(&mut deny)?;
    }
    Ok(())
}
