//! `filemap run` and `filemap plug` with plugins that import `wasi:keyvalue`.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use super::support::command::{composed, filemap};
use super::support::files::file_contents;
use super::support::interface::Interface;
use super::support::programs::{program, root};
use super::{Outcome, assert_contains, outcome};

/// Runs the program `visits` of `docs/keyvalue.md`, with these options.
fn visit(plugin: &Path, options: &[&str], page: &str) -> Outcome {
    outcome(filemap().arg("run").args(options).arg(plugin).arg(page))
}

#[test]
fn a_bucket_lasts_from_run_to_run_natively_and_plugged() {
    let folder = tempdir().unwrap();
    let native = program("visits");
    let portable = composed(&native, folder.path());
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let grant = format!("{}::default", data.display());
    let visit = |plugin: &Path| visit(plugin, &["--dir", &grant], "home").succeeds();
    for (plugin, visits) in [(&native, 1), (&portable, 2), (&native, 3), (&portable, 4)] {
        assert_eq!(visit(plugin), format!("visits of home: {visits}\n    home = {visits}\n"));
    }
    let files = file_contents(&data);
    assert_eq!(files.into_iter().collect::<Vec<_>>(), [("home#3".into(), b"4".to_vec())]);
}

#[test]
fn a_bucket_may_be_a_folder_of_a_granted_directory() {
    let folder = tempdir().unwrap();
    let grant = format!("{}::.", folder.path().display());
    visit(&program("visits"), &["--dir", &grant], "home").succeeds();
    assert_eq!(fs::read(folder.path().join("default/home#0")).unwrap(), b"1");
}

#[test]
fn without_a_grant_there_is_no_bucket() {
    let folder = tempdir().unwrap();
    let native = program("visits");
    for plugin in [&native, &composed(&native, folder.path())] {
        let stderr = visit(plugin, &[], "home").fails_with(134);
        assert_contains(&stderr, &["there is a bucket without a name: Error::NoSuchStore"]);
    }
}

#[test]
fn a_grant_for_reading_keeps_the_counter() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("home#0"), "7").unwrap();
    let grant = format!("{}::default", folder.path().display());
    let stderr = visit(&program("visits"), &["--dir-ro", &grant], "home").fails_with(134);
    assert_contains(&stderr, &["the visits are counted: Error::AccessDenied"]);
    assert_eq!(fs::read(folder.path().join("home#0")).unwrap(), b"7");
}

#[test]
fn another_process_that_has_the_bucket_is_named() {
    let folder = tempdir().unwrap();
    let grant = format!("{}::default", folder.path().display());
    let holder = fs::File::open(folder.path()).unwrap();
    rustix::fs::flock(&holder, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let stderr = visit(&program("visits"), &["--dir", &grant], "home").fails_with(134);
    assert_contains(
        &stderr,
        &["Error::Other(", "`default`", "another process has it open for writing"],
    );
}

#[test]
fn a_draft_of_another_version_is_not_provided() {
    let folder = tempdir().unwrap();
    let bytes = fs::read(program("visits")).unwrap();
    // The name is as long as before, so that the component stays valid.
    let (old, new) = (b"@0.2.0-draft", b"@0.2.1-draft");
    let mut bytes = bytes;
    let places: Vec<_> =
        (0..bytes.len() - old.len()).filter(|&at| bytes[at..].starts_with(old)).collect();
    for at in places {
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    let plugin = folder.path().join("other.wasm");
    fs::write(&plugin, bytes).unwrap();
    let stderr = visit(&plugin, &[], "home").fails_with(134);
    assert_contains(&stderr, &["it called `wasi:keyvalue/store@0.2.1-draft#open`, which"]);
    let output = folder.path().join("plugged.wasm");
    let refused = outcome(filemap().arg("plug").arg(&plugin).arg("-o").arg(&output));
    assert_contains(&refused.fails_with(1), &["nor `wasi:keyvalue@0.2.0-draft`"]);
}

#[test]
fn the_component_for_keyvalue_exports_both_packages() {
    let output = filemap().args(["component", "--keyvalue", "-o", "-"]).output().unwrap();
    assert!(output.status.success());
    let plain = filemap().args(["component", "-o", "-"]).output().unwrap();
    let (with, without) = (Interface::of(&output.stdout), Interface::of(&plain.stdout));
    assert_eq!(with.imports, without.imports);
    let mut added: Vec<_> =
        with.exports.into_iter().filter(|name| !without.exports.contains(name)).collect();
    added.sort_unstable();
    let names = ["atomics", "batch", "store"];
    assert_eq!(added, names.map(|name| format!("wasi:keyvalue/{name}@0.2.0-draft")));
    let size = output.stdout.len();
    assert!(size <= MAX_SIZE, "the component has {size} bytes");
}

/// The maximum size of the portable component with `wasi:keyvalue`, in bytes.
const MAX_SIZE: usize = 420_000;

#[test]
fn the_page_shows_what_the_program_prints() {
    let page = fs::read_to_string(root().join("docs/keyvalue.md")).unwrap();
    let folder = tempdir().unwrap();
    let grant = format!("{}::default", folder.path().display());
    let plugin = program("visits");
    for name in ["home", "about", "home"] {
        let printed = visit(&plugin, &["--dir", &grant], name).succeeds();
        let shown = format!("visits.wasm {name}\n{printed}");
        assert!(page.contains(&shown), "the page lacks:\n{shown}");
    }
}
