//! Test plugins, built when a test asks for them: cargo finds out whether anything has changed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

/// The command `filemap`, built by cargo for this test.
pub(crate) const FILEMAP: &str = env!("CARGO_BIN_EXE_filemap-tested");

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in it")
}

/// The plugin of that name from `tests/programs`, fresh.
pub(crate) fn program(name: &str) -> PathBuf {
    build("test-programs", name)
}

/// The plugin of that package from `examples`, fresh.
pub(crate) fn example(name: &str) -> PathBuf {
    build(name, name)
}

fn build(package: &str, name: &str) -> PathBuf {
    /// A program that does not build is not tried again for every test.
    static BUILT: OnceLock<Mutex<HashMap<String, Result<PathBuf, String>>>> = OnceLock::new();
    // One at a time: cargo would let the others wait as well, and say so.
    let mut built =
        BUILT.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let make = || {
        let target = Path::new(FILEMAP)
            .ancestors()
            .nth(2)
            .expect("it is TARGET/PROFILE/filemap-tested")
            .join("wasm");
        let artifacts = wasm_build::Build::new(root(), package, target).bin(name).run();
        artifacts.map(|mut artifacts| artifacts.wasm.remove(0)).map_err(|error| error.to_string())
    };
    let path = built.entry(format!("{package}/{name}")).or_insert_with(make).clone();
    path.unwrap_or_else(|error| panic!("{error}"))
}

/// The same plugin composed with the portable component, by `filemap plug`.
pub(crate) fn plugged(plugin: &Path) -> Vec<u8> {
    let output = Command::new(FILEMAP)
        .arg("plug")
        .arg(plugin)
        .args(["--output", "-"])
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
