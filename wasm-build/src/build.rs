//! Builds packages of a workspace for [`TARGET`].

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use super::dep_info;
use super::names::without_names;
use super::toolchain::{self, Missing, TARGET};

/// The workspace's profile for components.
const PROFILE: &str = "component";

/// A linker flag for short forms of calls and addresses. By default they have the longest form, so
/// that a later link step can patch them. Here is none, and the flag saves the portable component
/// 30 KB.
const LINKER: &str = "--compress-relocations";

/// A build of one package in the profile `component`.
///
/// ```no_run
/// let artifacts = wasm_build::Build::new("..", "filemap", "../target/wasm").lib().run()?;
/// wasm_build::print_rerun(&artifacts.sources);
/// # Ok::<(), wasm_build::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Build {
    root: PathBuf,
    package: String,
    target_dir: PathBuf,
    features: Vec<String>,
    lib: bool,
    bins: Vec<String>,
    names: bool,
    simd: bool,
}

/// The results of a [`Build`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifacts {
    /// The components: the library first, then the programs in the order of the calls of
    /// [`Build::bin`].
    pub wasm: Vec<PathBuf>,
    /// The files that the components depend on: sources, manifests, the lock file.
    pub sources: Vec<PathBuf>,
}

impl Build {
    /// Returns a build of `package`, a member of the workspace in the folder `root`.
    ///
    /// A build script must not pass the target directory of its own build. Cargo keeps that one
    /// locked until the script ends, so both would wait forever.
    pub fn new(
        root: impl Into<PathBuf>,
        package: impl Into<String>,
        target_dir: impl Into<PathBuf>,
    ) -> Self {
        Self {
            root: root.into(),
            package: package.into(),
            target_dir: target_dir.into(),
            features: Vec::new(),
            lib: false,
            bins: Vec::new(),
            names: false,
            simd: false,
        }
    }

    /// Builds the package's library, a `cdylib` with cargo's default name.
    #[must_use]
    pub fn lib(mut self) -> Self {
        self.lib = true;
        self
    }

    /// Builds the program `name`. Can be called for several programs.
    #[must_use]
    pub fn bin(mut self, name: impl Into<String>) -> Self {
        self.bins.push(name.into());
        self
    }

    /// Enables features of the package.
    #[must_use]
    pub fn features<S: Into<String>>(mut self, features: impl IntoIterator<Item = S>) -> Self {
        self.features.extend(features.into_iter().map(Into::into));
        self
    }

    /// Keeps the names of functions in the components, for analysis. Such a build needs its own
    /// target directory, because its components have the same file names as others.
    #[must_use]
    pub fn keep_names(mut self) -> Self {
        self.names = true;
        self
    }

    /// Lets the compiler use vector instructions, which all hosts of components have.
    #[must_use]
    pub fn simd(mut self) -> Self {
        self.simd = true;
        self
    }

    /// Runs cargo. Its messages go to standard error, because the outer cargo reads the standard
    /// output of a build script.
    ///
    /// # Errors
    ///
    /// Fails if no toolchain has the target, if cargo fails, or if its result is missing.
    pub fn run(&self) -> Result<Artifacts, Error> {
        let mut command = toolchain::cargo(toolchain::find().map_err(Error::Missing)?);
        command.args([
            "build",
            "--locked",
            "--profile",
            PROFILE,
            "--target",
            TARGET,
            "--package",
            &self.package,
        ]);
        command.arg("--manifest-path").arg(self.root.join("Cargo.toml"));
        command.arg("--target-dir").arg(&self.target_dir);
        // A separate profile would change the code: cargo hashes the profile into the names of
        // symbols, and the names decide the order of functions.
        let strip = if self.names { ", '-Cstrip=debuginfo'" } else { "" };
        let simd = if self.simd { ", '-Ctarget-feature=+simd128'" } else { "" };
        let flags = format!("['-Clink-arg={LINKER}'{strip}{simd}]");
        command.args(["--config", &format!("target.{TARGET}.rustflags = {flags}")]);
        if !self.features.is_empty() {
            command.args(["--features", &self.features.join(",")]);
        }
        if self.lib {
            command.arg("--lib");
        }
        for bin in &self.bins {
            command.args(["--bin", bin]);
        }
        let status = command.stdout(Stdio::null()).status().map_err(Error::Start)?;
        if !status.success() {
            return Err(Error::Failed { package: self.package.clone(), status });
        }
        self.artifacts()
    }

    /// Returns the files that cargo has built, and the sources that their dep-info files name.
    fn artifacts(&self) -> Result<Artifacts, Error> {
        let folder = self.target_dir.join(TARGET).join(PROFILE);
        let lib = self.lib.then(|| self.package.replace('-', "_"));
        let wasm: Vec<_> =
            lib.iter().chain(&self.bins).map(|name| folder.join(format!("{name}.wasm"))).collect();
        let mut sources =
            BTreeSet::from([self.root.join("Cargo.toml"), self.root.join("Cargo.lock")]);
        for path in &wasm {
            if !path.is_file() {
                return Err(Error::NotFound(path.clone()));
            }
            let dep_info = path.with_extension("d");
            let text = std::fs::read_to_string(&dep_info)
                .map_err(|error| Error::DepInfo(dep_info, error))?;
            for source in dep_info::sources(&text) {
                sources.extend(manifest_of(&source));
                sources.insert(source);
            }
        }
        Ok(Artifacts { wasm, sources: sources.into_iter().collect() })
    }
}

/// Returns the manifest of the package that a source file belongs to. Dep-info does not name
/// manifests.
fn manifest_of(source: &Path) -> Option<PathBuf> {
    source.ancestors().skip(1).map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file())
}

/// Builds the portable component of the repository at `root`. Returns its bytes without the
/// `component-name` section, and the files it depends on.
///
/// # Errors
///
/// Fails like [`Build::run`], or if the component cannot be read.
pub fn component(
    root: &Path,
    target_dir: impl Into<PathBuf>,
) -> Result<(Vec<u8>, Vec<PathBuf>), Error> {
    provider(root, &component_build(root, target_dir), "wit")
}

/// Like [`component`], for the component that exports `wasi:keyvalue` too.
///
/// It is built in a folder of its own in `target_dir`: cargo gives both the same file name.
///
/// # Errors
///
/// Those of [`component`].
pub fn keyvalue_component(
    root: &Path,
    target_dir: impl AsRef<Path>,
) -> Result<(Vec<u8>, Vec<PathBuf>), Error> {
    let build = component_build(root, target_dir.as_ref().join("keyvalue"));
    provider(root, &build.features(["keyvalue"]), "wit-keyvalue")
}

/// Builds a component whose bindings are made from the folder `wit` of the repository.
fn provider(root: &Path, build: &Build, wit: &str) -> Result<(Vec<u8>, Vec<PathBuf>), Error> {
    let artifacts = build.run()?;
    let path = &artifacts.wasm[0];
    let component = fs::read(path).map_err(|_| Error::NotFound(path.clone()))?;
    let mut sources = artifacts.sources;
    // The folder itself, so that a new file in it counts as a change.
    sources.push(root.join(wit));
    Ok((without_names(&component), sources))
}

/// Returns the build of the portable component, for callers that change its options.
pub fn component_build(root: &Path, target_dir: impl Into<PathBuf>) -> Build {
    Build::new(root, "filemap", target_dir).lib().features(["component"]).simd()
}

/// Prints the instructions that make cargo run this build script again when one of these files
/// changes.
pub fn print_rerun(sources: &[PathBuf]) {
    for source in sources {
        println!("cargo::rerun-if-changed={}", source.display());
    }
}

/// The error of a [`Build`].
#[derive(Debug)]
pub enum Error {
    /// No toolchain has the target.
    Missing(Missing),
    /// Cargo could not be started.
    Start(io::Error),
    /// Cargo failed. Its messages are on standard error.
    Failed {
        /// The name of the package.
        package: String,
        /// The exit status of cargo.
        status: ExitStatus,
    },
    /// Cargo succeeded, but there is no readable component at its path.
    NotFound(PathBuf),
    /// The dep-info file beside the component could not be read.
    DepInfo(PathBuf, io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(missing) => missing.fmt(formatter),
            Self::Start(_) => {
                write!(formatter, "cannot run `cargo`; check that it is on the `PATH`")
            }
            Self::Failed { package, status } => {
                write!(
                    formatter,
                    "building `{package}` for {TARGET} failed with {status}; cargo's messages are \
                     above"
                )
            }
            Self::NotFound(path) => {
                write!(
                    formatter,
                    "cargo built no `{}`; check that the target is a bin or a lib of type cdylib",
                    path.display()
                )
            }
            Self::DepInfo(path, _) => {
                write!(formatter, "cannot read cargo's dep-info file `{}`", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start(error) | Self::DepInfo(_, error) => Some(error),
            Self::Missing(_) | Self::Failed { .. } | Self::NotFound(_) => None,
        }
    }
}
