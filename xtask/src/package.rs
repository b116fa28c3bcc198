//! `cargo xtask package`: builds the published packages, and checks that they compile.
//!
//! By default, `cargo package` verifies each package in its own build, which includes Wasmtime.
//! Here the packages are unpacked into one workspace, with the features and the profile of the
//! repository, so `cargo check` reuses the dependencies that clippy has checked. `filemap-host` is
//! checked a second time with its own features only, because features that other packages enable
//! could hide a missing one.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::{call, command, stdout_of, step};
use crate::{root, target, wasm_target};

/// The published packages in the order of publishing, each with files that it must contain. `wit`
/// and `wit-keyvalue` stand for all files of these folders.
const PACKAGES: [(&str, &[&str]); 5] = [
    ("filemap", &["wit", "wit-keyvalue"]),
    ("filemap-component", &["filemap.wasm", "filemap-keyvalue.wasm"]),
    ("filemap-host", &["wit", "wit-keyvalue"]),
    ("filemap-cli", &["wit", "src/main.rs"]),
    ("filemap-plugin", &["wit", "examples/sums.rs"]),
];

/// The files that every published package must contain.
const COMMON: [&str; 5] =
    ["Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs"];

/// The heading of the profile for dependencies, in the manifest of the repository.
const PROFILE: &str = "[profile.dev.package.\"*\"]";

/// The heading of the list of dependencies, in the manifest of the repository.
const DEPENDENCIES: &str = "[workspace.dependencies]";

/// Builds the `.crate` files into the folder `package` of the target directory, and checks them.
pub(crate) fn run() -> Result<()> {
    wasm_target::install()?;
    step("building the portable components for the package `filemap-component`");
    let wasm = target()?.join("wasm");
    for (name, (component, _)) in [
        ("filemap.wasm", wasm_build::component(root(), &wasm)?),
        ("filemap-keyvalue.wasm", wasm_build::keyvalue_component(root(), &wasm)?),
    ] {
        let file = root().join("component").join(name);
        fs::write(&file, component)
            .with_context(|| format!("cannot write `{}`", file.display()))?;
    }

    step("building the published packages");
    let host = stdout_of(&mut command("rustc --print host-tuple"))?;
    call(cargo("cargo fetch --locked --target", root())?.arg(host.trim()))?;
    // `--allow-dirty`: the component is not under version control, and changes may be uncommitted.
    let line = "cargo package --locked --offline --no-verify --allow-dirty";
    let mut package = cargo(line, root())?;
    for (name, _) in PACKAGES {
        package.args(["--package", name]);
    }
    call(&mut package)?;

    let folder = target()?.join("package/unpacked");
    unpack(&folder)?;
    step("checking the packages, with the features of the workspace");
    call(&mut cargo("cargo check --offline --workspace", &folder)?)?;
    step("checking filemap-host with its own features");
    call(&mut cargo("cargo check --offline --package filemap-host", &folder)?)
}

/// Returns a cargo command that runs in `folder` with the target directory of the repository.
fn cargo(line: &str, folder: &Path) -> Result<Command> {
    let mut cargo = command(line);
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", target()?);
    Ok(cargo)
}

/// Unpacks the packages into `folder`, and makes it a workspace that takes them from there instead
/// of from the registry.
fn unpack(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).context("cannot remove the packages unpacked before")?;
    }
    fs::create_dir_all(folder)?;
    let mut patches = Vec::new();
    for (name, files) in PACKAGES {
        let unpacked = format!("{name}-{}", env!("CARGO_PKG_VERSION"));
        let archive = target()?.join("package").join(format!("{unpacked}.crate"));
        // `m` sets the modification times to now. In the archive all files have the same old time,
        // so cargo would not notice changes.
        call(command("tar -xzmf").arg(archive).arg("-C").arg(folder))?;
        check_files(name, &folder.join(&unpacked), files)?;
        patches.push(format!("{name} = {{ path = \"{unpacked}\" }}"));
    }
    // Cargo reuses dependencies only if their profile and features are the same.
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let (patches, profile) = (patches.join("\n"), section(&manifest, PROFILE)?);
    let workspace = format!(
        "[workspace]\nmembers = [\"*\"]\nresolver = \"3\"\n\n\
         [patch.crates-io]\n{patches}\n\n{PROFILE}{profile}\n"
    );
    fs::write(folder.join("Cargo.toml"), workspace)?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    features(&folder.join("features"), &manifest)
}

/// Creates a package with all dependencies of the repository, which enables the same features of
/// them as there.
fn features(folder: &Path, manifest: &str) -> Result<()> {
    let dependencies: Vec<_> =
        section(manifest, DEPENDENCIES)?.lines().filter(|line| !line.contains("path = ")).collect();
    let package = "[package]\nname = \"features\"\nedition = \"2024\"\n\n[dependencies]\n";
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    Ok(fs::write(folder.join("Cargo.toml"), package.to_owned() + &dependencies.join("\n"))?)
}

/// Returns the lines of a manifest between `heading` and the next heading.
fn section<'a>(manifest: &'a str, heading: &str) -> Result<&'a str> {
    let (_, rest) =
        manifest.split_once(heading).with_context(|| format!("Cargo.toml has no `{heading}`"))?;
    Ok(rest.split("\n[").next().unwrap_or(rest))
}

/// Checks that an unpacked package contains the required files and no path to other folders.
fn check_files(name: &str, folder: &Path, files: &[&str]) -> Result<()> {
    for file in COMMON.iter().chain(files) {
        let original = root().join(file);
        if original.is_dir() {
            same_files(&original, &folder.join(file)).with_context(|| {
                format!("the package `{name}` does not contain all files of `{file}`")
            })?;
        } else {
            ensure!(folder.join(file).is_file(), "the package `{name}` has no `{file}`");
        }
    }
    ensure!(!folder.join("build.rs").exists(), "the package `{name}` has a build script");
    let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
    ensure!(
        !manifest.contains("\"../"),
        "the manifest of `{name}` contains a path to another folder"
    );
    Ok(())
}

/// Checks that all files below `original` have equal copies below `copy`.
fn same_files(original: &Path, copy: &Path) -> Result<()> {
    for entry in fs::read_dir(original)? {
        let entry = entry?;
        let (path, copy) = (entry.path(), copy.join(entry.file_name()));
        if path.is_dir() {
            same_files(&path, &copy)?;
        } else {
            let same =
                fs::read(&copy).is_ok_and(|bytes| fs::read(path).is_ok_and(|it| it == bytes));
            ensure!(same, "`{}` is missing or differs", copy.display());
        }
    }
    Ok(())
}
