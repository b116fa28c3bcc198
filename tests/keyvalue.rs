//! The package `wasi:keyvalue`: every case of the test program `keyvalue`, which knows nothing of
//! filemap, under the native provider in both forms, plugged with the portable component, and as
//! far as possible under Wasmtime's own implementation. `tests/redis/keyvalue.rs` runs the cases on
//! a server.
//!
//! The cases are functions in `tests/programs/src/bin/keyvalue`; the program and this file share
//! its `list.rs`.

mod support;

use std::fs;

use filemap_host::CtxBuilder;
use support::cases::{BOTH_PROVIDERS, tests_in_asynchronous_form, tests_under_both_providers};
use support::folders::Folders;
use support::interface::Interface;
use support::programs::{plugged, program};
use support::run::{Outcome, Provider, run, run_with};
use wasmtime_wasi::filesystem::FsPerms;

include!("programs/src/bin/keyvalue/list.rs");

// After the list, whose macro it uses.
#[path = "keyvalue/limits.rs"]
mod limits;
#[path = "keyvalue/wasmtime_own.rs"]
mod wasmtime_own;

const PROVIDERS: [Provider; 3] = [Provider::Native, Provider::Asynchronous, Provider::Portable];

/// Runs the test program with the bucket `default` in these folders.
fn run_keyvalue(
    provider: Provider,
    arguments: &[&str],
    folders: &Folders,
    limits: &CtxBuilder,
) -> Outcome {
    let default = folders.work().join("default");
    fs::create_dir_all(&default).unwrap();
    run_with(provider, "keyvalue", arguments, folders, limits, |wasi| {
        wasi.preopened_dir(default, "default", FsPerms::ReadWrite).unwrap();
    })
}

/// Like [`run_keyvalue`], for a run that must succeed. Returns what it prints.
#[track_caller]
fn succeeds(provider: Provider, arguments: &[&str], folders: &Folders) -> String {
    let outcome = run_keyvalue(provider, arguments, folders, &CtxBuilder::new());
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    outcome.stdout
}

fn check(provider: Provider, case: &str) {
    succeeds(provider, &[case], &Folders::new());
}

macro_rules! tests_in_directories {
    ($($case:ident)*) => {
        tests_under_both_providers! { $($case)* }
        tests_in_asynchronous_form! { $($case)* }
    };
}

mod common {
    use super::*;
    for_each_common_case!(tests_in_directories);
}

mod stores {
    use super::*;
    for_each_store_case!(tests_in_directories);
}

mod directories {
    use super::*;
    for_each_directory_case!(tests_in_directories);
}

#[test]
fn the_program_imports_nothing_of_filemap_and_nothing_else_when_it_is_plugged() {
    let path = program("keyvalue");
    let before = Interface::of(&fs::read(&path).unwrap());
    let names = ["store", "atomics", "batch"].map(|it| format!("wasi:keyvalue/{it}@0.2.0-draft"));
    let mut imports = before.imports_of("wasi:keyvalue/");
    imports.sort_unstable_by_key(|name| names.iter().position(|it| it == name));
    assert_eq!(imports, names);
    assert_eq!(before.imports_of("filemap:"), [""; 0]);
    let after = Interface::of(&plugged(&path));
    assert_eq!(after.imports_of("wasi:keyvalue"), [""; 0]);
    assert_eq!(after.imports_of("filemap:"), [""; 0]);
}

#[test]
fn data_lasts_from_run_to_run_under_each_provider_after_another() {
    let folders = Folders::new();
    let mut runs = 0;
    for _ in 0..2 {
        for provider in PROVIDERS {
            runs += 1;
            assert_eq!(succeeds(provider, &["count"], &folders), format!("{runs}\n"));
        }
    }
    let names = support::files::file_names(&folders.work().join("default"));
    assert_eq!(names, [format!("runs#{}", runs - 1)]);
}

#[test]
fn increments_of_plugins_in_threads_add_up() {
    const PLUGINS: usize = 8;
    const INCREMENTS: usize = 50;
    let folders = Folders::new();
    let count = INCREMENTS.to_string();
    let arguments = ["increment", &*count];
    let outputs: Vec<_> = std::thread::scope(|scope| {
        let run = || succeeds(Provider::Native, &arguments, &folders);
        let threads: Vec<_> = (0..PLUGINS).map(|_| scope.spawn(run)).collect();
        let join = |it: std::thread::ScopedJoinHandle<'_, _>| it.join();
        threads
            .into_iter()
            .map(|it| join(it).unwrap_or_else(|it| std::panic::resume_unwind(it)))
            .collect()
    });
    let mut sums: Vec<usize> =
        outputs.iter().flat_map(|it| it.lines()).map(|line| line.parse().unwrap()).collect();
    sums.sort_unstable();
    assert_eq!(sums, (1..=PLUGINS * INCREMENTS).collect::<Vec<_>>(), "each sum is returned once");
}

#[test]
fn a_plugin_that_imports_both_packages_has_the_same_stores_in_both() {
    for provider in PROVIDERS {
        let folders = Folders::new();
        let outcome = run(provider, "both_packages", &[], &folders);
        assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "2\n", "{provider:?}");
    }
}

#[test]
fn the_bucket_without_a_name_needs_a_grant() {
    for provider in BOTH_PROVIDERS {
        let outcome = run(provider, "keyvalue", &["count"], &Folders::new());
        assert!(outcome.exit.is_err(), "{provider:?}");
        assert!(outcome.stderr.contains("NoSuchStore"), "{provider:?}: {}", outcome.stderr);
    }
}
