//! Finds the toolchain that can build for [`TARGET`], and runs its cargo.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The target of every component in this workspace.
pub const TARGET: &str = "wasm32-wasip2";

/// The rustup toolchain that `cargo xtask wasm-target` links where rustup cannot download the
/// target.
pub const TOOLCHAIN: &str = "filemap-wasip2";

/// The name of a file in the folder of the linked toolchain. It has the output of `rustc -vV` of
/// the compiler that built the standard library. The library works with no other compiler, and a
/// system upgrade may install another one.
pub const STAMP: &str = "rustc-version";

/// A toolchain that has the standard library for [`TARGET`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The active one, as after `rustup target add wasm32-wasip2`.
    Current,
    /// The one named [`TOOLCHAIN`].
    Linked,
}

/// No toolchain has the standard library for [`TARGET`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing;

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the {TARGET} target is not installed; run `rustup target add {TARGET}`, or \
             `cargo xtask wasm-target` on a machine that reaches only package registries"
        )
    }
}

impl std::error::Error for Missing {}

/// Finds a toolchain that builds for [`TARGET`]. The active one takes precedence over the linked
/// one.
///
/// # Errors
///
/// Returns [`Missing`] if neither has the target's standard library.
pub fn find() -> Result<Toolchain, Missing> {
    if has_library(Toolchain::Current) {
        Ok(Toolchain::Current)
    } else if has_library(Toolchain::Linked) && linked_is_intact() {
        Ok(Toolchain::Linked)
    } else {
        Err(Missing)
    }
}

/// Returns a command that runs the `cargo` of a toolchain. It does not inherit variables that an
/// outer cargo, clippy or coverage tool has set: their flags are for the host, and their wrappers
/// for another compiler.
#[must_use]
pub fn cargo(toolchain: Toolchain) -> Command {
    // Cargo sets `CARGO` to its path for build scripts and programs. It respects
    // `RUSTUP_TOOLCHAIN`, so the same cargo can use the linked toolchain.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    clean(Command::new(cargo), toolchain)
}

fn rustc(toolchain: Toolchain) -> Command {
    clean(Command::new("rustc"), toolchain)
}

fn clean(mut command: Command, toolchain: Toolchain) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(belongs_to_outer_build) {
            command.env_remove(name);
        }
    }
    if toolchain == Toolchain::Linked {
        command.env("RUSTUP_TOOLCHAIN", TOOLCHAIN);
    }
    command
}

/// Returns whether an environment variable belongs to the outer build and would change the inner
/// one.
///
/// Settings of the user for every build do not count: cargo's home, registries, the number of jobs
/// (`CARGO_BUILD_JOBS`, `CARGO_MAKEFLAGS`), output.
fn belongs_to_outer_build(name: &str) -> bool {
    const NAMES: [&str; 15] = [
        "CARGO",
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_ENCODED_RUSTDOCFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_TARGET_DIR",
        "CARGO_TARGET_TMPDIR",
        "CLIPPY_ARGS",
        "OUT_DIR",
        "RUSTC",
        "RUSTC_LINKER",
        // A wrapper may instrument for coverage, which wasm does not support. A wrapper in cargo's
        // configuration file still applies.
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTFLAGS",
    ];
    const PREFIXES: [&str; 9] = [
        "CARGO_BIN_EXE_",
        "CARGO_BUILD_",
        "CARGO_CFG_",
        "CARGO_FEATURE_",
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
        "DEP_",
        "RUSTDOC",
        "__CARGO",
    ];
    name != "CARGO_BUILD_JOBS"
        && (NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
}

/// Returns whether the target's standard library is where this toolchain's compiler looks for it.
fn has_library(toolchain: Toolchain) -> bool {
    let Some(folder) =
        stdout_of(rustc(toolchain).args(["--print", "target-libdir", "--target", TARGET]))
    else {
        return false;
    };
    let Ok(entries) = std::fs::read_dir(folder.trim_end()) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        // The name has a hash in rustup's libraries, `libstd-0123.rlib`, and none in those that
        // plain cargo has built.
        name.to_str()
            .and_then(|name| name.strip_prefix("libstd")?.strip_suffix(".rlib"))
            .is_some_and(|hash| hash.is_empty() || hash.starts_with('-'))
    })
}

/// Returns whether the linked toolchain still has a linker and the compiler that built its library.
/// It links to those of other toolchains, which may have been upgraded or removed.
fn linked_is_intact() -> bool {
    let Some(version) = stdout_of(rustc(Toolchain::Linked).arg("-vV")) else {
        return false;
    };
    let Some(sysroot) = stdout_of(rustc(Toolchain::Linked).args(["--print", "sysroot"])) else {
        return false;
    };
    let sysroot = Path::new(sysroot.trim_end());
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let linker = sysroot.join("lib/rustlib").join(host).join("bin/wasm-component-ld");
    std::fs::read_to_string(sysroot.join(STAMP)).is_ok_and(|stamp| stamp == version)
        && linker.is_file()
}

/// Returns the standard output of a command, if it succeeds. Its errors are not shown: [`find`]
/// returns an error that says what to do.
fn stdout_of(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok())?
}

#[cfg(test)]
mod tests {
    use super::{Missing, belongs_to_outer_build};

    #[test]
    fn variables_of_the_outer_build_are_removed() {
        for name in [
            "RUSTFLAGS",
            "RUSTC_WORKSPACE_WRAPPER",
            "CARGO_BUILD_TARGET",
            "CARGO_PKG_NAME",
            "RUSTDOCFLAGS",
        ] {
            assert!(belongs_to_outer_build(name), "{name}");
        }
    }

    #[test]
    fn settings_of_the_user_are_kept() {
        for name in [
            "PATH",
            "CARGO_HOME",
            "CARGO_BUILD_JOBS",
            "CARGO_MAKEFLAGS",
            "CARGO_NET_OFFLINE",
            "CARGO_TERM_COLOR",
        ] {
            assert!(!belongs_to_outer_build(name), "{name}");
        }
    }

    #[test]
    fn the_error_says_what_to_do() {
        let text = Missing.to_string();
        assert!(
            text.contains("`rustup target add wasm32-wasip2`")
                && text.contains("`cargo xtask wasm-target`")
        );
    }
}
