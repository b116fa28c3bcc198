//! Plugins in other languages than Rust, and the portable component in Node.
//!
//! Each program does the same: it catches an error, sets and gets a value of a store, and creates,
//! writes, reads and reduces an array in a `.npy` file. The tools are those of `cargo xtask
//! languages`.

#[path = "languages/javascript.rs"]
mod javascript;
#[path = "languages/python.rs"]
mod python;
mod support;
#[path = "languages/tools.rs"]
mod tools;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::interface::Interface;
use support::programs::{FILEMAP, plugged};
use tempfile::tempdir;
use tools::succeeds;

/// What each program prints.
const PRINTED: &str = "missing: not-found\n\
                       greeting: hello\n\
                       keys: greeting\n\
                       row 1: 3.5 5.25\n\
                       sum: 10.75\n\
                       var: 3.35546875\n";

/// The files that each program leaves, as numpy and zict write them.
fn written() -> BTreeMap<String, Vec<u8>> {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
    let mut array = format!("\u{0}v\u{0}{header:117}\n").into_bytes();
    array.splice(0..0, *b"\x93NUMPY\x01");
    array.extend([0.5_f64, 1.5, 3.5, 5.25].into_iter().flat_map(f64::to_le_bytes));
    let files = [("numbers.npy", array), ("store/greeting#0", b"hello".to_vec())];
    files.map(|(name, content)| (name.to_owned(), content)).into()
}

/// The files in a directory and its directories.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        let name = name.into_string().unwrap();
        if path.is_dir() {
            let inner = files(&path).into_iter();
            found.extend(inner.map(|(inside, content)| (format!("{name}/{inside}"), content)));
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

/// Runs a program, which gets a directory to work in, and checks what it prints and writes.
#[track_caller]
fn check(program: impl FnOnce(&Path) -> Command) {
    let work = tempdir().unwrap();
    let mut program = program(work.path());
    let mut text = succeeds(&mut program);
    // A program that cannot print writes its text to a file.
    if let Ok(printed) = fs::read_to_string(work.path().join("printed")) {
        fs::remove_file(work.path().join("printed")).unwrap();
        text += &printed;
    }
    assert_eq!(text, PRINTED, "{program:?}");
    assert_eq!(files(work.path()), written(), "{program:?}");
}

/// Checks a plugin under the native provider, and composed with the portable one.
#[track_caller]
fn check_plugin(plugin: &Path) {
    check(|work| filemap_run(plugin, work));
    let folder = tempdir().unwrap();
    let composed = folder.path().join("plugged.wasm");
    fs::write(&composed, plugged(plugin)).unwrap();
    check(|work| filemap_run(&composed, work));
}

/// `filemap run` of a plugin to which a directory is granted as `work`.
fn filemap_run(plugin: &Path, work: &Path) -> Command {
    let mut command = Command::new(FILEMAP);
    // Compiled plugins are kept in cargo's target directory rather than in the user's home.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    command
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_CONFIG_HOME", folder.join("config"));
    command.args(["run", "--dir", &format!("{}::work", work.display())]).arg(plugin);
    command
}

/// Checks that a plugin imports the world `plugin`, and otherwise only what its language requires
/// of these packages of WASI.
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
