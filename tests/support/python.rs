//! The Python of `cargo xtask oracle`, which has numpy and zict.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::programs::{FILEMAP, root};

/// Returns the path of this Python.
#[track_caller]
pub(crate) fn path() -> PathBuf {
    let target =
        Path::new(FILEMAP).ancestors().nth(2).expect("the path is TARGET/PROFILE/filemap-tested");
    let python = target.join("oracle/bin/python");
    assert!(python.is_file(), "there is no `{}`; run `cargo xtask oracle`", python.display());
    python
}

/// Runs a script of the repository and returns its standard output. If the script fails, fails the
/// test with its standard error.
#[track_caller]
pub(crate) fn python<S: AsRef<OsStr>>(
    script: &str,
    arguments: impl IntoIterator<Item = S>,
) -> String {
    // Isolated mode: ignore the user's packages and environment. Write no byte code.
    let output = Command::new(path())
        .args(["-I", "-B"])
        .arg(root().join(script))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
