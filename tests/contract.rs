//! The contract suite: every case of the test program `contract` runs under the native provider,
//! under the native provider with files mapped into guest memory, and under the portable provider.
//!
//! The cases are functions in `tests/programs/src/bin/contract`; the program and this file share
//! its `list.rs`. `cargo test --test contract portable::` runs the cases under one provider.

mod support;

use support::cases::{BOTH_PROVIDERS, check_case, tests_under_all_providers};
use support::folders::Folders;
use support::run::{Provider, run};

include!("programs/src/bin/contract/list.rs");

/// The maximum size of a plugin's memory, in bytes: no case needs a whole file in memory.
const MAX_MEMORY: usize = 16_000_000;

fn check(provider: Provider, case: &str) {
    check_case(provider, "contract", case, MAX_MEMORY);
}

for_each_case!(tests_under_all_providers);

#[test]
fn describe_says_not_locked_under_the_portable_provider_only() {
    for provider in BOTH_PROVIDERS {
        let outcome =
            run(provider, "contract", &["store_describe_is_pythons_repr"], &Folders::new());
        let not_locked = if provider == Provider::Portable { ", not locked" } else { "" };
        assert_eq!(
            outcome.stdout,
            format!("<File: ./work/store, 2 elements{not_locked}>\n"),
            "{provider:?}"
        );
    }
}
