//! Arrays: files that numpy and filemap both write and read, of every dtype that has a fixed size.

#[path = "arrays/dtypes.rs"]
mod dtypes;
#[path = "arrays/specs.rs"]
mod specs;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::lines::decode;
use super::python::python;
use super::random::{Random, for_some_seeds};
use super::support::folders::Folders;
use super::{PROVIDERS, plugin};
use dtypes::dtypes;
use specs::{Maker, Spec, lines};

/// Lets numpy do something in the directory `folder`.
#[track_caller]
fn numpy(action: &str, lines: &str, folders: &Folders) {
    let (folder, path) = (folder(folders), folders.work().join("lines"));
    fs::write(&path, lines).unwrap();
    python("tests/oracle/arrays.py", [action.as_ref(), folder.as_os_str(), path.as_os_str()]);
}

/// An empty directory to begin with.
fn folder(folders: &Folders) -> PathBuf {
    folders.work().join("folder")
}

/// Makes arrays of all dtypes and lets something be done with them, for each seed.
fn for_each_maker(check: impl Fn(&mut Maker<'_>)) {
    let dtypes = dtypes();
    for_some_seeds(|random: &mut Random| check(&mut Maker { random, dtypes: &dtypes }));
}

#[test]
fn numpy_reads_what_filemap_writes_and_would_have_written_the_same() {
    for_each_maker(|maker| {
        let specs = [maker.raw(), maker.created()].into_iter().flatten().collect::<Vec<_>>();
        let by_numpy = Folders::new();
        numpy("write", &lines(&specs), &by_numpy);
        for provider in PROVIDERS {
            let folders = Folders::new();
            plugin(provider, "arrays-write", "work/folder", &lines(&specs), &folders);
            numpy("check", &lines(&specs), &folders);
            for Spec { file, dtype, .. } in &specs {
                let read = |folders| fs::read(folder(folders).join(file)).unwrap();
                let (found, expected) = (read(&folders), read(&by_numpy));
                let position =
                    found.iter().zip(&expected).position(|(found, expected)| found != expected);
                assert!(
                    found == expected,
                    "{provider:?}: {file}, `{dtype:.200}`: {} and {} bytes, different from \
                     {position:?} on",
                    found.len(),
                    expected.len()
                );
            }
        }
    });
}

#[test]
fn filemap_reads_what_numpy_writes() {
    for_each_maker(|maker| {
        let specs = [maker.raw(), maker.saved(), maker.created()].into_iter().flatten().collect();
        let (specs, long) = maker.split_long(specs);
        let folders = Folders::new();
        numpy("write", &lines(&specs), &folders);
        numpy("write", &lines(&long), &folders);
        let refused: Vec<_> =
            long.into_iter().map(|spec| Spec { how: "refused".into(), ..spec }).collect();
        for provider in PROVIDERS {
            // numpy does not read them either, unless it is asked to.
            plugin(provider, "arrays-check", "work/folder", &lines(&refused), &folders);
            let (path, found) = (folders.work().join("lines"), folders.work().join("lines-found"));
            plugin(provider, "arrays-find", "work/folder", &lines(&specs), &folders);
            python(
                "tests/oracle/arrays.py",
                ["compare".as_ref(), path.as_os_str(), found.as_os_str()],
            );
            // What filemap says of an array, its dtype above all, is something that numpy and
            // filemap find it by.
            let found = fs::read_to_string(found).unwrap();
            numpy("check", &found, &folders);
            plugin(provider, "arrays-check", "work/folder", &found, &folders);
        }
    });
}

#[test]
fn numpy_reads_its_own_files_after_filemap_has_changed_them() {
    for_each_maker(|maker| {
        let folders = Folders::new();
        let specs = maker.saved();
        let (specs, _) = maker.split_long(specs);
        numpy("write", &lines(&specs), &folders);
        for provider in PROVIDERS {
            let specs = maker.saved();
            let (specs, _) = maker.split_long(specs);
            plugin(provider, "arrays-write", "work/folder", &lines(&specs), &folders);
            numpy("check", &lines(&specs), &folders);
        }
    });
}

#[test]
fn filemap_makes_no_file_that_numpy_could_not_make() {
    for_each_maker(|maker| {
        let specs = maker.refused();
        assert!(specs.len() > 10, "{} of them", specs.len());
        for provider in PROVIDERS {
            plugin(provider, "arrays-refuse", "work/folder", &lines(&specs), &Folders::new());
        }
    });
}

#[test]
fn the_fixtures_of_numpy_are_read_whole() {
    let text = fs::read_to_string(Folders::data().join("arrays/manifest.json")).unwrap();
    let Value::Object(manifest) = serde_json::from_str(&text).unwrap() else {
        panic!("the manifest is an object")
    };
    let specs: Vec<_> = manifest.iter().map(|(file, entry)| fixture(file, entry)).collect();
    assert!(specs.len() > 100, "{} of them", specs.len());
    for provider in PROVIDERS {
        plugin(provider, "arrays-check", "data/arrays", &lines(&specs), &Folders::new());
    }
}

/// What the manifest says of a file.
fn fixture(file: &str, entry: &Value) -> Spec {
    let file = file.to_owned();
    if entry.get("corrupt").is_some() {
        return Spec {
            how: "refused".into(),
            file,
            dtype: "?".into(),
            order: 'C',
            offset: None,
            shape: Vec::new(),
            data: Vec::new(),
        };
    }
    Spec {
        // Opened for reading only, whatever stands here.
        how: if entry.get("version").is_some() { "npy" } else { "w+" }.into(),
        file,
        dtype: entry["dtype"].as_str().unwrap().into(),
        order: if entry["fortran_order"] == true { 'F' } else { 'C' },
        offset: Some(entry["offset"].as_u64().unwrap_or(0)),
        shape: entry["shape"]
            .as_array()
            .unwrap()
            .iter()
            .map(|axis| axis.as_u64().unwrap())
            .collect(),
        data: decode(entry["data"].as_str().unwrap()),
    }
}
