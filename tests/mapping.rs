//! Files mapped into guest memory, under the native provider; the portable provider cannot map and
//! must say so.
//!
//! The cases are functions in `tests/programs/src/bin/mapping`; the program and this file share its
//! `list.rs`.

mod support;

use support::cases::{BOTH_PROVIDERS, tests_under_mapping};
use support::folders::Folders;
use support::run::{Outcome, Provider, run};

include!("programs/src/bin/mapping/list.rs");

fn run_case(provider: Provider, case: &str, folders: &Folders) -> Outcome {
    run(provider, "mapping", &[case], folders)
}

fn check(provider: Provider, case: &str) {
    let outcome = run_case(provider, case, &Folders::new());
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
}

for_each_case!(tests_under_mapping);

/// Returns whether this process has a file of these folders mapped.
fn has_mappings(folders: &Folders) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.contains(folders.work().to_str().expect("the path is UTF-8"))
}

#[test]
fn mapping_is_unsupported_unless_the_embedder_enables_it() {
    for provider in BOTH_PROVIDERS {
        check(provider, "is_unsupported");
    }
}

#[test]
fn a_store_instruction_into_a_read_only_window_traps_and_leaves_the_host_running() {
    for _ in 0..3 {
        let folders = Folders::new();
        let trap = run_case(Provider::Mapping, "stores_into_a_read_only_window", &folders)
            .exit
            .unwrap_err();
        assert!(trap.contains("memory fault"), "{trap}");
        assert_eq!(std::fs::read(folders.work().join("bytes.bin")).unwrap()[10], 10);
        assert!(!has_mappings(&folders));
    }
}

#[test]
fn windows_are_unmapped_when_their_plugin_ends_or_traps() {
    for (case, traps) in [("traps_with_windows", true), ("ends_with_windows", false)] {
        let folders = Folders::new();
        assert_eq!(run_case(Provider::Mapping, case, &folders).exit.is_err(), traps);
        assert!(!has_mappings(&folders), "{case}");
    }
}
