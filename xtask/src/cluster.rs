//! `cargo xtask cluster`: runs `examples/cluster` on a Dask cluster of two processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{call, command, step};
use crate::{languages, root, target, wasm_target};

/// Builds the plugins, the command and the package `filemap-wasm`, and runs the example in
/// `cluster` of the target directory: with `measure`, the script that measures speed, over a
/// command with optimizations.
pub(crate) fn run(measure: bool) -> Result<()> {
    wasm_target::install()?;
    let tools = languages::install_python_host()?;
    step("building the `filemap` command (some minutes the first time, for Wasmtime)");
    let (profile, folder) = if measure { (" --release", "release") } else { ("", "debug") };
    // As `cargo xtask demo` and `cargo xtask bench` build it.
    let build = format!("cargo build --locked{profile} --workspace --bin filemap");
    call(command(&build).current_dir(root()))?;
    let filemap = target()?.join(folder).join("filemap");

    step("building the plugins for wasm32-wasip2");
    let cluster = target()?.join("cluster");
    let plugins = cluster.join("plugins");
    fs::create_dir_all(&plugins).context("cannot create the folder of the example")?;
    for (package, name) in [
        ("cluster", "relief"),
        ("cluster", "nearest"),
        ("terrain", "terrain"),
        ("search", "search"),
    ] {
        fs::copy(component(package, name)?, plugins.join(name).with_extension("wasm"))?;
    }

    step("installing the package `filemap-wasm`");
    let packages = cluster.join("packages");
    let python = tools.join("bin/python");
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]);
    pip.args(["--no-deps", "--no-build-isolation", "--target"]).arg(&packages);
    pip.env("FILEMAP_COMMAND", filemap)
        .env("FILEMAP_PLUG", component("python-plug", "python-plug")?);
    call(pip.arg(root().join("bindings/python")))?;

    step("the example on a cluster of two processes");
    let script = if measure { "measure.py" } else { "cluster.py" };
    let mut example = Command::new(python);
    example.arg("-B").arg(root().join("examples/cluster").join(script));
    call(example.args([&plugins, &cluster]).env("PYTHONPATH", packages))
}

/// Builds the program `name` of a package for wasm32-wasip2, and returns its path.
fn component(package: &str, name: &str) -> Result<PathBuf> {
    let folder: &Path = &target()?.join("wasm");
    Ok(wasm_build::Build::new(root(), package, folder).bin(name).run()?.wasm.remove(0))
}
