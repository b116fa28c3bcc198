//! `filemap component`: the portable component that the command contains.

use std::fs;

use tempfile::tempdir;
use wit_parser::Resolve;

use super::support::command::filemap;
use super::support::interface::Interface;
use super::support::programs::root;
use super::{assert_contains, run_filemap};

/// The maximum size of the portable component, in bytes.
const MAX_SIZE: usize = 390_000;

/// Returns the component that the command prints.
fn component() -> Vec<u8> {
    let output = filemap().args(["component", "--output", "-"]).output().unwrap();
    assert!(output.status.success());
    output.stdout
}

#[test]
fn the_component_is_smaller_than_its_maximum_size() {
    let size = component().len();
    assert!(size <= MAX_SIZE, "the component has {size} bytes");
}

#[test]
fn the_component_imports_files_and_streams_only() {
    let interface = Interface::of(&component());
    let mut imports: Vec<_> =
        interface.imports.iter().map(|(name, _)| without_version(name)).collect();
    imports.sort_unstable();
    // The other interfaces define types only: `wall-clock` the times of files, `error` and `poll`
    // types of streams.
    let types = ["wasi:clocks/wall-clock", "wasi:io/error", "wasi:io/poll"];
    imports.retain(|name| !types.contains(name));
    assert_eq!(imports, ["wasi:filesystem/preopens", "wasi:filesystem/types", "wasi:io/streams"]);
}

fn without_version(name: &str) -> &str {
    name.split('@').next().expect("`split` returns at least one part")
}

#[test]
fn the_component_imports_functions_of_wasi_0_2_0_only() {
    let mut resolve = Resolve::new();
    resolve.push_dir(root().join("wit")).unwrap();
    let functions_of = |name: &str| {
        let of_name = |id| resolve.id_of(id).is_some_and(|text| text == format!("{name}@0.2.0"));
        let (_, interface) = resolve
            .interfaces
            .iter()
            .find(|(id, _)| of_name(*id))
            .expect("WASI 0.2.0 has this interface");
        &interface.functions
    };
    for (name, functions) in Interface::of(&component()).imports {
        assert!(name.contains("@0.2."), "{name}");
        let known = functions_of(without_version(&name));
        let later: Vec<_> =
            functions.iter().filter(|function| !known.contains_key(*function)).collect();
        assert!(later.is_empty(), "{later:?} of {name}");
    }
}

#[test]
fn the_component_does_not_read_clocks() {
    let interface = Interface::of(&component());
    let clock =
        interface.imports.iter().find(|(name, _)| name.starts_with("wasi:clocks/")).unwrap();
    assert!(clock.1.is_empty(), "{clock:?}");
    let poll = interface.imports.iter().find(|(name, _)| name.starts_with("wasi:io/poll"));
    assert!(
        poll.is_none_or(|(_, functions)| functions.is_empty()),
        "the component does not wait for a clock: {poll:?}"
    );
}

#[test]
fn the_component_exports_all_interfaces_of_the_package() {
    let mut exports = Interface::of(&component()).exports;
    exports.sort_unstable();
    let expected = ["array", "bulk", "descriptors", "errors", "mapping", "store"];
    assert_eq!(exports, expected.map(|name| format!("filemap:data/{name}@0.1.0")));
}

#[test]
fn the_component_is_written_to_a_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("filemap.wasm");
    fs::write(&path, "the previous file").unwrap();
    let outcome = run_filemap(["component".as_ref(), "-o".as_ref(), path.as_os_str()]);
    assert_eq!(outcome.succeeds(), "");
    assert!(
        fs::read(&path).unwrap() == component(),
        "the file has the bytes that the command prints"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file remains");
}

#[test]
fn the_error_names_a_file_that_cannot_be_written() {
    let outcome = run_filemap(["component", "-o", "no/such/folder/x.wasm"]);
    assert_contains(
        &outcome.fails_with(1),
        &["failed to write `no/such/folder/x.wasm`: ", "No such file or directory"],
    );
}

#[test]
fn component_without_an_output_file_is_a_usage_error() {
    assert_contains(&run_filemap(["component"]).fails_with(2), &["--output <FILE>"]);
}
