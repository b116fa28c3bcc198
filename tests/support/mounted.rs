//! File systems that are mounted in a private mount namespace, visible to one process only.

use std::path::Path;
use std::process::{Command, Output};

/// Runs a command in a private mount namespace, after a shell has run `script` there with
/// `mount_point` as `$1`. The mounts end with the process.
///
/// # Errors
///
/// Returns the messages of `unshare` or `mount` if the system does not allow this process to mount
/// a file system, neither as root nor in a user namespace.
pub(crate) fn run_mounted(
    script: &str,
    mount_point: &Path,
    command: &Command,
) -> Result<Output, String> {
    let script = format!("set -e\n{script}\nshift\nexec \"$@\"");
    let mut errors = String::new();
    for options in [&["--mount"][..], &["--user", "--map-root-user", "--mount"]] {
        let mut unshare = Command::new("unshare");
        unshare.args(options).args(["sh", "-c", &script, "sh"]).arg(mount_point);
        unshare.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            unshare.env(name, value.unwrap_or_default());
        }
        let output = unshare.output().expect("`unshare` of util-linux is installed");
        let stderr = String::from_utf8_lossy(&output.stderr);
        if !["unshare:", "mount:"].iter().any(|program| stderr.starts_with(program)) {
            return Ok(output);
        }
        errors += &stderr;
    }
    Err(errors)
}
