//! Builds the portable component, which the `filemap` command carries.

fn main() {
    // The library alone carries nothing, and needs no WebAssembly toolchain.
    #[cfg(feature = "cli")]
    component::build();
}

#[cfg(feature = "cli")]
mod component {
    use std::path::{Path, PathBuf};

    pub(super) fn build() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let build = wasm_build::Build::new(root.join("."), "filemap", target_dir()).lib().features(["component"]);
        match build.run() {
            Ok(artifacts) => {
                wasm_build::print_rerun(&artifacts.sources);
                println!("cargo:rerun-if-changed={}", root.join("wit").display());
                println!("cargo:rustc-env=FILEMAP_COMPONENT={}", artifacts.wasm[0].display());
            }
            Err(error) => {
                println!("cargo:rerun-if-changed=build.rs");
                println!("cargo::error={error}");
            }
        }
    }

    /// The folder `wasm` in cargo's target directory, which every component is built in, so that nothing is built
    /// twice. It is not the directory of the running build, which is locked.
    fn target_dir() -> PathBuf {
        let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
        // OUT_DIR is TARGET/PROFILE/build/PACKAGE-HASH/out.
        out.ancestors().nth(4).expect("cargo's layout").join("wasm")
    }
}
