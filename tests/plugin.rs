//! The guest crate `filemap-plugin`: every case of the test program `plugin_crate` runs under the
//! native provider, under the native provider with files mapped into guest memory, and under the
//! portable provider.
//!
//! The cases are functions in `tests/programs/src/bin/plugin_crate`; the program and this file
//! share its `list.rs`. `cargo test --test plugin portable::` runs the cases under one provider.

mod support;

use std::fs;

use support::cases::{BOTH_PROVIDERS, check_case, tests_under_all_providers};
use support::command::{composed, filemap, succeeds};
use support::programs::{program, root};
use support::run::{Outcome, Provider};

include!("programs/src/bin/plugin_crate/list.rs");

/// The maximum size of a plugin's memory, in bytes: no window is this large.
const MAX_MEMORY: usize = 24_000_000;

fn check(provider: Provider, case: &str) -> Outcome {
    check_case(provider, "plugin_crate", case, MAX_MEMORY)
}

for_each_case!(tests_under_all_providers);

#[test]
fn a_mapped_truncated_file_reads_as_zeroes_and_reports_truncated() {
    let stdout = |provider| check(provider, "map_of_a_truncated_file_is_truncated").stdout;
    assert_eq!(stdout(Provider::Mapping), "0, truncated\n");
    for provider in BOTH_PROVIDERS {
        assert_eq!(stdout(provider), "99999, fine\n", "{provider:?} reads a copy");
    }
}

#[test]
fn the_first_example_of_the_documentation_writes_the_documented_results() {
    let example = fs::read_to_string(root().join("plugin/examples/sums.rs")).unwrap();
    assert!(
        fs::read_to_string(root().join("README.md")).unwrap().contains(&example),
        "the README shows the same program"
    );
    let (native, folder) = (program("sums"), tempfile::tempdir().unwrap());
    let portable = composed(&native, folder.path());
    // The header of this fixture describes a table of three rows and four columns.
    let mut table = fs::read(root().join("tests/data/arrays/float64-le-c.npy")).unwrap();
    table.truncate(128);
    table.extend((0..12_u8).flat_map(|number| f64::from(number).to_le_bytes()));
    for (plugin, options) in [(&native, &[][..]), (&native, &["--map"]), (&portable, &[])] {
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::write(data.join("table.npy"), &table).unwrap();
        let grant = format!("{}::data", data.display());
        let stdout = succeeds(filemap().args(["run", "--dir", &grant]).args(options).arg(plugin));
        assert!(stdout.starts_with("<File: data/results, 1 element"));
        let sums: Vec<u8> =
            [6.0_f64, 22.0, 38.0].iter().flat_map(|sum| sum.to_le_bytes()).collect();
        assert_eq!(fs::read(data.join("sums.npy")).unwrap()[128..], sums);
        assert_eq!(fs::read(data.join("results/largest%20sum#0")).unwrap(), b"38");
        fs::remove_dir_all(&data).unwrap();
    }
}
