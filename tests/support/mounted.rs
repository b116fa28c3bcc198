//! File systems that are mounted in a private mount namespace, visible to one process only.

use std::path::Path;
use std::process::{Command, Output};

/// The options of `unshare` to try: directly, and in a user namespace.
const NAMESPACES: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

/// Runs a command in a mount namespace of its own, after a shell has run `script` in it with
/// `place` as `$1`. The mounts end with the process.
///
/// # Errors
///
/// The message of `unshare` or `mount` where the system does not allow this process to mount a file
/// system, neither directly nor in a user namespace.
pub(crate) fn run_mounted(script: &str, place: &Path, command: &Command) -> Result<Output, String> {
    let mut refused = String::new();
    for options in NAMESPACES {
        let output = unshared(options, script, place, command).output();
        let output = output.expect("`unshare` of util-linux is installed");
        let stderr = String::from_utf8_lossy(&output.stderr);
        if !["unshare:", "mount:"].iter().any(|program| stderr.starts_with(program)) {
            return Ok(output);
        }
        refused += &stderr;
    }
    Err(refused)
}

/// Returns the command to run in a mount namespace of its own, like [`run_mounted`]. The process
/// that it starts becomes the command.
///
/// # Errors
///
/// As [`run_mounted`].
pub(crate) fn mounted(script: &str, place: &Path, command: &Command) -> Result<Command, String> {
    let mut refused = String::new();
    for options in NAMESPACES {
        let probe = unshared(options, script, place, &Command::new("true")).output();
        let probe = probe.expect("`unshare` of util-linux is installed");
        if probe.status.success() {
            return Ok(unshared(options, script, place, command));
        }
        refused += &String::from_utf8_lossy(&probe.stderr);
    }
    Err(refused)
}

/// Returns a command that runs `script` and then `command` in new namespaces.
fn unshared(options: &[&str], script: &str, place: &Path, command: &Command) -> Command {
    let script = format!("set -e\n{script}\nshift\nexec \"$@\"");
    let mut unshare = Command::new("unshare");
    unshare.args(options).args(["sh", "-c", &script, "sh"]).arg(place);
    unshare.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        unshare.env(name, value.unwrap_or_default());
    }
    unshare
}
