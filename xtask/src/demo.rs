//! `cargo xtask demo`: runs the example `terrain` with both providers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::{call, command, step};
use crate::{root, target, wasm_target};

/// Builds the command and the plugin, runs the plugin twice with the native provider and once with
/// the portable one, and compares the stores that it leaves.
pub(crate) fn run() -> Result<()> {
    wasm_target::install()?;
    step("building the `filemap` command (some minutes the first time, for Wasmtime)");
    // `--workspace`: with the features that the tests use too, so they need no second build of
    // Wasmtime.
    call(command("cargo build --locked --workspace --bin filemap").current_dir(root()))?;
    step("building the plugin `examples/terrain` for wasm32-wasip2");
    let build = wasm_build::Build::new(root(), "terrain", target()?.join("wasm")).bin("terrain");
    let plugin = build.run()?.wasm.remove(0);

    let demo = target()?.join("demo");
    if demo.exists() {
        fs::remove_dir_all(&demo).context("cannot remove the folder of an earlier demo")?;
    }
    let (native, portable) = (demo.join("native"), demo.join("portable"));
    let plugged = demo.join("terrain-plugged.wasm");
    fs::create_dir_all(&native)?;
    fs::create_dir_all(&portable)?;

    step("the plugin under the native provider: an array over pages of the file");
    analyse(&plugin, &native)?;
    step("once more: its results are in the store");
    analyse(&plugin, &native)?;
    step("the same plugin, plugged with the portable provider: WASI filesystem calls only");
    call(filemap()?.arg("plug").args([&plugin, Path::new("--output"), &plugged]))?;
    analyse(&plugged, &portable)?;

    let (one, other) = (contents(&native)?, contents(&portable)?);
    ensure!(one == other, "the two providers left different stores in `{}`", demo.display());
    let picture = demo.join("hillshade.png");
    let (_, bytes) = one
        .iter()
        .find(|(name, _)| name.starts_with("hillshade.png#"))
        .context("the plugin left no `hillshade.png`")?;
    fs::write(&picture, bytes)?;
    step("done");
    println!("    both providers left the same {} files, byte for byte", one.len());
    println!("    stores:  {}", native.display());
    println!("             {}", portable.display());
    println!("    picture: {}", picture.display());
    Ok(())
}

/// Runs the plugin on the elevation model, with `results` as the folder of its store.
fn analyse(plugin: &Path, results: &Path) -> Result<()> {
    let model = root().join("examples/terrain/data");
    let mut run = filemap()?;
    run.arg("run").arg("--dir-ro").arg(format!("{}::dem", model.display()));
    run.arg("--dir").arg(format!("{}::results", results.display())).arg(plugin);
    call(&mut run)
}

fn filemap() -> Result<Command> {
    Ok(Command::new(target()?.join("debug/filemap")))
}

/// Returns the names and contents of the files in a folder, sorted by name.
fn contents(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, fs::read(&path)?))
    };
    let mut files: Vec<_> =
        fs::read_dir(folder)?.map(|entry| read(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    Ok(files)
}
