//! `cargo xtask oracle`: installs numpy and zict, which the tests and the benchmark compare with,
//! and matplotlib, which draws the pictures of the benchmark.

use std::fs;

use anyhow::{Context as _, Result};

use crate::process::step;
use crate::{installed, root, target};

/// Creates the virtual environment `oracle` in the target directory, unless it has the required
/// versions.
pub(crate) fn install() -> Result<()> {
    let folder = target()?.join("oracle");
    let requirements = root().join("tests/oracle/requirements.txt");
    let required = fs::read_to_string(&requirements)
        .context("cannot read the required versions of numpy and zict")?;
    installed::unless_current(&folder, &required, || {
        step(
            "installing numpy and zict from the Python package registry, for tests that compare \
             with them, and matplotlib, for the benchmark's pictures",
        );
        installed::python(&folder, &requirements)
    })
}
