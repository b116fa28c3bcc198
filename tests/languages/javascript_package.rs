//! The package for plugins in JavaScript and TypeScript, `bindings/js-plugin`.
//!
//! One plugin has the tests of every method and the example `terrain`, because a component with
//! `StarlingMonkey` takes long to build and to compile. The tests that need no such component use
//! `QuickJS`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::tempdir;

use super::example_run::{filemap_run as filemap_run_terrain, model};
use super::support::command::{composed, succeeds};
use super::support::files::file_contents;
use super::support::programs::{example, root};
use super::support::python::python;
use super::tools::{built, source, tool};
use super::{check_imports, filemap_run};

#[path = "javascript_package/endings.rs"]
mod endings;
#[path = "javascript_package/package.rs"]
mod package;

/// The folder with the package, as npm would install it from the file that `npm pack` makes.
static PACKAGE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages/package");
    let package = folder.join("node_modules/filemap-plugin");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&package).unwrap();
    let mut pack = Command::new("npm");
    pack.args(["pack", "--silent", "--pack-destination"]).arg(&folder);
    let file = succeeds(pack.current_dir(root().join("bindings/js-plugin")));
    let mut extract = Command::new("tar");
    extract.args(["--strip-components=1", "-xzf"]).arg(folder.join(file.trim_end()));
    succeeds(extract.arg("-C").arg(&package));
    // Node looks for the packages that this one depends on in every folder above it.
    symlink(
        tool("javascript/node_modules"),
        folder.join("node_modules/filemap-plugin/node_modules"),
    )
    .unwrap();
    package
});

/// Returns the command `filemap-plugin build`, run in `folder`.
fn build_command(folder: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(PACKAGE.join("bin/filemap-plugin.js")).arg("build").current_dir(folder);
    command
}

/// Returns the plugin that the package builds from `entry`, a file of the repository, which imports
/// files of these folders.
fn package_plugin(name: &str, entry: &str, engine: &str) -> PathBuf {
    let mut inputs = format!("{entry} {engine}");
    for folder in ["bin", "build", "program", "src", "wit"] {
        inputs += &text_of(&PACKAGE.join(folder));
    }
    for folder in [source("javascript/suite"), root().join("examples/terrain/javascript")] {
        inputs += &text_of(&folder);
    }
    inputs += &fs::read_to_string(source("javascript/package-lock.json")).unwrap();
    built(name, &inputs, |folder| {
        let mut build = build_command(folder);
        build.arg(root().join(entry)).args(["-o", "plugin.wasm", "--engine", engine]);
        succeeds(&mut build);
    })
}

/// Returns the names and the contents of all files below a folder.
fn text_of(folder: &Path) -> String {
    let files = file_contents(folder).into_iter();
    files.map(|(name, content)| name + "\n" + &String::from_utf8_lossy(&content)).collect()
}

/// The plugin with the suite and the example, with the engine `StarlingMonkey`.
static STARLINGMONKEY: LazyLock<PathBuf> = LazyLock::new(|| {
    package_plugin("all", "tests/languages/javascript/suite/all.ts", "starlingmonkey")
});

/// The plugin with the suite, with the engine `QuickJS`.
static QUICKJS: LazyLock<PathBuf> =
    LazyLock::new(|| package_plugin("main", "tests/languages/javascript/suite/main.ts", "quickjs"));

/// The example `terrain`, with the engine `QuickJS`.
static TERRAIN: LazyLock<PathBuf> = LazyLock::new(|| {
    package_plugin("terrain-in-quickjs", "examples/terrain/javascript/terrain.js", "quickjs")
});

/// Returns the example `terrain`, with the engine `QuickJS`.
#[track_caller]
pub(crate) fn terrain_in_quickjs() -> PathBuf {
    TERRAIN.clone()
}

/// Runs all tests of the suite under both providers, and checks with Python the files that they
/// leave.
#[track_caller]
fn check_suite(plugin: &Path) {
    check_imports(plugin, &["cli", "clocks", "filesystem", "io", "random"]);
    let main = fs::read_to_string(source("javascript/suite/main.ts")).unwrap();
    let names = main.lines().filter_map(|line| {
        let (name, function) = line.trim().strip_prefix('\'')?.split_once("': ")?;
        function.starts_with(['f', 'm']).then_some(name)
    });
    let expected: String = names.map(|name| ["ok ", name, "\n"].concat()).collect();
    assert_eq!(expected.lines().count(), 12, "{expected}");

    let folder = tempdir().unwrap();
    for plugin in [plugin.to_owned(), composed(plugin, folder.path())] {
        let work = tempdir().unwrap();
        assert_eq!(succeeds(&mut filemap_run(&plugin, work.path())), expected);
        python("tests/languages/javascript/suite/check.py", [work.path()]);
    }
}

#[test]
fn every_method_works_in_starlingmonkey_under_both_providers() {
    check_suite(&STARLINGMONKEY);
}

#[test]
fn every_method_works_in_quickjs_under_both_providers() {
    check_suite(&QUICKJS);
}

/// What two runs of the example print, and the files that they leave.
#[derive(Debug, PartialEq)]
struct Terrain {
    first: String,
    second: String,
    files: BTreeMap<String, Vec<u8>>,
}

/// Runs the example twice. `command` gets the folder of the results.
fn terrain(command: impl Fn(&Path) -> Command) -> Terrain {
    let results = tempdir().unwrap();
    let [first, second] = [(); 2].map(|()| succeeds(&mut command(results.path())));
    Terrain { first, second, files: file_contents(results.path()) }
}

/// Runs the example as a plugin, natively and composed with the portable component.
fn terrains(plugin: &Path) -> [Terrain; 2] {
    let folder = tempdir().unwrap();
    [plugin.to_owned(), composed(plugin, folder.path())].map(|plugin| {
        let options = ["--env", "PROGRAM=terrain"];
        terrain(|results| filemap_run_terrain(&options, &plugin, &model(), results))
    })
}

#[test]
fn the_example_leaves_the_same_bytes_as_the_one_in_rust() {
    let expected = terrains(&example("terrain"));
    assert_eq!(
        expected[0].files.keys().collect::<Vec<_>>(),
        ["hillshade.png#0", "slope#1", "stats.json#2"]
    );
    assert_eq!(terrains(&STARLINGMONKEY), expected);
    assert_eq!(terrains(&TERRAIN), expected);
}

#[test]
fn the_plain_counterpart_of_the_example_leaves_the_same_bytes() {
    let [expected, _] = terrains(&example("terrain"));
    let plain = terrain(|results| {
        let mut node = Command::new("node");
        node.arg(root().join("bench/languages/plain.mjs"));
        node.arg(root().join("examples/terrain/data/jacksboro.npy")).arg(results);
        node
    });
    assert_eq!(plain.files.len(), 3);
    for (name, content) in plain.files {
        // The path of the model is a part of the statistics.
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).lines().skip(2).map(str::to_owned).collect::<Vec<_>>()
        };
        match name.as_str() {
            "stats.json#2" => assert_eq!(text(&content), text(&expected.files[&name])),
            _ => assert!(content == expected.files[&name], "{name}"),
        }
    }
    assert!(plain.second.contains("results  found in the store"), "{}", plain.second);
}
