//! The package `filemap-wasm` for Node, and the portable component in Node without it.

#[path = "node/cases.rs"]
mod cases;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::tempdir;

use super::check;
use super::support::command::{filemap, succeeds};
use super::support::files::file_names;
use super::support::programs::{FILEMAP, program, root};
use super::tools::{source, tool};

/// Returns the Node of the system, which is 20 or newer.
fn system_node() -> PathBuf {
    PathBuf::from("node")
}

/// Returns Node 24, which can copy from one memory to another by an instruction.
fn node_24() -> PathBuf {
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    tool(&format!("node/node_modules/node-linux-{processor}/bin/node"))
}

/// Returns the folder of the package, built as `npm install` builds it in a clone, and packed and
/// unpacked as it is published. Its optional dependencies are installed.
fn package() -> &'static Path {
    static PACKAGE: OnceLock<PathBuf> = OnceLock::new();
    PACKAGE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages/node-package");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let clone = folder.join("bindings");
        for name in ["node", "js-plugin"] {
            fs::create_dir_all(clone.join(name)).unwrap();
            copy(&root().join("bindings").join(name), &clone.join(name));
        }
        for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
            fs::copy(root().join(name), folder.join(name)).unwrap();
        }
        // Node looks for packages in the folders above.
        symlink(tool("node/node_modules"), folder.join("node_modules")).unwrap();
        let mut npm = Command::new("npm");
        npm.current_dir(clone.join("node")).env("FILEMAP", FILEMAP);
        let packed = succeeds(npm.args(["pack", "--silent", "--pack-destination"]).arg(&folder));
        let mut tar = Command::new("tar");
        succeeds(tar.current_dir(&folder).arg("-xzf").arg(packed.trim().lines().last().unwrap()));
        folder.join("package")
    })
}

/// Copies the files of a package, without what is built or installed in its folder.
fn copy(from: &Path, to: &Path) {
    for name in file_names(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if ["dist", "node_modules"].contains(&name.as_str()) {
            continue;
        }
        if from.is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

#[test]
fn the_published_package_has_the_component_and_the_classes_and_no_build() {
    let names = file_names(package());
    let licences = ["LICENSE-APACHE", "LICENSE-MIT"];
    let others = ["README.md", "dist", "index.d.ts", "package.json", "src"];
    assert_eq!(names, [&licences[..], &others[..]].concat());
    let provider = file_names(&package().join("dist/provider"));
    assert!(provider.contains(&"provider.core.wasm".to_owned()), "{provider:?}");
}

/// Runs the package's own tests in this Node. As in a clone, they are in the folder of the package,
/// and find it by its name.
#[track_caller]
fn check_package(node: &Path) {
    let folder = tempdir().unwrap();
    for name in file_names(package()) {
        symlink(package().join(&name), folder.path().join(name)).unwrap();
    }
    symlink(tool("node/node_modules"), folder.path().join("node_modules")).unwrap();
    let tests = folder.path().join("test");
    fs::create_dir(&tests).unwrap();
    copy(&root().join("bindings/node/test"), &tests);
    let mut run = Command::new(node);
    run.current_dir(folder.path())
        .arg("--test")
        .args(file_names(&tests).iter().map(|name| tests.join(name)));
    succeeds(run.env("COMMAND", program("command")));
}

#[test]
fn the_tests_of_the_package_pass_in_the_node_of_the_system() {
    check_package(&system_node());
}

#[test]
fn the_tests_of_the_package_pass_in_node_24() {
    check_package(&node_24());
}

#[test]
fn the_types_of_the_package_are_strict_and_find_mistakes() {
    let mut tsc = Command::new("node");
    tsc.arg(tool("node/node_modules/typescript/bin/tsc"));
    tsc.args(["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022"]);
    tsc.args(["--lib", "es2022,esnext.disposable,dom", "--types", ""]);
    let folder = tempdir().unwrap();
    let modules = folder.path().join("node_modules");
    fs::create_dir(&modules).unwrap();
    symlink(package(), modules.join("filemap-wasm")).unwrap();
    let uses = folder.path().join("types.mts");
    fs::copy(source("node/types.mts"), &uses).unwrap();
    succeeds(tsc.arg(uses));
}

/// Returns a program that runs a plugin in Node 24 with grants `GUEST=HOST` or `GUEST=HOST:ro`.
pub(crate) fn run_in_node() -> Command {
    let mut command = Command::new(node_24());
    command.arg(source("node/run.mjs")).arg(package());
    command.env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
    command
}

#[test]
fn the_portable_component_runs_in_node_without_the_package() {
    let folder = tempdir().unwrap();
    let program = component_program(folder.path(), "component.mjs");
    check(|work| {
        let mut node = Command::new("node");
        node.arg(&program).arg(work);
        node
    });
}

#[test]
fn stores_in_node_share_a_directory_although_its_host_knows_no_descriptor_again() {
    let folder = tempdir().unwrap();
    let program = component_program(folder.path(), "sharing.mjs");
    let work = tempdir().unwrap();
    let printed = succeeds(Command::new("node").arg(&program).arg(work.path()));
    assert_eq!(printed, "shared\n");
    assert_eq!(file_names(&work.path().join("store")), ["big#0", "k#1"]);
}

/// Transpiles the portable component to `folder`, and copies the program `name` to it. Returns the
/// path of the program.
fn component_program(folder: &Path, name: &str) -> PathBuf {
    let component = folder.join("filemap.wasm");
    succeeds(filemap().args(["component", "--output"]).arg(&component));
    symlink(tool("node/node_modules"), folder.join("node_modules")).unwrap();
    for name in ["transpile.mjs", name] {
        fs::copy(source(&format!("node/{name}")), folder.join(name)).unwrap();
    }
    succeeds(Command::new("node").arg(folder.join("transpile.mjs")));
    folder.join(name)
}
