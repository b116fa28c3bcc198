//! Stores: directories that zict and filemap both write and read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use super::lines::{decode, encode};
use super::python::python;
use super::random::{Random, for_each_seed};
use super::support::folders::Folders;
use super::support::run::Provider;
use super::{PROVIDERS, plugin};

/// Who reads or writes.
#[derive(Clone, Copy, Debug)]
enum Side {
    Zict,
    Filemap(Provider),
}

use Side::{Filemap, Zict};

const SIDES: [Side; 3] = [Zict, Filemap(Provider::Native), Filemap(Provider::Portable)];

enum Change {
    Set(String, Vec<u8>),
    Parts(String, Vec<Vec<u8>>),
    Remove(String),
}

/// The keys and their values.
pub(crate) type Contents = BTreeMap<String, Vec<u8>>;

/// A directory, and what must be in it.
struct Bench {
    folders: Folders,
    contents: Contents,
}

impl Bench {
    fn new() -> Self {
        Self { folders: Folders::new(), contents: Contents::new() }
    }

    /// Lets one side make these changes.
    #[track_caller]
    fn apply(&mut self, side: Side, changes: Vec<Change>) {
        let mut lines = String::new();
        for change in changes {
            let line = match &change {
                Change::Set(key, value) => format!("set {} {}", encode(key), encode(value)),
                Change::Parts(key, parts) => {
                    format!("parts {} {}", encode(key), parts.iter().map(encode).collect::<Vec<_>>().join(" "))
                }
                Change::Remove(key) => format!("remove {}", encode(key)),
            };
            writeln!(lines, "{line}").unwrap();
            match change {
                Change::Set(key, value) => _ = self.contents.insert(key, value),
                Change::Parts(key, parts) => _ = self.contents.insert(key, parts.concat()),
                Change::Remove(key) => _ = self.contents.remove(&key),
            }
        }
        self.call(side, "apply", &lines);
        let files = fs::read_dir(self.folders.work().join("store")).unwrap().count();
        assert_eq!(files, self.contents.len(), "{side:?} leaves one file a key and no litter");
    }

    /// Each side finds what must be there, and nothing else.
    #[track_caller]
    fn check(&self) {
        for side in SIDES {
            self.call(side, "check", &lines(&self.contents));
        }
    }

    #[track_caller]
    fn call(&self, side: Side, action: &str, lines: &str) {
        match side {
            Filemap(provider) => plugin(provider, &format!("store-{action}"), "work/store", lines, &self.folders),
            Zict => {
                let (store, path) = (self.folders.work().join("store"), self.folders.work().join("lines"));
                fs::write(&path, lines).unwrap();
                python("tests/oracle/store.py", [action.as_ref(), store.as_os_str(), path.as_os_str()]);
            }
        }
    }

    /// The names of the files in the directory, without their numbers.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folders.work().join("store")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.map(|name| name.rsplit_once('#').unwrap().0.to_owned()).collect();
        names.sort();
        names
    }
}

/// The lines that the contents are compared with.
pub(crate) fn lines(contents: &Contents) -> String {
    let lines: Vec<_> = contents.iter().map(|(key, value)| format!("{} {}\n", encode(key), encode(value))).collect();
    lines.concat()
}

/// Keys and values that are likely to go wrong; some are overwritten, and some removed.
fn awkward() -> Vec<Change> {
    let punctuation: String = (' '..='~').filter(char::is_ascii_punctuation).collect();
    let keys = [
        "",
        ".",
        "..",
        "a/b",
        "/",
        "%",
        "%41",
        "#",
        "x#1",
        "#0",
        "\0",
        " ",
        "\n",
        "\u{7f}",
        "~",
        "na\u{ef}ve",
        "\u{e9}",
        "e\u{301}",
        "\u{1f980}",
        "\u{10ffff}/\u{10348}",
        "Key",
        "key",
        "kept",
        ".tmp",
        &punctuation,
    ];
    let mut changes: Vec<_> = keys.iter().map(|key| Change::Set((*key).into(), key.as_bytes().to_vec())).collect();
    let large = (0..70_000_u32).map(|number| number.to_le_bytes()[number as usize % 2]).collect();
    changes.extend([
        Change::Set("empty".into(), Vec::new()),
        Change::Set("all bytes".into(), (0..=255).collect()),
        Change::Set("large".into(), large),
        Change::Parts("parts".into(), vec![b"123".to_vec(), Vec::new(), b"4567".to_vec()]),
        Change::Set("..".into(), b"another value".to_vec()),
        Change::Set(String::new(), b"and a third".to_vec()),
        Change::Parts("a/b".into(), vec![b"in ".to_vec(), b"parts".to_vec()]),
        Change::Remove("#".into()),
        Change::Remove("Key".into()),
        Change::Remove("all bytes".into()),
        Change::Set("all bytes".into(), (0..=255).rev().collect()),
    ]);
    changes
}

/// So many changes that can follow on these contents.
fn changes(random: &mut Random, contents: &Contents, count: usize) -> Vec<Change> {
    let mut keys: Vec<_> = contents.keys().cloned().collect();
    let mut changes = Vec::new();
    for _ in 0..count {
        let old = (!keys.is_empty()).then(|| random.below(keys.len()));
        match (random.below(6), old) {
            (0, Some(old)) => changes.push(Change::Remove(keys.swap_remove(old))),
            (kind, old) => {
                let key = old.filter(|_| kind < 3).map_or_else(|| random.text(), |old| keys[old].clone());
                if !keys.contains(&key) {
                    keys.push(key.clone());
                }
                let length = random.below(300);
                changes.push(if kind == 5 {
                    Change::Parts(key, (0..=length % 4).map(|_| random.bytes(length)).collect())
                } else {
                    Change::Set(key, random.bytes(length))
                });
            }
        }
    }
    changes
}

#[test]
fn each_side_reads_the_awkward_keys_of_each_other() {
    let names = SIDES.map(|side| {
        let mut bench = Bench::new();
        bench.apply(side, awkward());
        bench.check();
        bench.names()
    });
    assert_eq!(names[0], names[1]);
    assert_eq!(names[0], names[2]);
}

#[test]
fn each_side_reads_the_random_keys_of_each_other() {
    for_each_seed(|random| {
        for side in SIDES {
            let mut bench = Bench::new();
            bench.apply(side, changes(random, &bench.contents, 300));
            bench.check();
        }
    });
}

#[test]
fn a_directory_goes_to_and_fro() {
    for_each_seed(|random| {
        let mut bench = Bench::new();
        bench.apply(Zict, awkward());
        for _ in 0..2 {
            for side in [Filemap(Provider::Native), Zict, Filemap(Provider::Portable), Zict] {
                bench.apply(side, changes(random, &bench.contents, 40));
                bench.check();
            }
        }
    });
}

#[test]
fn the_fixture_of_zict_is_read_whole() {
    let text = fs::read_to_string(Folders::data().join("store.json")).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    let entries = json["entries"].as_array().unwrap().iter().map(|entry| {
        let value = match entry["value"].as_str() {
            Some(digits) => decode(digits),
            // The long one, for which there is a formula in `tests/data/generate`.
            None => (0..70_000_u32).map(|number| (31 * number + number / 256).to_le_bytes()[0]).collect(),
        };
        (entry["key"].as_str().unwrap().to_owned(), value)
    });
    let contents: Contents = entries.collect();
    assert_eq!(contents.len(), 21);
    for provider in PROVIDERS {
        plugin(provider, "store-check", "data/store", &lines(&contents), &Folders::new());
    }
}
