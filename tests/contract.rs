//! The contract suite: every case of the program `contract`, under both providers, and once more
//! under the native one with files in the plugin's memory.
//!
//! What is checked stands in `tests/programs/src/bin/contract`: a case is a function there, and the
//! list of the cases is the same for the program, which calls them, and for this file, which makes
//! three tests of each.

mod support;

use support::folders::Folders;
use support::run::{Provider, run};

include!("programs/src/bin/contract/list.rs");

/// What a plugin may need for a case: nothing holds a whole file.
const MEMORY: usize = 16_000_000;

fn check(provider: Provider, case: &str) {
    let outcome = run(provider, "contract", &[case], &Folders::new());
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    // Cases of that name move as much as one call may.
    assert!(
        case.starts_with("large_") || outcome.memory < MEMORY,
        "{provider:?} used {} bytes",
        outcome.memory
    );
}

#[test]
fn stores_say_which_provider_cannot_lock() {
    for (provider, not_locked) in [(Provider::Native, ""), (Provider::Portable, ", not locked")] {
        let outcome =
            run(provider, "contract", &["store_describe_is_pythons_repr"], &Folders::new());
        assert_eq!(
            outcome.stdout,
            format!("<File: ./work/store, 2 elements{not_locked}>\n"),
            "{provider:?}"
        );
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
