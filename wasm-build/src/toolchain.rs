//! Which toolchain can build for [`TARGET`], and how to run its cargo.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The target of every component in this workspace.
pub const TARGET: &str = "wasm32-wasip2";

/// The rustup toolchain that `cargo xtask wasm-target` links where rustup cannot download the
/// target.
pub const TOOLCHAIN: &str = "filemap-wasip2";

/// A file at the top of the linked toolchain's folder that holds `rustc -vV` of the compiler its
/// standard library was built with. The library fits no other compiler, and a system upgrade may
/// bring one.
pub const STAMP: &str = "rustc-version";

/// A toolchain that has the standard library for [`TARGET`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The one in use, as after `rustup target add wasm32-wasip2`.
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

/// Finds a toolchain that builds for [`TARGET`], the one in use before the linked one.
///
/// # Errors
///
/// [`Missing`] when neither has the target's standard library.
pub fn find() -> Result<Toolchain, Missing> {
    if has_library(Toolchain::Current) {
        Ok(Toolchain::Current)
    } else if has_library(Toolchain::Linked) && linked_is_whole() {
        Ok(Toolchain::Linked)
    } else {
        Err(Missing)
    }
}

/// A command for `cargo` of a toolchain, free of what an outer cargo, clippy or coverage tool left
/// in the environment: their flags are meant for the host, and their wrappers for another compiler.
#[must_use]
pub fn cargo(toolchain: Toolchain) -> Command {
    // Cargo tells its path to build scripts and to programs it runs. It reads `RUSTUP_TOOLCHAIN`
    // too, so the linked toolchain works through the very same cargo.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    clean(Command::new(cargo), toolchain)
}

fn rustc(toolchain: Toolchain) -> Command {
    clean(Command::new("rustc"), toolchain)
}

fn clean(mut command: Command, toolchain: Toolchain) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(leaks) {
            command.env_remove(name);
        }
    }
    if toolchain == Toolchain::Linked {
        command.env("RUSTUP_TOOLCHAIN", TOOLCHAIN);
    }
    command
}

/// Whether an environment variable belongs to the outer build and would change the inner one.
///
/// What the user sets for every build stays: where cargo's home is, how it reaches registries, how
/// many jobs it runs (`CARGO_BUILD_JOBS`, `CARGO_MAKEFLAGS`), how it prints.
fn leaks(name: &str) -> bool {
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
        // A wrapper may instrument for coverage, which wasm cannot. One from cargo's own
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

/// Whether the target's standard library lies where this toolchain's compiler looks for it.
fn has_library(toolchain: Toolchain) -> bool {
    let Some(folder) =
        printed(rustc(toolchain).args(["--print", "target-libdir", "--target", TARGET]))
    else {
        return false;
    };
    let Ok(entries) = std::fs::read_dir(folder.trim_end()) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        // rustup's has a hash in its name, `libstd-0123.rlib`; one built by plain cargo has none.
        name.to_str()
            .and_then(|name| name.strip_prefix("libstd")?.strip_suffix(".rlib"))
            .is_some_and(|hash| hash.is_empty() || hash.starts_with('-'))
    })
}

/// Whether the linked toolchain still has the compiler its library was built with, and a linker: it
/// borrows both, and what it borrows from may have been upgraded or removed.
fn linked_is_whole() -> bool {
    let Some(version) = printed(rustc(Toolchain::Linked).arg("-vV")) else {
        return false;
    };
    let Some(sysroot) = printed(rustc(Toolchain::Linked).args(["--print", "sysroot"])) else {
        return false;
    };
    let sysroot = Path::new(sysroot.trim_end());
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let linker = sysroot.join("lib/rustlib").join(host).join("bin/wasm-component-ld");
    std::fs::read_to_string(sysroot.join(STAMP)).is_ok_and(|stamp| stamp == version)
        && linker.is_file()
}

/// What a command prints, if it succeeds. Its complaints are not shown: `find` says what to do.
fn printed(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok())?
}

#[cfg(test)]
mod tests {
    use super::{Missing, leaks};

    #[test]
    fn the_outer_build_does_not_leak() {
        for name in [
            "RUSTFLAGS",
            "RUSTC_WORKSPACE_WRAPPER",
            "CARGO_BUILD_TARGET",
            "CARGO_PKG_NAME",
            "RUSTDOCFLAGS",
        ] {
            assert!(leaks(name), "{name}");
        }
    }

    #[test]
    fn the_users_settings_stay() {
        for name in [
            "PATH",
            "CARGO_HOME",
            "CARGO_BUILD_JOBS",
            "CARGO_MAKEFLAGS",
            "CARGO_NET_OFFLINE",
            "CARGO_TERM_COLOR",
        ] {
            assert!(!leaks(name), "{name}");
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
