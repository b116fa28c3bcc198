//! File systems that are mounted for one process, and that nobody else sees.

use std::path::Path;
use std::process::Command;

use super::{Outcome, outcome};

/// Runs a command after a shell has run `script`, to which `$1` is `place`. `None` where this
/// system allows nobody to mount; the test then has to say what it has not tested.
pub(crate) fn run_mounted(script: &str, place: &Path, command: &Command) -> Option<Outcome> {
    let mut unshare = Command::new("unshare");
    let script = format!("set -e\n{script}\nshift\nexec \"$@\"");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"]).arg(place);
    unshare.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        unshare.env(name, value.unwrap_or_default());
    }
    let output = unshare.output().expect("`unshare` of util-linux is there: install it");
    let ran = outcome(&output);
    if ["unshare:", "mount:"].iter().any(|word| ran.stderr.starts_with(word)) {
        eprintln!(
            "NOT TESTED, because this system does not allow to mount anything: {}",
            ran.stderr
        );
        return None;
    }
    Some(ran)
}
