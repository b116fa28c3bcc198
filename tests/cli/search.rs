//! The example `search`, run as its README shows, under the native provider with and without files
//! mapped into guest memory, and composed with the portable component.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use tempfile::tempdir;

use super::support::command::filemap;
use super::support::programs::{example, root};
use super::support::run::Provider;
use super::{Outcome, for_provider, readme_outputs};

const PROVIDERS: [Provider; 3] = [Provider::Native, Provider::Mapping, Provider::Portable];

/// Runs the example on a folder of data, with these words as arguments and this standard input.
fn search(provider: Provider, data: &Path, words: &[&str], input: &str) -> Outcome {
    let folder = tempdir().unwrap();
    let mut command = filemap();
    command.args(["run", "--dir-ro", &format!("{}::data", data.display())]);
    if provider == Provider::Mapping {
        command.arg("--map");
    }
    command.arg(for_provider(provider, example("search"), folder.path())).args(words);
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Outcome::new(&process.wait_with_output().unwrap())
}

#[test]
fn every_provider_prints_the_output_shown_in_the_readme() {
    let data = root().join("examples/search/data");
    let [king, army_and_water] = readme_outputs("search").try_into().unwrap();
    for provider in PROVIDERS {
        assert_eq!(search(provider, &data, &["king"], "").succeeds(), king, "{provider:?}");
        assert_eq!(
            search(provider, &data, &["army", "water"], "").succeeds(),
            army_and_water,
            "{provider:?}"
        );
        let both = king.clone() + &army_and_water;
        assert_eq!(
            search(provider, &data, &[], "king\n\n army  water").succeeds(),
            both,
            "{provider:?}"
        );
    }
}

#[test]
fn unknown_words_and_inconsistent_data_are_errors() {
    let check = |data: &Path, expected| {
        let stderr = search(Provider::Native, data, &["xyz"], "").fails_with(1);
        assert_eq!(stderr.trim_end(), expected);
    };
    check(&root().join("examples/search/data"), "`xyz` is not one of the 960 words");

    let folder = tempdir().unwrap();
    let data = folder.path();
    fs::create_dir(data.join("labels")).unwrap();
    check(data, "the store `data/labels` has no `words`");
    fs::write(data.join("labels/words#0"), "one\ntwo\n").unwrap();
    fs::copy(root().join("tests/data/arrays/1d.npy"), data.join("embeddings.npy")).unwrap();
    check(
        data,
        "`data/embeddings.npy` has the shape [5]: pass a matrix with one row for each word and at \
         least one column",
    );
    fs::copy(root().join("examples/search/data/embeddings.npy"), data.join("embeddings.npy"))
        .unwrap();
    check(
        data,
        "`data/labels` has 2 words for the 960 rows of `data/embeddings.npy`; both are made \
         together, by `make.py`",
    );
}
