//! FUSE file systems for tests: the programs `bindfs` and `fusermount3`.

use std::process::Command;
use std::sync::OnceLock;

/// Returns whether `bindfs` and `fusermount3` are installed. Tries once to install them by
/// `apt-get`. If that fails, prints that the caller was not tested.
pub(crate) fn fuse_tools() -> bool {
    static INSTALLED: OnceLock<Result<(), String>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| {
        if are_installed() {
            return Ok(());
        }
        let mut install = Command::new("apt-get");
        install.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "-y", "bindfs", "fuse3"]);
        match install.output() {
            Ok(_) if are_installed() => Ok(()),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => Err(error.to_string()),
        }
    });
    if let Err(error) = installed {
        eprintln!("NOT TESTED: `bindfs` and `fuse3` of Debian are not installed: {error}");
    }
    installed.is_ok()
}

fn are_installed() -> bool {
    let runs = |program: &str| Command::new(program).arg("--version").output().is_ok();
    std::path::Path::new("/dev/fuse").exists() && runs("bindfs") && runs("fusermount3")
}
