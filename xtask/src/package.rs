//! `cargo xtask package`: builds the published packages, and checks that they compile.
//!
//! `cargo package` alone would verify each package in a build of its own, with Wasmtime in it. Here
//! the packages are unpacked into one workspace and checked with the features and the profile of
//! the repository, so that cargo reuses the crates that clippy has checked there. Only
//! `filemap-host` is checked a second time with its own features, because those of others could
//! hide that it lacks one.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::{call, command, read, step};
use crate::{root, target, wasm_target};

/// The published packages, each after those that it depends on, and the files that each must have
/// besides its sources.
const PACKAGES: [(&str, &[&str]); 5] = [
    ("filemap", &["wit"]),
    ("filemap-component", &["filemap.wasm"]),
    ("filemap-host", &["wit"]),
    ("filemap-cli", &["wit", "src/main.rs"]),
    ("filemap-plugin", &["wit", "examples/sums.rs"]),
];

/// The files that every published package must have.
const COMMON: [&str; 5] =
    ["Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs"];

/// The profile of dependencies in the manifest of the repository.
const PROFILE: &str = "[profile.dev.package.\"*\"]";

/// The dependencies of the repository's packages.
const DEPENDENCIES: &str = "[workspace.dependencies]";

/// Builds the packages into the folder `package` of the target directory, and checks them.
pub(crate) fn run() -> Result<()> {
    wasm_target::install()?;
    step("building the portable component, which `filemap-component` contains");
    let (component, _) = wasm_build::component(root(), target()?.join("wasm"))?;
    let file = root().join("component/filemap.wasm");
    fs::write(&file, component).with_context(|| format!("cannot write `{}`", file.display()))?;

    step("packaging the published packages");
    let host = read(&mut command("rustc --print host-tuple"))?;
    call(cargo("cargo fetch --locked --target", root())?.arg(host.trim()))?;
    // `--allow-dirty`: the component is not under version control, and tests run before a commit.
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

/// Returns cargo with these arguments, in a folder, with the target directory of the repository.
fn cargo(line: &str, folder: &Path) -> Result<Command> {
    let mut cargo = command(line);
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", target()?);
    Ok(cargo)
}

/// Makes `folder` a workspace of the packages as they would be downloaded.
fn unpack(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).context("cannot remove the packages unpacked before")?;
    }
    fs::create_dir_all(folder)?;
    let mut patches = Vec::new();
    for (name, files) in PACKAGES {
        let unpacked = format!("{name}-{}", env!("CARGO_PKG_VERSION"));
        let archive = target()?.join("package").join(format!("{unpacked}.crate"));
        // `m`: in the archive, all files have the same old time, by which cargo takes them for
        // unchanged.
        call(command("tar -xzmf").arg(archive).arg("-C").arg(folder))?;
        check_files(name, &folder.join(&unpacked), files)?;
        patches.push(format!("{name} = {{ path = \"{unpacked}\" }}"));
    }
    // Cargo's profiles and the features of dependencies decide what can be reused.
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

/// Makes a package that depends on everything that any package of the repository depends on. With
/// it, dependencies have the same features as there.
fn features(folder: &Path, manifest: &str) -> Result<()> {
    let dependencies: Vec<_> =
        section(manifest, DEPENDENCIES)?.lines().filter(|line| !line.contains("path = ")).collect();
    let package = "[package]\nname = \"features\"\nedition = \"2024\"\n\n[dependencies]\n";
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    Ok(fs::write(folder.join("Cargo.toml"), package.to_owned() + &dependencies.join("\n"))?)
}

/// Returns the lines of a manifest from behind the heading to the next one.
fn section<'a>(manifest: &'a str, heading: &str) -> Result<&'a str> {
    let (_, rest) =
        manifest.split_once(heading).with_context(|| format!("Cargo.toml has no `{heading}`"))?;
    Ok(rest.split("\n[").next().unwrap_or(rest))
}

/// Checks that an unpacked package has what it needs, and refers to nothing outside of it.
fn check_files(name: &str, folder: &Path, files: &[&str]) -> Result<()> {
    for file in COMMON.iter().chain(files).filter(|&&file| file != "wit") {
        ensure!(folder.join(file).is_file(), "the package `{name}` has no `{file}`");
    }
    if files.contains(&"wit") {
        same_files(&root().join("wit"), &folder.join("wit"))
            .with_context(|| format!("the package `{name}` has not all of `wit`"))?;
    }
    ensure!(!folder.join("build.rs").exists(), "the package `{name}` has a build script");
    let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
    ensure!(!manifest.contains("\"../"), "the manifest of `{name}` names a path out of it");
    Ok(())
}

/// Fails if a file of the folder `original`, or of a folder in it, differs from its copy.
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
