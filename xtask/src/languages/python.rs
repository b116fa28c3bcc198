//! componentize-py, which builds plugins from Python, and what builds and checks their package.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::installed;
use crate::process::step;

/// Installs the versions that `requirements.txt` in `source` lists into `folder`.
pub(super) fn install(source: &Path, folder: &Path) -> Result<()> {
    let requirements = source.join("requirements.txt");
    let required =
        fs::read_to_string(&requirements).context("cannot read the versions of Python's tools")?;
    installed::unless_current(folder, &required, || {
        step(
            "installing componentize-py, hatchling and mypy from the Python package registry, for \
             the tests of plugins in Python",
        );
        installed::python(folder, &requirements)
    })
}
