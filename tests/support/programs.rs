//! Plugins for tests, built on demand. Cargo rebuilds them after a change.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

/// The path of the command `filemap`, which cargo has built for this test.
pub(crate) const FILEMAP: &str = env!("CARGO_BIN_EXE_filemap-tested");

/// Returns the root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package is in a folder of the repository")
}

/// Builds the plugin `name` of `tests/programs` and returns its path.
pub(crate) fn program(name: &str) -> PathBuf {
    build("test-programs", name)
}

/// Builds the plugin `name` of `tests/programs` with the names of its functions, as they are in a
/// plugin that cargo builds by default, and returns its path.
#[allow(dead_code, reason = "some of the tests that share this module need it")]
pub(crate) fn program_with_names(name: &str) -> PathBuf {
    // In a folder of its own, so that a build does not undo the other.
    let build = wasm_build::Build::new(root(), "test-programs", target().join("wasm-names"));
    let artifacts = build.bin(name).keep_names().run();
    artifacts.unwrap_or_else(|error| panic!("{error}")).wasm.remove(0)
}

/// Builds the plugin of the package `name` in `examples` and returns its path.
pub(crate) fn example(name: &str) -> PathBuf {
    build(name, name)
}

/// Returns cargo's folder for what it builds.
fn target() -> &'static Path {
    Path::new(FILEMAP).ancestors().nth(2).expect("the path is TARGET/PROFILE/filemap-tested")
}

/// Builds the program of the package `name`, which is no plugin, and returns its path.
pub(crate) fn package(name: &str) -> PathBuf {
    build(name, name)
}

/// Builds the program `name` of a package with several programs and returns its path.
#[allow(dead_code, reason = "some of the tests that share this module need it")]
pub(crate) fn package_program(package: &str, name: &str) -> PathBuf {
    build(package, name)
}

fn build(package: &str, name: &str) -> PathBuf {
    /// The results by package and name. A failed build is not repeated for every test.
    static BUILT: OnceLock<Mutex<HashMap<String, Result<PathBuf, String>>>> = OnceLock::new();
    // One build at a time: cargo would block the others too, and print messages.
    let mut built =
        BUILT.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let make = || {
        let target = target().join("wasm");
        let artifacts = wasm_build::Build::new(root(), package, target).bin(name).run();
        artifacts.map(|mut artifacts| artifacts.wasm.remove(0)).map_err(|error| error.to_string())
    };
    let path = built.entry(format!("{package}/{name}")).or_insert_with(make).clone();
    path.unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the plugin composed with the portable component by `filemap plug`.
pub(crate) fn plugged(plugin: &Path) -> Vec<u8> {
    let output = Command::new(FILEMAP)
        .arg("plug")
        .arg(plugin)
        .args(["--output", "-"])
        .output()
        .expect("the command starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
