//! `filemap component` and `filemap wit`: what the command carries.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use tempfile::tempdir;
use wit_parser::{Resolve, SourceMap};

use super::interface::Interface;
use super::support::programs::root;
use super::{assert_contains, filemap, outcome, run_filemap};

/// The most that the portable component may have, in bytes.
const SIZE: usize = 430_000;

fn component() -> Vec<u8> {
    let output = filemap().args(["component", "--output", "-"]).output().unwrap();
    assert!(output.status.success());
    output.stdout
}

#[test]
fn the_component_is_small() {
    let size = component().len();
    assert!(size <= SIZE, "it has {size} bytes");
}

#[test]
fn the_component_imports_files_and_nothing_else() {
    let interface = Interface::of(&component());
    let mut imports: Vec<_> = interface.imports.iter().map(|(name, _)| name.as_str()).collect();
    imports.sort_unstable();
    // The clock is there for the type of a file's times.
    let expected = ["wasi:clocks/wall-clock@0.2.12", "wasi:filesystem/preopens@0.2.12", "wasi:filesystem/types@0.2.12"];
    assert_eq!(imports, expected);
}

#[test]
fn the_component_cannot_ask_for_the_time() {
    let interface = Interface::of(&component());
    let clock = interface.imports.iter().find(|(name, _)| name.starts_with("wasi:clocks/")).unwrap();
    assert!(clock.1.is_empty(), "{clock:?}");
}

#[test]
fn the_component_exports_the_package() {
    let exports = ["types", "array", "store", "mapping"].map(|name| format!("filemap:data/{name}@0.1.0"));
    assert_eq!(Interface::of(&component()).exports, exports);
}

#[test]
fn the_component_is_written_to_a_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("filemap.wasm");
    fs::write(&path, "what was there").unwrap();
    let outcome = run_filemap(["component".as_ref(), "-o".as_ref(), path.as_os_str()]);
    assert_eq!(outcome.succeeds(), "");
    assert!(fs::read(&path).unwrap() == component(), "the file is the same as on standard output");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "there is no litter");
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let outcome = run_filemap(["component", "-o", "no/such/folder/x.wasm"]);
    assert_contains(
        &outcome.fails_with(1),
        &["failed to write `no/such/folder/x.wasm`: ", "No such file or directory"],
    );
}

#[test]
fn component_needs_to_know_where_to() {
    assert_contains(&run_filemap(["component"]).fails_with(2), &["--output <FILE>"]);
}

#[test]
fn wit_prints_one_package() {
    let text = run_filemap(["wit"]).succeeds();
    assert_eq!(text.matches("package filemap:data@0.1.0;").count(), 1);
    for interface in ["types", "store", "array", "mapping"] {
        assert_eq!(text.matches(&format!("\ninterface {interface} {{")).count(), 1, "{interface}");
    }

    let mut source = SourceMap::new();
    source.push("printed.wit".as_ref(), text);
    let group = source.parse().map_err(|(_, error)| error).expect("it parses");
    assert_eq!(group.main.name.to_string(), "filemap:data@0.1.0");
}

#[test]
fn wit_writes_the_folder_of_the_repository() {
    let folder = tempdir().unwrap();
    let target = folder.path().join("new/wit");
    let outcome = run_filemap(["wit".as_ref(), "-o".as_ref(), target.as_os_str()]);
    assert_eq!(outcome.succeeds(), "");
    assert_eq!(files(&target), files(&root().join("wit")));

    let mut resolve = Resolve::new();
    let (package, _) = resolve.push_dir(&target).expect("it is whole, the WASI packages with it");
    assert_eq!(resolve.packages[package].name.to_string(), "filemap:data@0.1.0");
    assert_eq!(resolve.packages[package].worlds.keys().collect::<Vec<_>>(), ["provider", "plugin"]);
}

/// The files in a folder and in those below it: their paths in it and their contents, sorted.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files.extend(self::files(&path).into_iter().map(|(rest, text)| (format!("{name}/{rest}"), text)));
        } else {
            files.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    files.sort();
    files
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    // The pipe is closed before anything is written, so that the first write fails.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = filemap().arg("wit").stdout(writer).stderr(Stdio::piped()).output().unwrap();
    outcome(&output).succeeds();
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(run_filemap(["--version"]).succeeds(), concat!("filemap ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn help_has_the_exit_codes() {
    let codes = ["Exit codes:", "1 host error;", "2 usage;", "134"];
    assert_contains(&run_filemap(["--help"]).succeeds(), &codes);
}

#[test]
fn an_unknown_command_is_a_usage_error() {
    assert_contains(&run_filemap(["walk"]).fails_with(2), &["'walk'", "Usage: filemap <COMMAND>"]);
}
