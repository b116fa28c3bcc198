//! Builds the portable component from the sources of the repository. The published package contains
//! the component instead of this build script.

// Not a build dependency: cargo would require that one to be published too.
#[allow(dead_code, unreachable_pub, unused_imports, reason = "the script uses a part of it")]
#[path = "../wasm-build/src/lib.rs"]
mod wasm_build;

use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package is in a folder of the repository");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    match wasm_build::component(root, target_dir(&out)) {
        Ok((component, sources)) => {
            wasm_build::print_rerun(&sources);
            let path = out.join("filemap.wasm");
            fs::write(&path, component).expect("OUT_DIR is writable");
            println!("cargo::rustc-cfg=filemap_from_source");
            println!("cargo::rustc-env=FILEMAP_COMPONENT={}", path.display());
        }
        Err(error) => println!("cargo::error={error}"),
    }
}

/// Returns the folder `wasm` in cargo's target directory, which all builds of components share.
/// Cargo keeps the directory of the running build locked until the script ends.
fn target_dir(out: &Path) -> PathBuf {
    // OUT_DIR is TARGET/PROFILE/build/PACKAGE-HASH/out.
    out.ancestors().nth(4).expect("OUT_DIR lies in the target directory").join("wasm")
}
