//! The crate `filemap-plugin`: every case of the program `plugin_crate`, under both providers, and
//! once more under the native one with files in the plugin's memory.
//!
//! What is checked stands in `tests/programs/src/bin/plugin_crate`, as for the contract suite.

mod support;

use std::fs;
use std::process::Command;

use support::folders::Folders;
use support::programs::{FILEMAP, plugged, program, root};
use support::run::{Outcome, Provider, run};

include!("programs/src/bin/plugin_crate/list.rs");

/// What a plugin may need for a case: no window is as large.
const MEMORY: usize = 24_000_000;

fn check(provider: Provider, case: &str) -> Outcome {
    let outcome = run(provider, "plugin_crate", &[case], &Folders::new());
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    // Cases of that name move as much as one call may.
    assert!(
        case.starts_with("large_") || outcome.memory < MEMORY,
        "{provider:?} used {} bytes",
        outcome.memory
    );
    outcome
}

#[test]
fn a_truncated_file_gives_zeroes_where_its_pages_are_mapped_and_is_told_of() {
    let said = |provider| check(provider, "map_of_a_file_that_was_truncated").stdout;
    assert_eq!(said(Provider::Mapping), "0, truncated\n");
    for provider in [Provider::Native, Provider::Portable] {
        assert_eq!(said(provider), "99999, fine\n", "{provider:?} gives a copy");
    }
}

#[test]
fn the_example_that_the_documentation_begins_with_does_what_it_says() {
    let example = fs::read_to_string(root().join("plugin/examples/sums.rs")).unwrap();
    assert!(
        fs::read_to_string(root().join("README.md")).unwrap().contains(&example),
        "the README has it too"
    );
    let (native, folder) = (program("sums"), tempfile::tempdir().unwrap());
    let portable = folder.path().join("plugged.wasm");
    fs::write(&portable, plugged(&native)).unwrap();
    // The header of a table of three rows and four columns.
    let mut table = fs::read(root().join("tests/data/arrays/float64-le-c.npy")).unwrap();
    table.truncate(128);
    table.extend((0..12_u8).flat_map(|number| f64::from(number).to_le_bytes()));
    for (plugin, flags) in [(&native, &[][..]), (&native, &["--map"]), (&portable, &[])] {
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::write(data.join("table.npy"), &table).unwrap();
        let granted = format!("{}::data", data.display());
        let output = Command::new(FILEMAP)
            .args(["run", "--dir", &granted])
            .args(flags)
            .arg(plugin)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{plugin:?} {flags:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.stdout.starts_with(b"<File: data/results, 1 element"));
        let sums: Vec<u8> =
            [6.0_f64, 22.0, 38.0].iter().flat_map(|sum| sum.to_le_bytes()).collect();
        assert_eq!(fs::read(data.join("sums.npy")).unwrap()[128..], sums);
        assert_eq!(fs::read(data.join("results/largest%20sum#0")).unwrap(), b"38");
        fs::remove_dir_all(&data).unwrap();
    }
}

macro_rules! under_all {
    ($($case:ident)*) => {
        mod native {
            $(#[test] fn $case() { super::check(super::Provider::Native, stringify!($case)); })*
        }
        mod mapping {
            $(#[test] fn $case() { super::check(super::Provider::Mapping, stringify!($case)); })*
        }
        mod portable {
            $(#[test] fn $case() { super::check(super::Provider::Portable, stringify!($case)); })*
        }
    };
}

for_each_case!(under_all);
