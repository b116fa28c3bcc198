//! Builds the portable components from the sources of the repository. The published package
//! contains the components instead of this build script.

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
    let target = target_dir(&out);
    println!("cargo::rustc-cfg=filemap_from_source");
    write(wasm_build::component(root, &target), "FILEMAP_COMPONENT", &out.join("filemap.wasm"));
    let keyvalue = wasm_build::keyvalue_component(root, &target);
    write(keyvalue, "FILEMAP_KEYVALUE_COMPONENT", &out.join("filemap-keyvalue.wasm"));
}

/// Writes a component that was built, and gives the crate the path in a variable.
fn write(built: Result<(Vec<u8>, Vec<PathBuf>), wasm_build::Error>, variable: &str, path: &Path) {
    match built {
        Ok((component, sources)) => {
            wasm_build::print_rerun(&sources);
            fs::write(path, component).expect("OUT_DIR is writable");
            println!("cargo::rustc-env={variable}={}", path.display());
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
