//! `filemap component` and `filemap wit`: what the command carries.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use tempfile::tempdir;
use wit_parser::{Resolve, SourceMap, WorldKey};

use super::support::interface::Interface;
use super::support::programs::root;
use super::{assert_contains, filemap, outcome, run_filemap};

/// The most that the portable component may have, in bytes.
const SIZE: usize = 361_000;

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
    let mut imports: Vec<_> =
        interface.imports.iter().map(|(name, _)| without_version(name)).collect();
    imports.sort_unstable();
    // The clock is there for the type of a file's times, and `error` and `poll` for those of
    // streams.
    let types = ["wasi:clocks/wall-clock", "wasi:io/error", "wasi:io/poll"];
    imports.retain(|name| !types.contains(name));
    assert_eq!(imports, ["wasi:filesystem/preopens", "wasi:filesystem/types", "wasi:io/streams"]);
}

fn without_version(name: &str) -> &str {
    name.split('@').next().expect("there is always a first part")
}

#[test]
fn the_component_needs_no_later_version_of_wasi_than_the_first() {
    let mut resolve = Resolve::new();
    resolve.push_dir(root().join("wit")).unwrap();
    let functions_of = |name: &str| {
        let of_name = |id| resolve.id_of(id).is_some_and(|text| text == format!("{name}@0.2.0"));
        let (_, interface) = resolve
            .interfaces
            .iter()
            .find(|(id, _)| of_name(*id))
            .expect("it is one of WASI 0.2.0");
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
fn the_component_cannot_ask_for_the_time() {
    let interface = Interface::of(&component());
    let clock =
        interface.imports.iter().find(|(name, _)| name.starts_with("wasi:clocks/")).unwrap();
    assert!(clock.1.is_empty(), "{clock:?}");
    let poll = interface.imports.iter().find(|(name, _)| name.starts_with("wasi:io/poll"));
    assert!(
        poll.is_none_or(|(_, functions)| functions.is_empty()),
        "it waits for no clock either: {poll:?}"
    );
}

#[test]
fn the_component_exports_the_package() {
    let mut exports = Interface::of(&component()).exports;
    exports.sort_unstable();
    let expected = ["array", "bulk", "descriptors", "errors", "mapping", "store"];
    assert_eq!(exports, expected.map(|name| format!("filemap:data/{name}@0.1.0")));
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
    for interface in ["errors", "store", "array", "mapping", "descriptors", "bulk"] {
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
    let written = files(&target);
    assert_eq!(written, files(&root().join("wit")));
    let names: Vec<_> = written.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, WIT);

    let mut resolve = Resolve::new();
    let (package, _) = resolve.push_dir(&target).expect("it is whole, the WASI packages with it");
    assert_eq!(resolve.packages[package].name.to_string(), "filemap:data@0.1.0");
}

/// The files of the package, and of what it uses of WASI.
const WIT: [&str; 18] = [
    "array.wit",
    "bulk.wit",
    "deps/cli/run.wit",
    "deps/clocks/monotonic-clock.wit",
    "deps/clocks/wall-clock.wit",
    "deps/clocks/world.wit",
    "deps/filesystem/preopens.wit",
    "deps/filesystem/types.wit",
    "deps/filesystem/world.wit",
    "deps/io/error.wit",
    "deps/io/poll.wit",
    "deps/io/streams.wit",
    "deps/io/world.wit",
    "descriptors.wit",
    "errors.wit",
    "mapping.wit",
    "store.wit",
    "world.wit",
];

mod the_world {
    use super::*;

    const WORLDS: [&str; 5] =
        ["provider", "plugin", "plugin-with-descriptors", "command", "command-with-descriptors"];

    /// What a world imports and exports, by the names of the interfaces. An interface that only
    /// another one uses is among them.
    fn world(name: &str) -> (Vec<String>, Vec<String>) {
        let folder = tempdir().unwrap();
        run_filemap(["wit".as_ref(), "-o".as_ref(), folder.path().as_os_str()]).succeeds();
        let mut resolve = Resolve::new();
        let (package, _) = resolve.push_dir(folder.path()).unwrap();
        let worlds = &resolve.packages[package].worlds;
        assert_eq!(worlds.keys().collect::<Vec<_>>(), WORLDS);
        let world = &resolve.worlds[worlds[name]];
        let names = |items: &mut dyn Iterator<Item = &WorldKey>| {
            let mut names: Vec<_> = items.map(|key| resolve.name_world_key(key)).collect();
            names.sort_unstable();
            names
        };
        (names(&mut world.imports.keys()), names(&mut world.exports.keys()))
    }

    fn ours(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| format!("filemap:data/{name}@0.1.0")).collect()
    }

    #[test]
    fn plugin_imports_nothing_of_wasi() {
        assert_eq!(world("plugin"), (ours(&["array", "errors", "mapping", "store"]), Vec::new()));
    }

    #[test]
    fn a_command_is_a_plugin_and_exports_run() {
        for (command, plugin) in
            [("command", "plugin"), ("command-with-descriptors", "plugin-with-descriptors")]
        {
            let (imports, exports) = world(command);
            assert_eq!(imports, world(plugin).0);
            assert_eq!(exports, ["wasi:cli/run@0.2.0"]);
        }
    }

    #[test]
    fn plugin_with_descriptors_imports_files_and_streams_too() {
        let (imports, exports) = world("plugin-with-descriptors");
        let (wasi, data): (Vec<_>, Vec<_>) =
            imports.into_iter().partition(|name| name.starts_with("wasi:"));
        assert_eq!(data, ours(&["array", "bulk", "descriptors", "errors", "mapping", "store"]));
        let used = ["clocks/wall-clock", "filesystem/types", "io/error", "io/poll", "io/streams"];
        assert_eq!(wasi, used.map(|name| format!("wasi:{name}@0.2.0")));
        assert_eq!(exports, Vec::<String>::new());
    }

    #[test]
    fn provider_exports_what_plugins_import() {
        let (imports, exports) = world("provider");
        assert!(
            imports.iter().all(|name| name.starts_with("wasi:") && name.ends_with("@0.2.0")),
            "{imports:?}"
        );
        let (plugin, _) = world("plugin-with-descriptors");
        let data: Vec<_> =
            plugin.into_iter().filter(|name| name.starts_with("filemap:data/")).collect();
        assert_eq!(exports, data);
    }
}

/// The files in a folder and in those below it: their paths in it and their contents, sorted.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files.extend(
                self::files(&path).into_iter().map(|(rest, text)| (format!("{name}/{rest}"), text)),
            );
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
    assert_eq!(
        run_filemap(["--version"]).succeeds(),
        concat!("filemap ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn help_has_the_exit_codes() {
    let codes = [
        "Exit codes:",
        "  1    the plugin failed, or filemap did",
        "  2    invalid",
        "  134  the plugin trapped",
    ];
    assert_contains(&run_filemap(["--help"]).succeeds(), &codes);
}

#[test]
fn an_unknown_command_is_a_usage_error() {
    assert_contains(&run_filemap(["walk"]).fails_with(2), &["'walk'", "Usage: filemap <COMMAND>"]);
}
