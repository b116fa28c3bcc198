//! File systems that are mounted in a private mount namespace, visible to one process only.

use std::path::Path;
use std::process::{Command, Output};

/// The options of `unshare` to try: directly, and in a user namespace.
const NAMESPACES: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

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
    let mut errors = String::new();
    for options in NAMESPACES {
        let output = unshared(options, script, mount_point, command).output();
        let output = output.expect("`unshare` of util-linux is installed");
        let stderr = String::from_utf8_lossy(&output.stderr);
        if !["unshare:", "mount:"].iter().any(|program| stderr.starts_with(program)) {
            return Ok(output);
        }
        errors += &stderr;
    }
    Err(errors)
}

/// Returns a command that runs `command` in a private mount namespace, like [`run_mounted`]. The
/// process that it starts becomes `command`.
///
/// # Errors
///
/// As [`run_mounted`].
pub(crate) fn mounted(
    script: &str,
    mount_point: &Path,
    command: &Command,
) -> Result<Command, String> {
    let mut errors = String::new();
    for options in NAMESPACES {
        let probe = unshared(options, script, mount_point, &Command::new("true")).output();
        let probe = probe.expect("`unshare` of util-linux is installed");
        if probe.status.success() {
            return Ok(unshared(options, script, mount_point, command));
        }
        errors += &String::from_utf8_lossy(&probe.stderr);
    }
    Err(errors)
}

/// Returns a command that runs `script` and then `command` in new namespaces.
fn unshared(options: &[&str], script: &str, mount_point: &Path, command: &Command) -> Command {
    let script = format!(
        "set -e
{script}
shift
exec \"$@\""
    );
    let mut unshare = Command::new("unshare");
    unshare.args(options).args(["sh", "-c", &script, "sh"]).arg(mount_point);
    unshare.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        unshare.env(name, value.unwrap_or_default());
    }
    unshare
}
