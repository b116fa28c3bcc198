//! `filemap plug`: a plugin composed with the portable component.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::{TempDir, tempdir};

use super::support::interface::Interface;
use super::support::programs::{example, program};
use super::{Outcome, assert_contains, run_filemap};

/// A folder to compose in, where `out.wasm` is a file that was there before.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempdir().unwrap());
        fs::write(bench.out(), "what was there").unwrap();
        bench
    }

    fn out(&self) -> PathBuf {
        self.0.path().join("out.wasm")
    }

    fn plug(&self, plugin: &Path) -> Outcome {
        run_filemap(["plug".as_ref(), plugin.as_os_str(), "-o".as_ref(), self.out().as_os_str()])
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Plugging this fails with a text that has these parts, and leaves the folder as it was.
    #[track_caller]
    fn check_refused(&self, plugin: &Path, parts: &[&str]) {
        let names = || {
            let entries = fs::read_dir(self.0.path()).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        let before = names();
        assert_contains(&self.plug(plugin).fails_with(1), parts);
        assert_eq!(fs::read(self.out()).unwrap(), b"what was there");
        assert_eq!(names(), before, "there is no litter");
    }
}

#[test]
fn a_composition_needs_nothing_but_wasi() {
    let (bench, plugin) = (Bench::new(), example("terrain"));
    assert_eq!(bench.plug(&plugin).succeeds(), "");
    let before = Interface::of(&fs::read(plugin).unwrap());
    let after = Interface::of(&fs::read(bench.out()).unwrap());

    assert!(!before.imports_of("filemap:data/").is_empty());
    assert_eq!(after.imports_of("filemap:data/"), [""; 0]);
    assert!(after.imports.iter().all(|(name, _)| name.starts_with("wasi:")), "{:?}", after.imports);
    assert_eq!(after.exports, before.exports);
}

#[test]
fn a_composition_is_plugged_already() {
    let bench = Bench::new();
    bench.plug(&example("terrain")).succeeds();
    let once = bench.file("once.wasm", &fs::read(bench.out()).unwrap());
    fs::write(bench.out(), "what was there").unwrap();
    bench.check_refused(
        &once,
        &["failed to plug `", "once.wasm`: it does not import `filemap:data`"],
    );
}

#[test]
fn a_plugin_without_imports_of_ours_needs_no_provider() {
    let text = ["command.wasm`: it does not import `filemap:data`, so it needs no provider\n"];
    Bench::new().check_refused(&program("command"), &text);
}

#[test]
fn a_core_module_is_not_a_component() {
    let bench = Bench::new();
    let module = bench.file("core.wasm", b"\0asm\x01\0\0\0");
    let text = ["core.wasm`: it is not a component; build it for the target wasm32-wasip2"];
    bench.check_refused(&module, &text);
}

#[test]
fn garbage_is_not_a_component() {
    let bench = Bench::new();
    for (name, content) in
        [("empty", &b""[..]), ("text", b"fn main() {}"), ("magic", b"\0asm\x0d\0\x01\0\xff\xff")]
    {
        let text = [name, "`: it is not a component; build it for the target wasm32-wasip2"];
        bench.check_refused(&bench.file(name, content), &text);
    }
}

#[test]
fn half_a_component_is_not_one() {
    let bench = Bench::new();
    let whole = fs::read(example("terrain")).unwrap();
    let half = bench.file("half.wasm", &whole[..whole.len() / 2]);
    bench.check_refused(&half, &["failed to plug `", "half.wasm`: it is not a component"]);
}

#[test]
fn a_plugin_that_is_not_there_is_named() {
    Bench::new().check_refused(
        "no-such.wasm".as_ref(),
        &["failed to read `no-such.wasm`: No such file or directory"],
    );
}

#[test]
fn a_folder_in_the_place_of_the_output_stays() {
    let folder = tempdir().unwrap();
    let plugin = example("terrain");
    let arguments = ["plug".as_ref(), plugin.as_os_str(), "-o".as_ref(), folder.path().as_os_str()];
    assert_contains(
        &run_filemap(arguments).fails_with(1),
        &["failed to write `", "Is a directory"],
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn plug_needs_a_plugin_and_a_place_for_the_result() {
    assert_contains(&run_filemap(["plug"]).fails_with(2), &["--output <FILE>", "<PLUGIN.wasm>"]);
}
