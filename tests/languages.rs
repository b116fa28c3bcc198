//! Plugins in Python, JavaScript and C, hosts in Python, Node and a browser, and the pages of
//! documentation on them. `cargo xtask languages` installs the tools.
//!
//! The programs that use the WIT package without a package for their language all do the same: they
//! catch an error, set and get a value of a store, and create, write, read and reduce an array in a
//! `.npy` file. [`check`] checks their output and their files.

#[path = "languages/browser.rs"]
mod browser;
#[path = "languages/c.rs"]
mod c;
#[path = "languages/example_run.rs"]
mod example_run;
#[path = "languages/javascript.rs"]
mod javascript;
#[path = "languages/javascript_package.rs"]
mod javascript_package;
#[path = "languages/node.rs"]
mod node;
#[path = "languages/page.rs"]
mod page;
#[path = "languages/pages.rs"]
mod pages;
#[path = "languages/python.rs"]
mod python;
#[path = "languages/python_host.rs"]
mod python_host;
mod support;
#[path = "languages/terrain.rs"]
mod terrain;
#[path = "languages/tools.rs"]
mod tools;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::command::{composed, filemap, succeeds};
use support::files::file_contents;
use support::interface::Interface;
use tempfile::tempdir;

/// The text that each program prints.
const EXPECTED_OUTPUT: &str = "\
missing: not-found
greeting: hello
keys: greeting
row 1: 3.5 5.25
sum: 10.75
var: 3.35546875
";

/// Returns the files that each program writes, byte by byte as numpy and zict write them.
fn expected_files() -> BTreeMap<String, Vec<u8>> {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
    let mut array = format!("\u{0}v\u{0}{header:117}\n").into_bytes();
    array.splice(0..0, *b"\x93NUMPY\x01");
    array.extend([0.5_f64, 1.5, 3.5, 5.25].into_iter().flat_map(f64::to_le_bytes));
    let files = [("numbers.npy", array), ("store/greeting#0", b"hello".to_vec())];
    files.map(|(name, content)| (name.to_owned(), content)).into()
}

/// Runs the command that `program` makes for an empty directory, and checks its output and the
/// files in the directory.
#[track_caller]
fn check(program: impl FnOnce(&Path) -> Command) {
    let work = tempdir().unwrap();
    let mut program = program(work.path());
    let mut text = succeeds(&mut program);
    // A program that cannot print writes its text to this file.
    if let Ok(printed) = fs::read_to_string(work.path().join("printed")) {
        fs::remove_file(work.path().join("printed")).unwrap();
        text += &printed;
    }
    assert_eq!(text, EXPECTED_OUTPUT, "{program:?}");
    assert_eq!(file_contents(work.path()), expected_files(), "{program:?}");
}

/// Checks a plugin under the native provider, and composed with the portable one.
#[track_caller]
fn check_plugin(plugin: &Path) {
    check(|work| filemap_run(plugin, work));
    let folder = tempdir().unwrap();
    let composed = composed(plugin, folder.path());
    check(|work| filemap_run(&composed, work));
}

/// Returns the command `filemap run` of a plugin that is granted a directory as `work`.
fn filemap_run(plugin: &Path, work: &Path) -> Command {
    let mut command = filemap();
    command.args(["run", "--dir", &format!("{}::work", work.display())]).arg(plugin);
    command
}

/// Checks that a plugin imports the interfaces of the world `plugin`, and otherwise only interfaces
/// of these WASI packages, which its language runtime requires.
#[track_caller]
fn check_imports(plugin: &Path, wasi: &[&str]) {
    let interface = Interface::of(&fs::read(plugin).unwrap());
    let mut ours = interface.imports_of("filemap:");
    ours.sort_unstable();
    let world = ["array", "errors", "mapping", "store"];
    assert_eq!(ours, world.map(|name| format!("filemap:data/{name}@0.1.0")));
    let of_wasi: usize =
        wasi.iter().map(|package| interface.imports_of(&format!("wasi:{package}/")).len()).sum();
    assert_eq!(ours.len() + of_wasi, interface.imports.len(), "{:?}", interface.imports);
}
