//! `cargo xtask languages`: installs the tools that build plugins from Python and JavaScript.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};

use crate::process::{call, command, stdout_of, step};
use crate::{installed, root, target};

/// The lowest version of Node that jco supports.
const NODE: u32 = 20;

/// Installs componentize-py into `languages/python` of the target directory, and jco into
/// `languages/javascript`, unless the required versions are installed.
pub(crate) fn install() -> Result<()> {
    let (sources, folders) = (root().join("tests/languages"), target()?.join("languages"));
    python(&sources.join("python"), &folders.join("python"))?;
    javascript(&sources.join("javascript"), &folders.join("javascript"))
}

fn python(source: &Path, folder: &Path) -> Result<()> {
    let requirements = source.join("requirements.txt");
    let required =
        fs::read_to_string(&requirements).context("cannot read the version of componentize-py")?;
    installed::unless_current(folder, &required, || {
        step(
            "installing componentize-py from the Python package registry, for the tests of plugins \
             in Python",
        );
        installed::python(folder, &requirements)
    })
}

fn javascript(source: &Path, folder: &Path) -> Result<()> {
    let files = ["package.json", "package-lock.json"];
    let texts = files.map(|name| fs::read_to_string(source.join(name)));
    let [package, lock] = texts.map(|text| text.context("cannot read the version of jco"));
    let (package, lock) = (package?, lock?);
    installed::unless_current(folder, &(package.clone() + &lock), || {
        check_node()?;
        step(
            "installing jco from the JavaScript package registry, for the tests of plugins in \
             JavaScript",
        );
        fs::create_dir_all(folder)?;
        fs::write(folder.join(files[0]), &package)?;
        fs::write(folder.join(files[1]), &lock)?;
        // Exactly the packages of the lock file, without scripts that download more.
        let mut npm = command("npm ci --ignore-scripts --no-audit --no-fund --loglevel=error");
        call(npm.current_dir(folder)).context("cannot install jco; npm is part of Node")
    })
}

/// Fails unless Node is installed and new enough.
fn check_node() -> Result<()> {
    let advice =
        || anyhow!("the tests of plugins in JavaScript require Node {NODE} or newer, with npm");
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
