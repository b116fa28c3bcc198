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

use super::support::command::{composed, filemap, succeeds};
use super::support::files::file_contents;
use super::support::programs::{example, root};
use super::support::python::python;
use super::tools::{built, source, tool};
use super::{check_imports, filemap_run};

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
    let expected: String = names.map(|name| format!("ok {name}\n")).collect();
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
        terrain(|results| {
            let mut command = filemap();
            let model = root().join("examples/terrain/data");
            command.args(["run", "--env", "PROGRAM=terrain"]);
            command.args(["--dir-ro", &format!("{}::dem", model.display())]);
            command.args(["--dir", &format!("{}::results", results.display())]).arg(&plugin);
            command
        })
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
    let program = "examples/terrain/javascript/terrain.js";
    assert_eq!(terrains(&package_plugin("terrain", program, "quickjs")), expected);
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

/// Checks how the program of the suite ends under both engines: its exit code, its output and its
/// errors, in which `...` stands for the rest of the line.
#[track_caller]
fn check_ending(arguments: &[&str], expected: (i32, &str, &str)) {
    for plugin in [&*STARLINGMONKEY, &*QUICKJS] {
        check_ending_of(plugin, arguments, expected);
    }
}

#[track_caller]
fn check_ending_of(plugin: &Path, arguments: &[&str], (code, stdout, stderr): (i32, &str, &str)) {
    let work = tempdir().unwrap();
    let mut command = filemap();
    command.args(["run", "--env", "NAME=value"]);
    command.args(["--dir", &format!("{}::work", work.path().display())]);
    let output = command.arg(plugin).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_owned()).unwrap();
    let ended = (output.status.code(), text(&output.stdout), text(&output.stderr));
    assert_eq!(ended, (Some(code), stdout.to_owned(), stderr.to_owned()), "{}", plugin.display());
}

#[test]
fn a_program_has_arguments_and_an_environment() {
    check_ending(&["environment", "a", "b c"], (0, "environment a b c value undefined\n", ""));
}

#[test]
fn an_error_that_nothing_catches_is_printed_with_its_stack() {
    let missing = "FilemapError [not-found]: cannot open the directory `work/missing`: there is no \
                   such file or directory\n    at File (filemap-plugin/src/file.js:";
    for plugin in [&*STARLINGMONKEY, &*QUICKJS] {
        let work = tempdir().unwrap();
        for (name, first) in [
            ("error", "Uncaught "),
            ("cause", "Uncaught RangeError: cannot start\n    at cause (main.ts:"),
        ] {
            let output = filemap_run(plugin, work.path()).arg(name).output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1));
            assert!(stderr.starts_with(first) && stderr.contains(missing), "{stderr}");
            assert!(stderr.contains(&format!("\n    at {name} (main.ts:")), "{stderr}");
        }
    }
    check_ending(&["text"], (1, "", "Uncaught a text\n"));
}

#[test]
fn a_program_ends_with_its_exit_code() {
    check_ending(&["failure"], (1, "", ""));
    check_ending(&["success"], (0, "", "the last words\n"));
}

#[test]
fn promises_run_in_starlingmonkey_and_are_errors_in_quickjs() {
    check_ending_of(&STARLINGMONKEY, &["promise"], (0, "later\n", ""));
    let work = tempdir().unwrap();
    let output = filemap_run(&QUICKJS, work.path()).arg("promise").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.starts_with("Uncaught Error: QuickJS runs no promises"), "{stderr}");
}

#[test]
fn the_types_accept_right_programs_and_refuse_wrong_ones() {
    let folder = PACKAGE.parent().unwrap().parent().unwrap();
    let sources = folder.join("types");
    let mut copy = Command::new("cp");
    succeeds(copy.arg("-r").arg(source("javascript/suite")).arg(&sources));
    let mut check = Command::new("node");
    check.arg(tool("javascript/node_modules/typescript/bin/tsc")).current_dir(&sources);
    check.args(["--strict", "--noEmit", "--target", "es2024", "--module", "preserve"]);
    check.args(["--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"]);
    check.args(["--allowImportingTsExtensions", "main.ts", "types.ts"]);
    succeeds(&mut check);

    // Each line that must be an error is one: without the comments, there are as many errors.
    let types = fs::read_to_string(sources.join("types.ts")).unwrap();
    fs::write(sources.join("types.ts"), types.replace("// @ts-expect-error", "//")).unwrap();
    let errors = check.output().unwrap();
    let errors = String::from_utf8(errors.stdout).unwrap();
    let count = errors.lines().filter(|line| line.starts_with("types.ts(")).count();
    assert_eq!(count, types.matches("// @ts-expect-error").count(), "{errors}");
    assert!(count > 20, "{errors}");
}

/// Checks that a program is not built, and why.
#[track_caller]
fn check_refused(arguments: &[&str], files: &[(&str, &str)], code: i32, message: &str) {
    let folder = tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let output = build_command(folder.path()).args(arguments).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
    assert!(!folder.path().join("app.wasm").exists());
}

#[test]
fn the_command_says_why_it_builds_nothing() {
    check_refused(&[], &[], 2, "the command is `build` with one PROGRAM");
    check_refused(&["a.js", "b.js"], &[], 2, "the command is `build` with one PROGRAM");
    check_refused(&["app.py"], &[], 2, "`app.py` must be a module");
    check_refused(&["app.js", "--fast"], &[], 2, "'--fast'");
    check_refused(&["app.js", "-e", "v8"], &[], 2, "the engine must be starlingmonkey or quickjs");
    check_refused(&["app.js"], &[], 1, "no such file or directory");
    let check = |program, message| check_refused(&["app.js"], &[("app.js", program)], 1, message);
    check("import fs from 'node:fs'; fs.readFileSync('x');", "A plugin has no modules of Node");
    check("import { x } from './missing.js'; x();", "./missing.js");
    check("let = ;", "app.js");
    check("import { Files } from 'filemap-plugin'; new Files();", "Files");
    let waits = ("app.js", "\nconst f = async () => 1;\nawait f();");
    check_refused(&["app.js", "-e", "quickjs"], &[waits], 1, "app.js:3: QuickJS runs no promises");
}

#[test]
fn the_package_has_what_it_needs_and_depends_on_the_versions_that_are_tested() {
    let names = file_contents_of_package();
    for name in [
        "package.json",
        "LICENSE-MIT",
        "wit/world.wit",
        "wit/deps/io/streams.wit",
        "src/index.d.ts",
    ] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
    assert!(!names.iter().any(|name| name.starts_with("test")), "{names:?}");
    let json = |path: PathBuf| -> serde_json::Value {
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    };
    let package = json(PACKAGE.join("package.json"));
    for (name, version) in package["dependencies"].as_object().unwrap() {
        let installed = json(tool(&format!("javascript/node_modules/{name}/package.json")));
        assert_eq!(installed["version"], *version, "{name}");
    }
}

/// Returns the names of the files of the package.
fn file_contents_of_package() -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(&*PACKAGE).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name == "node_modules" {
            continue;
        }
        if entry.path().is_dir() {
            names.extend(
                file_contents(&entry.path()).into_keys().map(|file| format!("{name}/{file}")),
            );
        } else {
            names.push(name);
        }
    }
    names
}
