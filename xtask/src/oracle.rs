//! `cargo xtask oracle`: the real numpy and zict, for the tests to compare with.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{call, command, step};
use crate::{root, target};

/// Makes the virtual environment `oracle` in the target directory, unless it has what is asked for already.
pub(crate) fn install() -> Result<()> {
    let folder = target()?.join("oracle");
    let requirements = root().join("tests/oracle/requirements.txt");
    let wanted = fs::read_to_string(&requirements).context("cannot read the oracles' versions")?;
    // Written last, so that an interrupted installation is not taken for one.
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step("installing numpy and zict from the Python package registry, for the tests to compare with");
    let make = || "cannot make a virtual environment; install Python 3.10 to 3.13 with its module `venv`";
    call(command("python3 -m venv --clear").arg(&folder)).with_context(make)?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&requirements);
    call(&mut pip).context("cannot install numpy and zict")?;
    Ok(fs::write(stamp, wanted)?)
}
