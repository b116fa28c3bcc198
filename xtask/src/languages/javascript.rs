//! jco, which builds plugins from JavaScript and runs components in Node.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};

use crate::installed;
use crate::process::{call, command, stdout_of, step};

/// The lowest version of Node that jco supports.
const NODE: u32 = 20;

/// Installs the versions that the lock file in `source` lists into `folder`.
pub(super) fn install(source: &Path, folder: &Path) -> Result<()> {
    npm(source, folder, "jco", "the tests of plugins in JavaScript")
}

/// Installs the packages that the lock file in `source` lists into `folder`. `what` and `purpose`
/// are for messages.
pub(super) fn npm(source: &Path, folder: &Path, what: &str, purpose: &str) -> Result<()> {
    let files = ["package.json", "package-lock.json"];
    let texts = files.map(|name| fs::read_to_string(source.join(name)));
    let [package, lock] =
        texts.map(|text| text.with_context(|| format!("cannot read the version of {what}")));
    let (package, lock) = (package?, lock?);
    installed::unless_current(folder, &(package.clone() + &lock), || {
        check_node(purpose)?;
        step(&format!("installing {what} from the JavaScript package registry, for {purpose}"));
        fs::create_dir_all(folder)?;
        fs::write(folder.join(files[0]), &package)?;
        fs::write(folder.join(files[1]), &lock)?;
        // Exactly the packages of the lock file, without scripts that download more.
        let mut npm = command("npm ci --ignore-scripts --no-audit --no-fund --loglevel=error");
        call(npm.current_dir(folder))
            .with_context(|| format!("cannot install {what}; npm is part of Node"))
    })
}

/// Fails unless Node is installed and new enough.
fn check_node(purpose: &str) -> Result<()> {
    let advice = || anyhow!("{purpose} require Node {NODE} or newer, with npm");
    let version = stdout_of(&mut command("node --version")).with_context(advice)?;
    let version = version.trim();
    let major =
        version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    ensure!(
        major.is_some_and(|major: u32| major >= NODE),
        advice().context(format!("Node is {version}"))
    );
    Ok(())
}
