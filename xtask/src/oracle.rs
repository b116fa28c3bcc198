//! `cargo xtask oracle`: the real numpy and zict, for the tests to compare with.

use std::fs;

use anyhow::{Context as _, Result};

use crate::process::step;
use crate::{installed, root, target};

/// Makes the virtual environment `oracle` in the target directory, unless it has what is required.
pub(crate) fn install() -> Result<()> {
    let folder = target()?.join("oracle");
    let requirements = root().join("tests/oracle/requirements.txt");
    let wanted = fs::read_to_string(&requirements).context("cannot read the oracles' versions")?;
    installed::once(&folder, &wanted, || {
        step(
            "installing numpy and zict from the Python package registry, for the tests to compare \
             with",
        );
        installed::python(&folder, &requirements)
    })
}
