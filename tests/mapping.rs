//! Files in the memory of plugins, under the native provider, which alone can do that.
//!
//! What is checked stands in `tests/programs/src/bin/mapping`, as for the contract suite.

mod support;

use support::folders::Folders;
use support::run::{Outcome, Provider, run};

include!("programs/src/bin/mapping/list.rs");

fn outcome(provider: Provider, case: &str, folders: &Folders) -> Outcome {
    run(provider, "mapping", &[case], folders)
}

fn check(case: &str) {
    let outcome = outcome(Provider::Mapping, case, &Folders::new());
    assert_eq!(outcome.exit, Ok(0), "{}", outcome.stderr);
}

macro_rules! tests {
    ($($case:ident)*) => {
        $(#[test] fn $case() { check(stringify!($case)); })*
    };
}

for_each_case!(tests);

/// Whether this process has any file of these folders mapped.
fn has_mappings(folders: &Folders) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.contains(folders.work().to_str().expect("a path in UTF-8"))
}

#[test]
fn without_the_embedders_consent_it_is_unsupported() {
    for provider in [Provider::Native, Provider::Portable] {
        let outcome = outcome(provider, "is_unsupported", &Folders::new());
        assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    }
}

#[test]
fn a_store_into_a_window_that_is_read_traps_and_the_host_goes_on() {
    for _ in 0..3 {
        let folders = Folders::new();
        let trap = outcome(Provider::Mapping, "stores_into_a_window_that_is_read", &folders)
            .exit
            .unwrap_err();
        assert!(trap.contains("memory fault"), "{trap}");
        assert_eq!(std::fs::read(folders.work().join("bytes.bin")).unwrap()[10], 10);
        assert!(!has_mappings(&folders));
    }
}

#[test]
fn windows_are_gone_with_their_plugin() {
    for (case, traps) in [("traps_with_windows", true), ("ends_with_windows", false)] {
        let folders = Folders::new();
        assert_eq!(outcome(Provider::Mapping, case, &folders).exit.is_err(), traps);
        assert!(!has_mappings(&folders), "{case}");
    }
}
