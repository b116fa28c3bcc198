//! `filemap plug`: compositions of a plugin with the portable component, and the errors for files
//! that cannot be composed.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::{TempDir, tempdir};

use super::support::files::file_names;
use super::support::interface::Interface;
use super::support::programs::{example, program};
use super::{Outcome, assert_contains, run_filemap};

/// The content of the output file before the command runs.
const PREVIOUS: &[u8] = b"the previous file";

/// A folder for the composition. The output file `out.wasm` exists.
struct Fixture(TempDir);

impl Fixture {
    fn new() -> Self {
        let fixture = Self(tempdir().unwrap());
        fs::write(fixture.output(), PREVIOUS).unwrap();
        fixture
    }

    fn output(&self) -> PathBuf {
        self.0.path().join("out.wasm")
    }

    /// Composes a plugin to `out.wasm`.
    fn plug(&self, plugin: &Path) -> Outcome {
        plug(plugin, &self.output())
    }

    /// Creates a file in the folder.
    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Asserts that composing this plugin fails with an error text of these parts, and leaves the
    /// folder unchanged.
    #[track_caller]
    fn check_refused(&self, plugin: &Path, parts: &[&str]) {
        let names = file_names(self.0.path());
        assert_contains(&self.plug(plugin).fails_with(1), parts);
        assert_eq!(fs::read(self.output()).unwrap(), PREVIOUS);
        assert_eq!(file_names(self.0.path()), names, "no temporary file remains");
    }
}

fn plug(plugin: &Path, output: &Path) -> Outcome {
    run_filemap(["plug".as_ref(), plugin.as_os_str(), "-o".as_ref(), output.as_os_str()])
}

#[test]
fn a_composition_imports_wasi_only() {
    let (fixture, plugin) = (Fixture::new(), example("terrain"));
    assert_eq!(fixture.plug(&plugin).succeeds(), "");
    let before = Interface::of(&fs::read(plugin).unwrap());
    let after = Interface::of(&fs::read(fixture.output()).unwrap());

    assert!(!before.imports_of("filemap:data/").is_empty());
    assert_eq!(after.imports_of("filemap:data/"), [""; 0]);
    assert!(after.imports.iter().all(|(name, _)| name.starts_with("wasi:")), "{:?}", after.imports);
    assert_eq!(after.exports, before.exports);
}

#[test]
fn a_composition_cannot_be_plugged_again() {
    let fixture = Fixture::new();
    fixture.plug(&example("terrain")).succeeds();
    let once = fixture.file("once.wasm", &fs::read(fixture.output()).unwrap());
    fs::write(fixture.output(), PREVIOUS).unwrap();
    fixture.check_refused(
        &once,
        &["failed to plug `", "once.wasm`: it imports neither `filemap:data` nor `wasi:keyvalue"],
    );
}

#[test]
fn a_component_without_filemap_imports_is_refused() {
    let text = [
        "command.wasm`: it imports neither `filemap:data` nor `wasi:keyvalue@0.2.0-draft`, so it \
         needs no provider\n",
    ];
    Fixture::new().check_refused(&program("command"), &text);
}

#[test]
fn a_core_module_is_refused() {
    let fixture = Fixture::new();
    let module = fixture.file("core.wasm", b"\0asm\x01\0\0\0");
    let text = ["core.wasm`: it is not a component; build it for the target wasm32-wasip2"];
    fixture.check_refused(&module, &text);
}

#[test]
fn a_file_that_is_not_wasm_is_refused() {
    let fixture = Fixture::new();
    for (name, content) in
        [("empty", &b""[..]), ("text", b"fn main() {}"), ("magic", b"\0asm\x0d\0\x01\0\xff\xff")]
    {
        let text = [name, "`: it is not a component; build it for the target wasm32-wasip2"];
        fixture.check_refused(&fixture.file(name, content), &text);
    }
}

#[test]
fn a_truncated_component_is_refused() {
    let fixture = Fixture::new();
    let whole = fs::read(example("terrain")).unwrap();
    let half = fixture.file("half.wasm", &whole[..whole.len() / 2]);
    fixture.check_refused(&half, &["failed to plug `", "half.wasm`: it is not a component"]);
}

#[test]
fn the_error_names_a_missing_plugin() {
    Fixture::new().check_refused(
        "no-such.wasm".as_ref(),
        &["failed to read `no-such.wasm`: No such file or directory"],
    );
}

#[test]
fn a_directory_at_the_output_path_is_not_replaced() {
    let folder = tempdir().unwrap();
    assert_contains(
        &plug(&example("terrain"), folder.path()).fails_with(1),
        &["failed to write `", "it is a directory"],
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn plug_without_arguments_is_a_usage_error() {
    assert_contains(&run_filemap(["plug"]).fails_with(2), &["--output <FILE>", "<PLUGIN.wasm>"]);
}
