//! The contract against the snapshots of its versions: a change that would break compiled plugins
//! fails here.
//!
//! `snapshots/VERSION.wit` is the WIT of that version without comments. Within a version nothing
//! but comments and layout may change. A later 0.1.x keeps everything that the snapshots of earlier
//! ones have, and may add to it; `docs/versions.md` says what, and how to make a new version.

mod compare;
mod contract;
mod item;
mod token;

use std::fs;
use std::path::{Path, PathBuf};

use compare::check;
use contract::Contract;

/// Set to 1, it writes the snapshot of a version that has none.
const WRITE: &str = "FILEMAP_WIT_SNAPSHOT";

#[test]
fn the_contract_keeps_what_its_snapshots_have() {
    let text = concatenated(&root().join("wit"));
    let present = Contract::parse(&text);
    let version = present.version();
    let snapshot = snapshots().join(format!("{version}.wit"));
    if !snapshot.exists() && std::env::var_os(WRITE).is_some_and(|value| value == "1") {
        fs::write(&snapshot, present.to_string()).expect("the snapshot can be written");
    }
    assert!(
        snapshot.exists(),
        "`filemap:data@{version}` has no snapshot; read docs/versions.md on new versions, then \
         run\n\n    {WRITE}=1 cargo test -p filemap --test wit\n\nand commit `{}`",
        snapshot.display()
    );
    for path in wit_files(&snapshots()) {
        let earlier = fs::read_to_string(&path).expect("it can be read");
        if let Err(difference) = check(&earlier, &text) {
            panic!(
                "the contract in `wit` differs from `{}`:\n\n{difference}\n\nComments and layout \
                 may change. What else may change, and how to make a new version, is in \
                 docs/versions.md.",
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

/// The text of all files of a package, one after the other.
fn concatenated(folder: &Path) -> String {
    let texts =
        wit_files(folder).into_iter().map(|path| fs::read_to_string(path).expect("it can be read"));
    texts.collect::<Vec<_>>().join("\n")
}

/// The files of a folder whose names end in `.wit`, sorted.
fn wit_files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "wit"));
    files.sort();
    files
}
