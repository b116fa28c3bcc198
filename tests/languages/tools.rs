//! The tools that `cargo xtask languages` installs, and the plugins that they build.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::support::command::{filemap, succeeds};
use super::support::programs::{FILEMAP, root};

/// Returns the path of a file in `tests/languages`.
pub(crate) fn source(name: &str) -> PathBuf {
    root().join("tests/languages").join(name)
}

/// Returns the path of an installed tool, such as `python/bin/componentize-py`.
#[track_caller]
pub(crate) fn tool(name: &str) -> PathBuf {
    let target = Path::new(FILEMAP).ancestors().nth(2).expect("it is TARGET/PROFILE/filemap");
    let tool = target.join("languages").join(name);
    assert!(tool.exists(), "`{}` is not installed; run `cargo xtask languages`", tool.display());
    tool
}

/// Returns the path of the plugin with this name. `build` gets a folder with these sources and the
/// WIT package in `wit`, and writes `plugin.wasm` there.
#[track_caller]
pub(crate) fn plugin(name: &str, sources: &[&str], build: impl FnOnce(&Path)) -> PathBuf {
    plugin_of(name, sources, "", build)
}

/// Returns the path of the plugin with this name, as [`plugin`] does, for one that also consists of
/// files with these texts.
#[track_caller]
pub(crate) fn plugin_of(
    name: &str,
    sources: &[&str],
    texts: &str,
    build: impl FnOnce(&Path),
) -> PathBuf {
    let mut inputs = succeeds(filemap().arg("wit")) + texts;
    for name in sources {
        inputs += &fs::read_to_string(source(name)).unwrap();
    }
    built(name, &inputs, |folder| {
        succeeds(filemap().args(["wit", "--output"]).arg(folder.join("wit")));
        for name in sources {
            // Copy the sources, because Python writes compiled code beside them.
            let file = source(name);
            fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
        }
        build(folder);
    })
}

/// Returns the path of the plugin with this name. `build` gets an empty folder and writes
/// `plugin.wasm` there.
///
/// The tools' output is different each time, so Wasmtime would compile it again. Therefore `build`
/// runs only after `inputs` has changed.
#[track_caller]
pub(crate) fn built(name: &str, inputs: &str, build: impl FnOnce(&Path)) -> PathBuf {
    /// The inputs by name. Two plugins with one name would replace each other.
    static INPUTS: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let mut all = INPUTS.lock().unwrap_or_else(PoisonError::into_inner);
    let first = all.entry(name.to_owned()).or_insert_with(|| inputs.to_owned());
    assert!(first == inputs, "two plugins have the name `{name}`");
    drop(all);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages").join(name);
    let (plugin, stamp) = (folder.join("plugin.wasm"), folder.join("inputs.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|built| built == inputs) {
        return plugin;
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    build(&folder);
    // Write the stamp last, so that an interrupted build is repeated.
    fs::write(stamp, inputs).unwrap();
    plugin
}
