//! `cargo xtask languages`: installs the tools that build plugins in other languages than Rust.

mod browser;
mod c;
mod javascript;
mod node;
mod python;
mod python_host;

use std::path::PathBuf;

use anyhow::Result;

use crate::{root, target};

/// Installs the tools of each language into a folder `languages/NAME` of the target directory,
/// unless the required versions are installed.
pub(crate) fn install() -> Result<()> {
    let (sources, folders) = (root().join("tests/languages"), target()?.join("languages"));
    let languages = [
        ("python", python::install as fn(&_, &_) -> _),
        ("javascript", javascript::install),
        ("python-host", python_host::install),
        ("node", node::install),
        ("browser", browser::install),
    ];
    for (name, install) in languages {
        install(&sources.join(name), &folders.join(name))?;
    }
    c::install(&folders.join("c"))
}

/// Installs jco alone, and returns its folder.
pub(crate) fn install_javascript() -> Result<PathBuf> {
    let folder = target()?.join("languages/javascript");
    javascript::install(&root().join("tests/languages/javascript"), &folder)?;
    Ok(folder)
}

/// Installs what hosts in Python need alone, and returns its folder.
pub(crate) fn install_python_host() -> Result<PathBuf> {
    let folder = target()?.join("languages/python-host");
    python_host::install(&root().join("tests/languages/python-host"), &folder)?;
    Ok(folder)
}
