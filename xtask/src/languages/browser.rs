//! Chromium, and playwright, which drives it.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::javascript::npm;
use crate::apt;
use crate::process::{command, stdout_of};

/// The browser, and letters, which a bare system may lack.
const PACKAGES: &str = "chromium fonts-dejavu-core";

/// Installs Chromium into the system, unless it is there, and the version of playwright that the
/// lock file in `source` lists into `folder`.
pub(super) fn install(source: &Path, folder: &Path) -> Result<()> {
    if stdout_of(&mut command("chromium --version")).is_err() {
        apt::install(PACKAGES).context(
            "the tests of the page in a browser require the command `chromium`; install it, and \
             retry",
        )?;
    }
    npm(source, folder, "playwright-core", "the tests of the page in a browser")
}
