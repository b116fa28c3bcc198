//! `filemap wit`: the WIT package that the command contains, and the worlds in it.

use tempfile::tempdir;
use wit_parser::{Resolve, SourceMap, WorldKey};

use super::run_filemap;
use super::support::files::file_contents;
use super::support::programs::root;

#[test]
fn wit_prints_the_package_in_one_text() {
    let text = run_filemap(["wit"]).succeeds();
    assert_eq!(text.matches("package filemap:data@0.1.0;").count(), 1);
    for interface in ["errors", "store", "array", "mapping", "descriptors", "bulk"] {
        assert_eq!(text.matches(&format!("\ninterface {interface} {{")).count(), 1, "{interface}");
    }

    let mut source = SourceMap::new();
    source.push("printed.wit".as_ref(), text);
    let group = source.parse().map_err(|(_, error)| error).expect("the text is valid WIT");
    assert_eq!(group.main.name.to_string(), "filemap:data@0.1.0");
}

#[test]
fn wit_writes_the_files_of_the_repository() {
    let folder = tempdir().unwrap();
    let target = folder.path().join("new/wit");
    let outcome = run_filemap(["wit".as_ref(), "-o".as_ref(), target.as_os_str()]);
    assert_eq!(outcome.succeeds(), "");
    let written = file_contents(&target);
    assert_eq!(written.keys().collect::<Vec<_>>(), FILES);
    assert!(written == file_contents(&root().join("wit")), "the files have the same contents");

    let mut resolve = Resolve::new();
    let (package, _) = resolve.push_dir(&target).expect("the files include the WASI packages");
    assert_eq!(resolve.packages[package].name.to_string(), "filemap:data@0.1.0");
}

/// The files of the package and of the WASI packages that it uses.
const FILES: [&str; 18] = [
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

mod world {
    use super::*;

    const WORLDS: [&str; 5] =
        ["provider", "plugin", "plugin-with-descriptors", "command", "command-with-descriptors"];

    /// Returns the names of the interfaces that a world imports and exports. Interfaces that it
    /// imports only because another one uses them are included.
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

    /// Returns the full names of interfaces of filemap's package.
    fn ours(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| format!("filemap:data/{name}@0.1.0")).collect()
    }

    #[test]
    fn plugin_imports_no_interface_of_wasi() {
        assert_eq!(world("plugin"), (ours(&["array", "errors", "mapping", "store"]), Vec::new()));
    }

    #[test]
    fn command_is_a_plugin_that_exports_run() {
        for (command, plugin) in
            [("command", "plugin"), ("command-with-descriptors", "plugin-with-descriptors")]
        {
            let (imports, exports) = world(command);
            assert_eq!(imports, world(plugin).0);
            assert_eq!(exports, ["wasi:cli/run@0.2.0"]);
        }
    }

    #[test]
    fn plugin_with_descriptors_also_imports_files_and_streams() {
        let (imports, exports) = world("plugin-with-descriptors");
        let (wasi, data): (Vec<_>, Vec<_>) =
            imports.into_iter().partition(|name| name.starts_with("wasi:"));
        assert_eq!(data, ours(&["array", "bulk", "descriptors", "errors", "mapping", "store"]));
        let used = ["clocks/wall-clock", "filesystem/types", "io/error", "io/poll", "io/streams"];
        assert_eq!(wasi, used.map(|name| format!("wasi:{name}@0.2.0")));
        assert_eq!(exports, Vec::<String>::new());
    }

    #[test]
    fn provider_exports_all_interfaces_that_plugins_import() {
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
