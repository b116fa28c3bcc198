//! Installs tools from package registries into folders of the target directory.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{call, command};

/// The file in a folder that says what is installed there.
const STAMP: &str = "installed.txt";

/// Lets the next call of `unless_current` install again.
pub(crate) fn forget(folder: &Path) -> Result<()> {
    match fs::remove_file(folder.join(STAMP)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Runs `install`, which fills `folder`, unless an earlier call did so with the same
/// `requirements`.
pub(crate) fn unless_current(
    folder: &Path,
    requirements: &str,
    install: impl FnOnce() -> Result<()>,
) -> Result<()> {
    // The stamp is removed first and written last, so an interrupted installation starts again.
    let stamp = folder.join(STAMP);
    match fs::read_to_string(&stamp) {
        Ok(installed) if installed == requirements => return Ok(()),
        Ok(_) => fs::remove_file(&stamp)?,
        Err(_) => {}
    }
    install()?;
    Ok(fs::write(stamp, requirements)?)
}

/// Creates the virtual environment `folder` with the packages that the file `requirements` lists.
pub(crate) fn python(folder: &Path, requirements: &Path) -> Result<()> {
    let advice = "cannot create a virtual environment; \
                  install Python 3.11 to 3.13 with its module `venv`";
    call(command("python3 -m venv --clear").arg(folder)).context(advice)?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip.arg("--requirement").arg(requirements);
    call(&mut pip).with_context(|| format!("cannot install `{}`", requirements.display()))
}
