//! Plugins that import what `filemap run` does not provide, and files that it cannot start.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::tempdir;

use super::support::command::filemap;
use super::support::files::file_contents;
use super::support::programs::{example, program};
use super::{Outcome, assert_contains, outcome, run_filemap};

/// Returns a copy of a plugin in which each `old` is `new`, which has the same length.
fn patched(plugin: &Path, old: &str, new: &str, folder: &Path) -> PathBuf {
    assert_eq!(old.len(), new.len());
    let mut bytes = fs::read(plugin).unwrap();
    let places: Vec<_> = bytes
        .windows(old.len())
        .enumerate()
        .filter_map(|(place, window)| (window == old.as_bytes()).then_some(place))
        .collect();
    assert!(!places.is_empty(), "`{old}` is not in the plugin");
    for place in places {
        bytes[place..][..new.len()].copy_from_slice(new.as_bytes());
    }
    let path = folder.join("patched.wasm");
    fs::write(&path, bytes).unwrap();
    path
}

mod an_unknown_import {
    use super::*;

    fn run(arguments: &[&str]) -> Outcome {
        outcome(filemap().arg("run").arg(program("unknown_imports")).args(arguments))
    }

    /// Asserts that the plugin starts, and traps when it calls this function.
    #[track_caller]
    fn check(argument: &str, function: &str) {
        let outcome = run(&[argument]);
        assert_eq!((outcome.code, &*outcome.stdout), (Some(134), "started\n"), "{outcome:?}");
        let expected = format!("it called `{function}`, which `filemap run` does not provide\n");
        let parts = ["the plugin `", "unknown_imports.wasm` trapped: ", &expected];
        assert_contains(&outcome.stderr, &parts);
    }

    #[test]
    fn does_not_stop_a_plugin_that_does_not_call_it() {
        assert_eq!(run(&[]).succeeds(), "started\n");
    }

    #[test]
    fn traps_when_it_is_called() {
        check("constructor", "tests:unknown/things@0.2.5#[constructor]thing");
        check("function", "tests:unknown/things@0.2.5#find");
        check("method", "tests:unknown/things@0.2.5#[constructor]thing");
        check("alone", "alone");
    }

    #[test]
    fn can_use_a_resource_of_a_known_one() {
        check("stream", "tests:unknown/things@0.2.5#of-stream");
    }

    /// A version of WASI 0.2 may have more functions than the host.
    #[test]
    fn can_be_a_function_of_a_known_interface() {
        let folder = tempdir().unwrap();
        let command = program("command");
        let plugin = patched(&command, "get-arguments", "get-argumentz", folder.path());
        let stderr = outcome(filemap().arg("run").arg(plugin)).fails_with(134);
        let parts =
            ["it called `wasi:cli/environment@0.2.", "#get-argumentz`, which `filemap run`"];
        assert_contains(&stderr, &parts);
    }
}

mod before_compiling {
    use super::*;

    /// Asserts that the plugin is refused with these parts of a message, and is not compiled.
    #[track_caller]
    fn check(plugin: &Path, parts: &[&str]) {
        let folder = tempdir().unwrap();
        let mut command = filemap();
        command.env("XDG_CACHE_HOME", folder.path()).arg("run").arg(plugin);
        assert_contains(&outcome(&mut command).fails_with(1), parts);
        let cached = file_contents(folder.path());
        assert!(cached.is_empty(), "compiled code is in the cache: {:?}", cached.keys());
    }

    #[test]
    fn a_filemap_of_another_version_is_refused() {
        let folder = tempdir().unwrap();
        let plugin = patched(
            &example("terrain"),
            "filemap:data/array@0.1.0",
            "filemap:data/array@0.7.0",
            folder.path(),
        );
        let parts = [
            "failed to start `",
            "it imports `filemap:data/array@0.7.0`, which this version of filemap does not \
             provide in that form",
            "`filemap wit`",
        ];
        check(&plugin, &parts);
    }

    #[test]
    fn a_filemap_with_other_functions_is_refused() {
        let folder = tempdir().unwrap();
        let old = "[static]store.open";
        let plugin = patched(&example("terrain"), old, "[static]store.ajar", folder.path());
        check(&plugin, &["failed to start `", "it imports `filemap:data/store@0.1.0`, which"]);
    }

    #[test]
    fn a_component_that_is_not_a_program_is_refused() {
        let folder = tempdir().unwrap();
        let component = folder.path().join("filemap.wasm");
        run_filemap(["component".as_ref(), "-o".as_ref(), component.as_os_str()]).succeeds();
        let parts = [
            "failed to start `",
            "it is not a program",
            "`wasi:cli/run@0.2.0`",
            "the world `command` of `filemap wit`",
            "(it exports: `filemap:data/",
        ];
        check(&component, &parts);
    }

    #[test]
    fn a_program_of_another_version_of_wasi_is_refused() {
        let folder = tempdir().unwrap();
        let plugin =
            patched(&program("command"), "wasi:cli/run@0.2.", "wasi:cli/run@0.3.", folder.path());
        check(&plugin, &["it is not a program", "(it exports: `wasi:cli/run@0.3."]);
    }

    #[test]
    fn a_file_that_is_not_a_component_is_refused() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("core.wasm");
        fs::write(&path, b"\0asm\x01\0\0\0").unwrap();
        check(&path, &["failed to load `", "it is not a component; build it for"]);
    }
}
