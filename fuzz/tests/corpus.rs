//! Runs the fuzz targets on their corpora, without nightly Rust and without libFuzzer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Defines a test for each target, and the list of all targets.
macro_rules! targets {
    ($($target:ident)+) => {
        const TARGETS: &[&str] = &[$(stringify!($target)),+];

        $(
            #[test]
            fn $target() {
                for input in inputs(stringify!($target)) {
                    println!("{}", input.display());
                    filemap_fuzz::$target(&fs::read(input).unwrap());
                }
            }
        )+
    };
}

targets! {
    npy_header
    dtype
    selection
    store_directory
    engine_model
    native_truncation
}

/// The maximum size of all corpora in bytes: they are in the repository, and the tests run them.
const MAX_SIZE: u64 = 200_000;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the files of a target's corpus, of which there is at least one.
fn inputs(target: &str) -> Vec<PathBuf> {
    let folder = package().join("corpus").join(target);
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty(), "the corpus {} is empty", folder.display());
    files.sort();
    files
}

/// Returns the names in a folder, up to their first dot.
fn names(folder: &str) -> BTreeSet<String> {
    let name = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    fs::read_dir(package().join(folder)).unwrap().map(|entry| name(entry.unwrap().path())).collect()
}

#[test]
fn every_target_has_a_test_a_corpus_and_a_program() {
    let targets: BTreeSet<_> = TARGETS.iter().map(ToString::to_string).collect();
    assert_eq!(names("corpus"), targets);
    assert_eq!(names("libfuzzer/targets"), targets);
    let manifest = fs::read_to_string(package().join("libfuzzer/Cargo.toml")).unwrap();
    for target in targets {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
    }
}

#[test]
fn the_corpora_are_small() {
    let size = |path: PathBuf| fs::metadata(path).unwrap().len();
    let sizes = TARGETS.iter().flat_map(|target| inputs(target)).map(size);
    let size: u64 = sizes.sum();
    assert!(size <= MAX_SIZE, "the corpora have {size} bytes, and may have {MAX_SIZE}");
}
