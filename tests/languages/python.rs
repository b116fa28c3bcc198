//! Plugins in Python, which componentize-py builds: one with the bindings alone, and those of the
//! package `filemap-plugin`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use tempfile::{TempDir, tempdir};

use super::support::command::{composed, filemap, succeeds};
use super::support::files::file_contents;
use super::support::programs::{example, root};
use super::support::python;
use super::tools::{self, source, tool};
use super::{check_imports, check_plugin, example_run};

/// The WASI packages that the runtime of Python imports.
const WASI: [&str; 6] = ["cli", "clocks", "filesystem", "io", "random", "sockets"];

/// The package for plugins, below the root of the repository.
const PACKAGE: &str = "bindings/python-plugin";

#[test]
fn a_plugin_in_python_runs_under_both_providers() {
    let sources = ["python/app.py", "python/requirements.txt"];
    let plugin = tools::plugin("app", &sources, |folder| {
        let mut build = Command::new(tool("python/bin/componentize-py"));
        build.current_dir(folder).args(["--wit-path", "wit", "--world", "command", "componentize"]);
        build.args(["app", "--output", "plugin.wasm"]);
        succeeds(&mut build);
    });
    check_imports(&plugin, &WASI);
    check_plugin(&plugin);
}

#[test]
fn lines_of_python_give_what_they_give_with_numpy_and_zict() {
    let numpy = tempdir().unwrap();
    let path = |name: &str| format!("tests/languages/python/parity/{name}.py");
    python::python(&path("parity"), [numpy.path()]);
    let folder = tempdir().unwrap();
    for plugin in both(&runner(), folder.path()) {
        let work = tempdir().unwrap();
        succeeds(run_script(&plugin, work.path()).args(["scripts/parity/parity.py", "work"]));
        let compared = python::python(&path("judge"), [numpy.path(), work.path()]);
        assert!(compared.starts_with("compared 1"), "{compared}");
    }
}

#[test]
fn what_one_call_cannot_move_is_moved_in_pieces() {
    let work = tempdir().unwrap();
    let printed = succeeds(run_script(&runner(), work.path()).arg("scripts/pieces.py"));
    assert_eq!(printed, "ValueError closed\n");
}

#[test]
fn a_program_gets_its_arguments_and_variables_and_ends_as_in_python() {
    let plugin = runner();
    let traceback = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(text.starts_with("Traceback (most recent call last):\n"), "{text}");
        text
    };
    let output = ending(&plugin, "error", 1);
    let text = traceback(&output);
    // The line of the script, and the message.
    assert!(text.contains("scripts/endings.py\", line 10, in fails"), "{text}");
    assert!(text.contains("File(\"work/missing\", create=False)\n"), "{text}");
    let message = "cannot open the directory `work/missing`: there is no such file or directory\n";
    assert!(text.contains("\nfilemap_plugin.FileNotFoundError: [Errno "), "{text}");
    assert!(text.ends_with(message), "{text}");

    let output = ending(&plugin, "code", 0);
    let printed = "['code', 'more'] red\nnot-found FileNotFoundError\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), printed);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");

    assert_eq!(ending(&plugin, "number", 1).stderr, b"");
    assert_eq!(ending(&plugin, "text", 1).stderr, b"no good\n");
    assert_eq!(ending(&plugin, "zero", 0).stderr, b"");

    let text = traceback(&ending(&plugin, "import", 1));
    assert!(text.contains("ModuleNotFoundError: No module named 'tomllib'\n"), "{text}");
    assert!(text.ends_with("import at the top of the file\n"), "{text}");
}

/// Runs the script `endings.py`, and checks the exit code.
#[track_caller]
fn ending(plugin: &Path, ending: &str, code: i32) -> Output {
    let work = tempdir().unwrap();
    let mut run = run_script(plugin, work.path());
    let output = run.args(["scripts/endings.py", ending, "more"]).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{ending}: {output:?}");
    output
}

/// Returns the example `terrain` in Python.
#[track_caller]
pub(crate) fn terrain() -> PathBuf {
    package_plugin("terrain", "../../examples/terrain/python/terrain.py")
}

/// Returns the example of a plugin whose work is divided into rows.
#[track_caller]
pub(crate) fn difference() -> PathBuf {
    package_plugin("difference", "../../bindings/python-plugin/examples/difference.py")
}

#[test]
fn the_example_imports_no_more_than_the_runtime_of_python() {
    check_imports(&terrain(), &WASI);
}

#[test]
fn a_program_whose_reader_has_gone_ends_without_a_word() {
    let work = tempdir().unwrap();
    let mut run = run_script(&runner(), work.path());
    run.args(["scripts/endings.py", "print"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = run.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(141), "{output:?}");
    assert_eq!(output.stderr, b"");
}

#[test]
fn the_script_with_numpy_and_zict_leaves_the_files_of_the_plugin() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("expected")).unwrap();
    let (plugin, model) = (example("terrain"), example_run::model());
    succeeds(&mut example_run::filemap_run(&[], &plugin, &model, &path("expected")));

    // The path of the model is a part of the results.
    symlink(model, path("dem")).unwrap();
    let mut plain = Command::new(python::path());
    plain.current_dir(folder.path()).arg("-B").arg(root().join("bench/languages/plain.py"));
    succeeds(plain.args(["dem/jacksboro.npy", "results"]));
    assert!(file_contents(&path("results")) == file_contents(&path("expected")));
}

#[test]
fn the_package_has_the_interface_and_leaves_nothing_in_the_sources() {
    let before = files(&root().join(PACKAGE));
    let folder = tempdir().unwrap();
    let mut build = Command::new(tool("python/bin/python"));
    build.args(["-m", "hatchling", "build", "--directory"]).arg(folder.path());
    succeeds(build.current_dir(root().join(PACKAGE)));
    assert_eq!(files(&root().join(PACKAGE)), before);

    // The wheel that pip makes of the source distribution, without the repository beside it.
    let name = concat!("filemap_plugin-", env!("CARGO_PKG_VERSION"), ".tar.gz");
    let archive = folder.path().join(name);
    let installed = install(&archive);
    let wit = installed.path().join("lib/site-packages/filemap_plugin/wit/deps");
    let expected = file_contents(&root().join("wit"));
    let mut count = 0;
    for (name, content) in &expected {
        let packaged = name
            .strip_prefix("deps/")
            .map_or_else(|| wit.join("filemap").join(name), |dependency| wit.join(dependency));
        assert!(fs::read(&packaged).unwrap() == *content, "`{}` differs", packaged.display());
        count += 1;
    }
    assert_eq!(count, file_contents(&wit).len());
}

#[test]
fn mypy_accepts_the_package_and_the_programs() {
    let folder = tempdir().unwrap();
    let bindings = folder.path().join("bindings");
    let mut generate = Command::new(tool("python/bin/componentize-py"));
    let wit = folder.path().join("wit");
    succeeds(filemap().args(["wit", "--output"]).arg(&wit));
    generate.arg("--wit-path").arg(&wit).args(["--world", "command", "bindings"]);
    succeeds(generate.arg(&bindings));
    let mut mypy = Command::new(tool("python/bin/python"));
    mypy.args(["-m", "mypy", "--strict", "--python-version", "3.14", "--cache-dir"]);
    mypy.arg(folder.path().join("cache"));
    mypy.args(["--package", "filemap_plugin", "--module", "terrain"]);
    mypy.args(["--module", "table", "--module", "runner", "--module", "pieces"]);
    let paths = [
        bindings,
        root().join(PACKAGE),
        root().join(PACKAGE).join("examples"),
        root().join("examples/terrain/python"),
        source("python"),
        source("python/parity"),
    ];
    mypy.env("MYPYPATH", std::env::join_paths(paths).unwrap()).current_dir(folder.path());
    assert!(succeeds(&mut mypy).starts_with("Success: no issues found in "));

    // It finds the mistakes in this module, in the lines that say so.
    let wrong = include_str!("python/wrong.py").lines().enumerate();
    let wrong = wrong.filter(|(_, line)| line.ends_with("# wrong"));
    let expected: Vec<usize> = wrong.map(|(number, _)| number + 1).collect();
    let output = mypy.arg("--module").arg("wrong").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = text.lines().filter(|line| line.contains(": error: "));
    let places = errors.filter_map(|line| line.split_once("wrong.py:")?.1.split(':').next());
    let found: Vec<usize> = places.map(|number| number.parse().unwrap()).collect();
    assert_eq!(found, expected, "{text}");
}

/// Returns a plugin, and the same composed with the portable component in `folder`.
fn both(plugin: &Path, folder: &Path) -> [PathBuf; 2] {
    [plugin.to_owned(), composed(plugin, folder)]
}

/// Returns the names of all files of a folder, except those that mypy and Python keep there.
fn files(folder: &Path) -> Vec<String> {
    let names = file_contents(folder).into_keys();
    names.filter(|name| !name.contains(".mypy_cache") && !name.contains("__pycache__")).collect()
}

/// Returns the plugin that runs scripts.
fn runner() -> PathBuf {
    package_plugin("runner", "python/parity/runner.py")
}

/// Returns a command that runs the script which its arguments name, below `scripts`, with the
/// directory `work`.
fn run_script(plugin: &Path, work: &Path) -> Command {
    let mut run = filemap();
    run.args(["run", "--env", "COLOUR=red", "--dir", &format!("{}::work", work.display())]);
    run.args(["--dir-ro", &format!("{}::scripts", source("python").display())]).arg(plugin);
    run
}

/// Returns the plugin of a module that uses the package, by componentize-py without options.
#[track_caller]
fn package_plugin(name: &str, module: &str) -> PathBuf {
    /// One build at a time: the tests share plugins.
    static BUILDING: Mutex<()> = Mutex::new(());
    let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let package = file_contents(&root().join(PACKAGE).join("filemap_plugin"));
    let sources = package.iter().filter(|(name, _)| !name.contains("__pycache__"));
    let texts: String = sources.map(|(_, text)| String::from_utf8_lossy(text)).collect();
    tools::plugin_of(name, &[module, "python/requirements.txt"], &texts, |folder| {
        static INSTALLED: OnceLock<TempDir> = OnceLock::new();
        let environment = INSTALLED.get_or_init(|| install(&root().join(PACKAGE)));
        // A folder `wit` would be found without the package.
        fs::remove_dir_all(folder.join("wit")).unwrap();
        let mut build = Command::new(tool("python/bin/componentize-py"));
        build.current_dir(folder).env("VIRTUAL_ENV", environment.path());
        succeeds(build.args(["componentize", name, "-o", "plugin.wasm"]));
    })
}

/// Installs the package by pip into a new environment.
#[track_caller]
fn install(package: &Path) -> TempDir {
    let folder = tempdir().unwrap();
    let mut pip = Command::new(tool("python/bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    // The build backend is installed already.
    pip.args(["--no-deps", "--no-index", "--no-build-isolation", "--target"]);
    succeeds(pip.arg(folder.path().join("lib/site-packages")).arg(package));
    folder
}
