//! Chromium, and playwright, which drives it.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::javascript::npm;
use crate::process::{call, command, stdout_of, step};

/// Installs Chromium into the system, unless it is there, and the version of playwright that the
/// lock file in `source` lists into `folder`.
pub(super) fn install(source: &Path, folder: &Path) -> Result<()> {
    if stdout_of(&mut command("chromium --version")).is_err() {
        chromium().context(
            "the tests of the page in a browser require the command `chromium`; install it, and \
             retry",
        )?;
    }
    npm(source, folder, "playwright-core", "the tests of the page in a browser")
}

/// Installs Debian's package.
fn chromium() -> Result<()> {
    step("apt-get install chromium");
    let is_root = stdout_of(&mut command("id -u"))?.trim() == "0";
    let sudo = if is_root { "" } else { "sudo " };
    let apt_get = format!("{sudo}env DEBIAN_FRONTEND=noninteractive apt-get -q");
    // The existing lists of packages may do, if an update fails.
    if let Err(error) = call(&mut command(&format!("{apt_get} update"))) {
        println!("    {error}; using the existing package lists");
    }
    call(&mut command(&format!(
        "{apt_get} -y --no-install-recommends --no-remove install chromium"
    )))
}
