//! `cargo xtask browser`: builds the page of `examples/browser`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{call, command, step};
use crate::{languages, root, target, wasm_target};

/// Builds the plugin `terrain`, composes it with the portable provider, transpiles it, and puts the
/// page together in `browser` of the target directory.
pub(crate) fn run() -> Result<()> {
    wasm_target::install()?;
    let packages = languages::install_javascript()?.join("node_modules");
    step("building the `filemap` command (some minutes the first time, for Wasmtime)");
    // As `cargo xtask demo` builds it.
    call(command("cargo build --locked --workspace --bin filemap").current_dir(root()))?;
    step("building the plugin `examples/terrain` for wasm32-wasip2");
    let build = wasm_build::Build::new(root(), "terrain", target()?.join("wasm")).bin("terrain");
    let plugin = build.run()?.wasm.remove(0);

    let page = target()?.join("browser");
    if page.exists() {
        fs::remove_dir_all(&page).context("cannot remove the page of an earlier build")?;
    }
    step("plugging it with the portable provider, and transpiling both by jco");
    let plugged = target()?.join("terrain-plugged.wasm");
    let mut plug = Command::new(target()?.join("debug/filemap"));
    call(plug.arg("plug").args([&plugin, Path::new("--output"), &plugged]))?;
    let script = root().join("examples/browser/build.mjs");
    call(Command::new("node").args([&script, &plugged, &packages, &page]))?;
    step("done");
    println!("    page:    {}", page.display());
    println!("    serve:   python3 -m http.server --directory {}", page.display());
    println!("    open:    http://localhost:8000/");
    Ok(())
}
