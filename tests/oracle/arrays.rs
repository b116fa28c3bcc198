//! Arrays of every dtype with a fixed size: numpy and filemap read, check and change each other's
//! files.

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
use super::run_plugin;
use super::support::cases::BOTH_PROVIDERS;
use super::support::folders::Folders;
use dtypes::dtypes;
use specs::{Generator, Spec, lines};

/// Runs an action of `arrays.py` in the directory `work/folder`.
#[track_caller]
fn run_numpy(action: &str, lines: &str, folders: &Folders) {
    let (folder, path) = (folder(folders), folders.work().join("lines"));
    fs::write(&path, lines).unwrap();
    python("tests/oracle/arrays.py", [action.as_ref(), folder.as_os_str(), path.as_os_str()]);
}

/// Returns the directory for the arrays; numpy or the plugin creates it.
fn folder(folders: &Folders) -> PathBuf {
    folders.work().join("folder")
}

/// Calls `check` for each seed with a generator of arrays of all dtypes.
fn for_each_generator(check: impl Fn(&mut Generator<'_>)) {
    let dtypes = dtypes();
    for_some_seeds(|random: &mut Random| check(&mut Generator { random, dtypes: &dtypes }));
}

#[test]
fn filemap_writes_the_same_bytes_as_numpy_and_numpy_reads_them() {
    for_each_generator(|generator| {
        let specs =
            [generator.raw(), generator.created()].into_iter().flatten().collect::<Vec<_>>();
        let by_numpy = Folders::new();
        run_numpy("write", &lines(&specs), &by_numpy);
        for provider in BOTH_PROVIDERS {
            let folders = Folders::new();
            run_plugin(provider, "arrays-write", "work/folder", &lines(&specs), &folders);
            run_numpy("check", &lines(&specs), &folders);
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
fn filemap_reads_arrays_that_numpy_wrote() {
    for_each_generator(|generator| {
        let specs = [generator.raw(), generator.saved(), generator.created()]
            .into_iter()
            .flatten()
            .collect();
        let (specs, long) = generator.split_long(specs);
        let folders = Folders::new();
        run_numpy("write", &lines(&specs), &folders);
        run_numpy("write", &lines(&long), &folders);
        let refused: Vec<_> =
            long.into_iter().map(|spec| Spec { method: "refused".into(), ..spec }).collect();
        for provider in BOTH_PROVIDERS {
            // By default numpy does not read headers of this length, either.
            run_plugin(provider, "arrays-check", "work/folder", &lines(&refused), &folders);
            let (path, found) = (folders.work().join("lines"), folders.work().join("lines-found"));
            run_plugin(provider, "arrays-find", "work/folder", &lines(&specs), &folders);
            python(
                "tests/oracle/arrays.py",
                ["compare".as_ref(), path.as_os_str(), found.as_os_str()],
            );
            // numpy and filemap must find the arrays again by the description that filemap gave,
            // its dtype in particular.
            let found = fs::read_to_string(found).unwrap();
            run_numpy("check", &found, &folders);
            run_plugin(provider, "arrays-check", "work/folder", &found, &folders);
        }
    });
}

#[test]
fn numpy_reads_its_files_after_filemap_changed_them() {
    for_each_generator(|generator| {
        let folders = Folders::new();
        let specs = generator.saved();
        let (specs, _) = generator.split_long(specs);
        run_numpy("write", &lines(&specs), &folders);
        for provider in BOTH_PROVIDERS {
            let specs = generator.saved();
            let (specs, _) = generator.split_long(specs);
            run_plugin(provider, "arrays-write", "work/folder", &lines(&specs), &folders);
            run_numpy("check", &lines(&specs), &folders);
        }
    });
}

#[test]
fn dtypes_that_an_npy_version_cannot_describe_are_refused() {
    for_each_generator(|generator| {
        let specs = generator.refused();
        assert!(specs.len() > 10, "{} specs", specs.len());
        for provider in BOTH_PROVIDERS {
            run_plugin(provider, "arrays-refuse", "work/folder", &lines(&specs), &Folders::new());
        }
    });
}

#[test]
fn all_fixtures_written_by_numpy_are_read() {
    let text = fs::read_to_string(Folders::data().join("arrays/manifest.json")).unwrap();
    let Value::Object(manifest) = serde_json::from_str(&text).unwrap() else {
        panic!("the manifest is an object")
    };
    let specs: Vec<_> = manifest.iter().map(|(file, entry)| fixture(file, entry)).collect();
    assert!(specs.len() > 100, "{} specs", specs.len());
    for provider in BOTH_PROVIDERS {
        run_plugin(provider, "arrays-check", "data/arrays", &lines(&specs), &Folders::new());
    }
}

/// Returns the description of a fixture in the manifest.
fn fixture(file: &str, entry: &Value) -> Spec {
    let file = file.to_owned();
    if entry.get("corrupt").is_some() {
        return Spec {
            method: "refused".into(),
            file,
            dtype: "?".into(),
            order: 'C',
            offset: None,
            shape: Vec::new(),
            data: Vec::new(),
        };
    }
    Spec {
        // The plugin opens fixtures read-only, whatever the method.
        method: if entry.get("version").is_some() { "npy" } else { "w+" }.into(),
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
