//! The package `filemap-wasm` for programs in Python: its two wheels, its tests with both backends,
//! and its types.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::tempdir;

use super::python;
use super::support::command::{composed, filemap, succeeds};
use super::support::programs::{FILEMAP, example, package, package_program, program, root};
use super::tools::tool;

/// What each wheel contains of the package beside the interface, which the package's own tests
/// compare.
const FILES: [&str; 16] = [
    "filemap/__init__.py",
    "filemap/_backends.py",
    "filemap/_errors.py",
    "filemap/_plug.py",
    "filemap/_portable.py",
    "filemap/_run.py",
    "filemap/component.wasm",
    "filemap/dask/__init__.py",
    "filemap/dask/_chunks.py",
    "filemap/dask/_npy.py",
    "filemap/dask/_stores.py",
    "filemap/dask/_tasks.py",
    "filemap/dask/_windows.py",
    "filemap/keyvalue.wasm",
    "filemap/plug.wasm",
    "filemap/py.typed",
];

/// What each wheel contains of the packaging.
const DIST_INFO: [&str; 5] =
    ["METADATA", "RECORD", "WHEEL", "licenses/LICENSE-APACHE", "licenses/LICENSE-MIT"];

/// The name of a wheel before the platform. The package has the version of the workspace.
const NAME: &str = concat!("filemap_wasm-", env!("CARGO_PKG_VERSION"));

/// Returns the folder of the package's sources.
fn sources() -> PathBuf {
    root().join("bindings/python")
}

/// Returns the Python that has the package's tools.
fn tools_python() -> Command {
    Command::new(tool("python-host/bin/python"))
}

/// Returns `plug.wasm` as the wheels contain it.
pub(crate) fn plug_program() -> PathBuf {
    package("python-plug")
}

/// Runs the build of a wheel as a user does, who has cargo and nothing built. This cargo does not
/// build: it puts what cargo has built for this test where the real one would leave it, so that
/// Wasmtime is not built again.
#[track_caller]
fn build_by_cargo(build: &mut Command, folder: &Path) {
    let (programs, target) = (folder.join("programs"), folder.join("target"));
    let (cargo, calls) = (programs.join("cargo"), folder.join("calls.txt"));
    let plug = "wasm32-wasip2/component/python-plug.wasm";
    fs::create_dir(&programs).unwrap();
    fs::create_dir_all(target.join("release")).unwrap();
    fs::create_dir_all(target.join(plug).parent().unwrap()).unwrap();
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> '{calls}'\nln -sf '{FILEMAP}' '{target}/release/filemap'\n\
         ln -sf '{built}' '{target}/{plug}'\n",
        calls = calls.display(),
        target = target.display(),
        built = plug_program().display(),
    );
    fs::write(&cargo, script).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([programs].into_iter().chain(std::env::split_paths(&path)));
    build.env("PATH", path.unwrap()).env("CARGO_TARGET_DIR", &target);
    build.env_remove("FILEMAP_COMMAND").env_remove("FILEMAP_PLUG");
    succeeds(build);
    let expected = [
        "--package filemap-cli --release",
        "--package python-plug --target wasm32-wasip2 --profile component",
    ];
    let expected = expected
        .map(|options| format!("build --locked {options} --target-dir {}\n", target.display()));
    assert_eq!(fs::read_to_string(&calls).unwrap(), expected.concat());
}

/// A wheel, and an environment in which it is installed beside the tools.
struct Installed {
    folder: PathBuf,
    wheel: PathBuf,
    kind: &'static str,
}

impl Installed {
    /// Builds and installs the wheel of this kind, `native` or `portable`, from the command that
    /// cargo has built for this test: the native one as a user builds it.
    fn new(kind: &'static str) -> Self {
        // Not a temporary folder: all tests share it, so no test removes it at its end.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-host").join(kind);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        let wheels = folder.join("wheels");
        let mut build = tools_python();
        build.args(["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]);
        build.arg("--wheel-dir").arg(&wheels).arg(sources());
        build.env("FILEMAP_WHEEL", kind);
        if kind == "native" {
            build_by_cargo(&mut build, &folder);
        } else {
            build.env("FILEMAP_COMMAND", FILEMAP).env("FILEMAP_PLUG", plug_program());
            succeeds(&mut build);
        }
        let built: Vec<_> =
            fs::read_dir(&wheels).unwrap().map(|entry| entry.unwrap().path()).collect();
        let [wheel] = built.try_into().unwrap();

        let environment = folder.join("environment");
        succeeds(tools_python().args(["-m", "venv", "--without-pip"]).arg(&environment));
        let installed = Self { folder, wheel, kind };
        let site = "import site; print(site.getsitepackages()[0])";
        let tools = succeeds(tools_python().args(["-c", site]));
        let packages = succeeds(installed.python().args(["-c", site]));
        fs::write(Path::new(packages.trim()).join("tools.pth"), tools).unwrap();
        let mut pip = tools_python();
        pip.args(["-m", "pip", "--python"]).arg(installed.python().get_program());
        pip.args(["install", "--quiet", "--no-deps"]).arg(&installed.wheel);
        succeeds(&mut pip);
        installed
    }

    /// Returns the Python that has the package and the tools. Compiled code is kept where the
    /// command `filemap` keeps it in tests.
    fn python(&self) -> Command {
        let mut python = Command::new(self.folder.join("environment/bin/python"));
        for (name, value) in filemap().get_envs() {
            python.env(name, value.unwrap());
        }
        // Python must not write compiled code beside the sources of the tests.
        python.env("PYTHONDONTWRITEBYTECODE", "1");
        python
    }

    /// Returns the paths in the wheel, sorted, without the interface.
    fn wheel_files(&self) -> Vec<String> {
        let list =
            "import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep='\\n')";
        let names = succeeds(self.python().args(["-c", list]).arg(&self.wheel));
        let mut names: Vec<_> = names.lines().map(str::to_owned).collect();
        names.retain(|name| !name.starts_with("filemap/wit/"));
        names.sort();
        names
    }

    /// Runs the package's tests with the backend of this wheel.
    #[track_caller]
    fn run_tests(&self) {
        let plugins = self.folder.join("plugins");
        fs::create_dir(&plugins).unwrap();
        let terrain = example("terrain");
        fs::copy(&terrain, plugins.join("terrain.wasm")).unwrap();
        composed(&terrain, &plugins);
        for name in ["cluster", "command", "difference", "halve", "lock"] {
            fs::copy(program(name), plugins.join(name).with_extension("wasm")).unwrap();
        }
        fs::copy(python::difference(), plugins.join("difference-python.wasm")).unwrap();
        let mut pytest = self.python();
        pytest.args(["-m", "pytest", "-p", "no:cacheprovider", "--strict-markers"]);
        pytest.arg(sources().join("tests"));
        pytest.env("FILEMAP_TEST_BACKEND", self.kind);
        pytest.env("FILEMAP_TEST_PLUGINS", &plugins);
        pytest.env("FILEMAP_TEST_DEM", root().join("examples/terrain/data"));
        pytest.env("FILEMAP_COMMAND", FILEMAP);
        let report = succeeds(&mut pytest);
        let summary = report.lines().last().unwrap_or_default();
        assert!(summary.contains(" passed"), "{report}");
        for word in ["skipped", "xfailed", "warning"] {
            assert!(!summary.contains(word), "{report}");
        }
    }
}

/// Returns the native wheel, installed once for all tests.
fn native() -> &'static Installed {
    static NATIVE: OnceLock<Installed> = OnceLock::new();
    NATIVE.get_or_init(|| Installed::new("native"))
}

/// Returns the portable wheel, installed once for all tests.
fn portable() -> &'static Installed {
    static PORTABLE: OnceLock<Installed> = OnceLock::new();
    PORTABLE.get_or_init(|| Installed::new("portable"))
}

/// Returns a Python that has the portable wheel.
#[track_caller]
pub(crate) fn portable_python() -> Command {
    portable().python()
}

#[test]
fn the_tests_of_the_python_package_pass_natively() {
    native().run_tests();
}

#[test]
fn the_tests_of_the_python_package_pass_over_wasmtime_for_python() {
    portable().run_tests();
}

#[test]
fn a_cluster_of_two_processes_has_the_results_of_one() {
    let folder = tempdir().unwrap();
    let plugins = folder.path().join("plugins");
    fs::create_dir(&plugins).unwrap();
    for (package, name) in [
        ("cluster", "relief"),
        ("cluster", "nearest"),
        ("terrain", "terrain"),
        ("search", "search"),
    ] {
        let plugin = package_program(package, name);
        fs::copy(plugin, plugins.join(name).with_extension("wasm")).unwrap();
    }
    let mut cluster = native().python();
    cluster.arg(root().join("examples/cluster/cluster.py")).arg(&plugins).arg(folder.path());
    // Windows of different lengths; the example itself compares with one process.
    cluster.args(["--tiles", "2", "3", "--embeddings", "5003"]);
    let printed = succeeds(&mut cluster);
    let picture = folder.path().join("relief/relief.png");
    let end = format!(
        "picture and answers equal those of one process, byte for byte\npicture: {}\n",
        picture.display()
    );
    assert!(printed.ends_with(&end), "{printed}");
    let header =
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[0, 0, 4, 185, 0, 0, 2, 176]].concat();
    assert!(fs::read(picture).unwrap().starts_with(&header));
}

#[test]
fn the_wheels_contain_the_built_parts() {
    let files = FILES.map(str::to_owned).into_iter();
    let dist_info = DIST_INFO.map(|name| format!("{NAME}.dist-info/{name}"));
    let mut expected: Vec<_> = files.chain(dist_info).collect();
    expected.sort();
    assert_eq!(portable().wheel_files(), expected);
    expected.push(format!("{NAME}.data/scripts/filemap"));
    expected.sort();
    assert_eq!(native().wheel_files(), expected);

    let name = |installed: &Installed| {
        installed.wheel.file_name().and_then(OsStr::to_str).unwrap().to_owned()
    };
    assert_eq!(name(portable()), format!("{NAME}-py3-none-any.whl"));
    let native_name = name(native());
    let start = format!("{NAME}-py3-none-manylinux_2_");
    let end = format!("_{}.whl", std::env::consts::ARCH);
    assert!(native_name.starts_with(&start) && native_name.ends_with(&end), "{native_name}");

    let command = native().folder.join("environment/bin/filemap");
    assert!(fs::read(&command).unwrap() == fs::read(FILEMAP).unwrap());
    succeeds(Command::new(command).arg("--version"));
}

#[test]
fn mypy_accepts_the_package_and_finds_mistakes_in_its_use() {
    let folder = tempdir().unwrap();
    let mut mypy = tools_python();
    // The installed package, as a user's mypy sees it, and the sources, which it does not report.
    mypy.args(["-m", "mypy", "--strict", "--cache-dir"]).arg(folder.path());
    mypy.arg("--python-executable").arg(native().python().get_program());
    mypy.args(["tests", "examples", "hatch_build.py"]).current_dir(sources());
    assert!(succeeds(&mut mypy).starts_with("Success: no issues found in "));
    let mut mypy = tools_python();
    mypy.args(["-m", "mypy", "--strict", "--cache-dir"]).arg(folder.path());
    assert!(
        succeeds(mypy.arg("src").current_dir(sources()))
            .starts_with("Success: no issues found in ")
    );
}

#[test]
fn there_is_no_source_distribution() {
    let folder = tempdir().unwrap();
    let mut hatchling = tools_python();
    hatchling.args(["-m", "hatchling", "build", "--target", "sdist", "--directory"]);
    let output = hatchling.arg(folder.path()).current_dir(sources()).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(errors.contains("filemap-wasm has wheels only"), "{errors}");
}
