//! The tools of `cargo xtask languages`, and what they build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::programs::{FILEMAP, root};

/// A file of this folder.
pub(crate) fn source(name: &str) -> PathBuf {
    root().join("tests/languages").join(name)
}

/// An installed file, as `python/bin/componentize-py`.
#[track_caller]
pub(crate) fn tool(name: &str) -> PathBuf {
    let target = Path::new(FILEMAP).ancestors().nth(2).expect("it is TARGET/PROFILE/filemap");
    let tool = target.join("languages").join(name);
    assert!(tool.exists(), "there is no `{}`; run `cargo xtask languages`", tool.display());
    tool
}

/// Runs a command and returns what it prints. A command that fails fails the test.
#[track_caller]
pub(crate) fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (printed, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{printed}{errors}", output.status);
    printed
}

/// The plugin with this name: `plugin.wasm` in a folder of its own, which `build` makes there from
/// these sources and the WIT package in `wit`.
///
/// The tools make another component each time, which Wasmtime would have to compile again. So they
/// run only after one of these files or the WIT package has changed.
#[track_caller]
pub(crate) fn plugin(name: &str, sources: &[&str], build: impl FnOnce(&Path)) -> PathBuf {
    let mut inputs = succeeds(Command::new(FILEMAP).arg("wit"));
    for name in sources {
        inputs += &fs::read_to_string(source(name)).unwrap();
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages").join(name);
    let (plugin, stamp) = (folder.join("plugin.wasm"), folder.join("inputs.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|built| built == inputs) {
        return plugin;
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    succeeds(Command::new(FILEMAP).args(["wit", "--output"]).arg(folder.join("wit")));
    for name in sources {
        // A copy, because Python writes what it compiles beside its sources.
        let file = source(name);
        fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
    }
    build(&folder);
    // Written last, so that an interrupted build does not count.
    fs::write(stamp, inputs).unwrap();
    plugin
}
