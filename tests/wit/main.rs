//! The WIT package `filemap:data` against the snapshots of its versions: a change that breaks
//! compiled plugins or providers fails the test.
//!
//! `snapshots/VERSION.wit` is the WIT of that version without comments. Within a version, only
//! comments and layout may change. A later 0.1.x keeps all items of the earlier snapshots and may
//! add items; `docs/versions.md` lists the permitted additions and the steps to a new version.

mod compare;
mod item;
mod package;
mod token;

use std::fs;
use std::path::{Path, PathBuf};

use compare::check;
use package::Package;

/// If this environment variable is 1, the test writes the snapshot of a version that has none.
const WRITE_SNAPSHOT: &str = "FILEMAP_WIT_SNAPSHOT";

#[test]
fn the_wit_is_compatible_with_all_snapshots() {
    let text = concatenated(&root().join("wit"));
    let present = Package::parse(&text);
    let version = present.version();
    let snapshot = snapshots().join(format!("{version}.wit"));
    if !snapshot.exists() && std::env::var_os(WRITE_SNAPSHOT).is_some_and(|value| value == "1") {
        fs::write(&snapshot, present.to_string()).expect("the snapshot can be written");
    }
    assert!(
        snapshot.exists(),
        "`filemap:data@{version}` has no snapshot; follow docs/versions.md on new versions, then \
         run\n\n    {WRITE_SNAPSHOT}=1 cargo test -p filemap --test wit\n\nand commit `{}`",
        snapshot.display()
    );
    for path in wit_files(&snapshots()) {
        let earlier = fs::read_to_string(&path).expect("the file is readable");
        if let Err(difference) = check(&earlier, &text) {
            panic!(
                "the WIT in `wit` is not compatible with `{}`:\n\n{difference}\n\nComments and \
                 layout may change. docs/versions.md lists the other permitted changes and the \
                 steps to a new version.",
                path.display()
            );
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn snapshots() -> PathBuf {
    root().join("tests/wit/snapshots")
}

/// Returns the concatenated text of all files of a package.
fn concatenated(folder: &Path) -> String {
    let texts = wit_files(folder)
        .into_iter()
        .map(|path| fs::read_to_string(path).expect("the file is readable"));
    texts.collect::<Vec<_>>().join("\n")
}

/// Returns the `.wit` files of a folder, sorted by name.
fn wit_files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> =
        entries.map(|entry| entry.expect("the folder is readable").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "wit"));
    files.sort();
    files
}
