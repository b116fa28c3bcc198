//! Builds the portable component, which the `filemap` command carries.

fn main() {
    // The library alone carries nothing, and needs no WebAssembly toolchain.
    #[cfg(feature = "cli")]
    component::build();
}

#[cfg(feature = "cli")]
mod component {
    use std::fs;
    use std::path::{Path, PathBuf};

    pub(super) fn build() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
        let build = wasm_build::Build::new(root.join("."), "filemap", target_dir(&out))
            .lib()
            .features(["component"]);
        match build.run() {
            Ok(artifacts) => {
                wasm_build::print_rerun(&artifacts.sources);
                println!("cargo:rerun-if-changed={}", root.join("wit").display());
                let component = fs::read(&artifacts.wasm[0]).expect("it has just been built");
                let carried = out.join("filemap.wasm");
                fs::write(&carried, wasm_build::without_names(&component))
                    .expect("the folder is ours to write to");
                println!("cargo:rustc-env=FILEMAP_COMPONENT={}", carried.display());
            }
            Err(error) => {
                println!("cargo:rerun-if-changed=build.rs");
                println!("cargo::error={error}");
            }
        }
    }

    /// The folder `wasm` in cargo's target directory, which every component is built in, so that
    /// nothing is built twice. It is not the directory of the running build, which is locked.
    fn target_dir(out: &Path) -> PathBuf {
        // OUT_DIR is TARGET/PROFILE/build/PACKAGE-HASH/out.
        out.ancestors().nth(4).expect("cargo's layout").join("wasm")
    }
}
