//! Wasmtime for Python, Wasmtime's own command, and what builds and tests the package
//! `filemap-wasm`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::installed;
use crate::process::step;

/// Installs the versions that `requirements.txt` in `source` lists into `folder`.
pub(super) fn install(source: &Path, folder: &Path) -> Result<()> {
    let requirements = source.join("requirements.txt");
    let required = fs::read_to_string(&requirements)
        .context("cannot read the required versions of Wasmtime for Python")?;
    installed::unless_current(folder, &required, || {
        step(
            "installing Wasmtime for Python and its tools from the Python package registry, for \
             the tests of hosts in Python and of Wasmtime's command",
        );
        installed::python(folder, &requirements)
    })
}
