//! `cargo xtask languages`: installs the tools that build plugins in other languages than Rust.

mod c;
mod javascript;
mod python;

use anyhow::Result;

use crate::{root, target};

/// Installs the tools of each language into a folder `languages/NAME` of the target directory,
/// unless the required versions are installed.
pub(crate) fn install() -> Result<()> {
    let (sources, folders) = (root().join("tests/languages"), target()?.join("languages"));
    let languages =
        [("python", python::install as fn(&_, &_) -> _), ("javascript", javascript::install)];
    for (name, install) in languages {
        install(&sources.join(name), &folders.join(name))?;
    }
    c::install(&folders.join("c"))
}
