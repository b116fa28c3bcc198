//! `cargo xtask languages`: what builds components from Python and JavaScript, for the tests.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};

use crate::process::{call, command, read, step};
use crate::{installed, root, target};

/// The oldest version of Node that jco runs on.
const NODE: u32 = 20;

/// Installs componentize-py into `languages/python` of the target directory, and jco into
/// `languages/javascript`, unless they have what is required.
pub(crate) fn install() -> Result<()> {
    let (sources, folders) = (root().join("tests/languages"), target()?.join("languages"));
    python(&sources.join("python"), &folders.join("python"))?;
    javascript(&sources.join("javascript"), &folders.join("javascript"))
}

fn python(source: &Path, folder: &Path) -> Result<()> {
    let requirements = source.join("requirements.txt");
    let wanted =
        fs::read_to_string(&requirements).context("cannot read the version of componentize-py")?;
    installed::once(folder, &wanted, || {
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
    installed::once(folder, &(package.clone() + &lock), || {
        check_node()?;
        step(
            "installing jco from the JavaScript package registry, for the tests of plugins in \
             JavaScript",
        );
        fs::create_dir_all(folder)?;
        fs::write(folder.join(files[0]), &package)?;
        fs::write(folder.join(files[1]), &lock)?;
        // Exactly what the lock file lists, and nothing that a package would download by itself.
        let mut npm = command("npm ci --ignore-scripts --no-audit --no-fund --loglevel=error");
        call(npm.current_dir(folder)).context("cannot install jco; npm belongs to Node")
    })
}

/// Fails without a Node that is new enough.
fn check_node() -> Result<()> {
    let advice =
        || anyhow!("the tests of plugins in JavaScript require Node {NODE} or newer, with npm");
    let version = read(&mut command("node --version")).with_context(advice)?;
    let version = version.trim();
    let major =
        version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    ensure!(
        major.is_some_and(|major: u32| major >= NODE),
        advice().context(format!("Node is {version}"))
    );
    Ok(())
}
