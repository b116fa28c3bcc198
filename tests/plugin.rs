//! The crate `filemap-plugin`: every case of the program `plugin_crate`, under both providers, and once more under the
//! native one with files in the plugin's memory.
//!
//! What is checked stands in `tests/programs/src/bin/plugin_crate`, as for the contract suite.

mod support;

use support::folders::Folders;
use support::run::{Outcome, Provider, run};

include!("programs/src/bin/plugin_crate/list.rs");

/// What a plugin may need for a case: no window is as large.
const MEMORY: usize = 24_000_000;

fn check(provider: Provider, case: &str) -> Outcome {
    let outcome = run(provider, "plugin_crate", &[case], &Folders::new());
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    // Cases of that name move as much as one call may.
    assert!(case.starts_with("large_") || outcome.memory < MEMORY, "{provider:?} used {} bytes", outcome.memory);
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
