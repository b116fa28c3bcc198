//! Building a workspace's packages for [`TARGET`].

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

/// A flag for the linker. Without it, the linker pads every call and every address to the longest
/// form, for a later linker that does not come; this costs the portable component 30 KB.
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
}

/// What a [`Build`] made, and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifacts {
    /// The components: the library first if it was asked for, then the programs in the order asked
    /// for.
    pub wasm: Vec<PathBuf>,
    /// Every file a change of which asks for a new build: sources, manifests, the lock file.
    pub sources: Vec<PathBuf>,
}

impl Build {
    /// A build of `package`, a member of the workspace whose `Cargo.toml` lies in the folder
    /// `root`.
    ///
    /// A build script must not pass the target directory of the build it is part of: that one stays
    /// locked until the script ends, and both would wait forever.
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
        }
    }

    /// Builds the package's library, a `cdylib` with cargo's default name.
    #[must_use]
    pub fn lib(mut self) -> Self {
        self.lib = true;
        self
    }

    /// Builds the program `name`; call it again for more of them.
    #[must_use]
    pub fn bin(mut self, name: impl Into<String>) -> Self {
        self.bins.push(name.into());
        self
    }

    /// Switches features on.
    #[must_use]
    pub fn features<S: Into<String>>(mut self, features: impl IntoIterator<Item = S>) -> Self {
        self.features.extend(features.into_iter().map(Into::into));
        self
    }

    /// Keeps the names of functions in the components, for tools that look into them. Such a build
    /// needs a target directory of its own: its components have the file names of the usual ones.
    #[must_use]
    pub fn keep_names(mut self) -> Self {
        self.names = true;
        self
    }

    /// Runs cargo, whose messages go to standard error. Standard output stays free, because a build
    /// script's belongs to the outer cargo.
    ///
    /// # Errors
    ///
    /// [`Error`] when no toolchain has the target, when cargo fails, or when its result is not
    /// found.
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
        // Not by another profile: cargo puts the profile into the names of symbols, and these
        // decide the order of functions.
        let strip = if self.names { ", '-Cstrip=debuginfo'" } else { "" };
        let flags = format!("['-Clink-arg={LINKER}'{strip}]");
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

    /// Cargo puts what was asked for at known places, each with a dep-info file beside it.
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

/// The manifest of the package a source file belongs to. Dep-info does not name manifests.
fn manifest_of(source: &Path) -> Option<PathBuf> {
    source.ancestors().skip(1).map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file())
}

/// Builds the portable component of the repository at `root`, without names. Returns its bytes, and
/// the files that it was made from.
///
/// # Errors
///
/// Like [`Build::run`], or when the component cannot be read.
pub fn component(
    root: &Path,
    target_dir: impl Into<PathBuf>,
) -> Result<(Vec<u8>, Vec<PathBuf>), Error> {
    let artifacts = component_build(root, target_dir).run()?;
    let path = &artifacts.wasm[0];
    let component = fs::read(path).map_err(|_| Error::NotFound(path.clone()))?;
    let mut sources = artifacts.sources;
    // The folder itself, so that a new file in it counts as a change.
    sources.push(root.join("wit"));
    Ok((without_names(&component), sources))
}

/// The build of the portable component, for a caller that wants it with names too.
pub fn component_build(root: &Path, target_dir: impl Into<PathBuf>) -> Build {
    Build::new(root, "filemap", target_dir).lib().features(["component"])
}

/// Tells the outer cargo to run this build script again when one of these files changes.
pub fn print_rerun(sources: &[PathBuf]) {
    for source in sources {
        println!("cargo:rerun-if-changed={}", source.display());
    }
}

/// Why a [`Build`] gave nothing.
#[derive(Debug)]
pub enum Error {
    /// No toolchain has the target.
    Missing(Missing),
    /// Cargo could not be started.
    Start(io::Error),
    /// Cargo failed, and has said why.
    Failed {
        /// The package that was to be built.
        package: String,
        /// How cargo ended.
        status: ExitStatus,
    },
    /// Cargo succeeded, but the component is not where it belongs.
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
                    "cargo made no `{}`; check that it is a bin, or a lib of type cdylib",
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
