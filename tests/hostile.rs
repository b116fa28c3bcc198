//! Hostile plugins, under both providers: the plugin gets an error for each attempt, and afterwards
//! the host serves a well-behaved plugin.
//!
//! The cases are functions in `tests/programs/src/bin/hostile`; the program and this file share its
//! `list.rs`. `cargo test --test hostile portable::` runs the cases that need no preparation under
//! one provider.

#[path = "hostile/child.rs"]
mod child;
#[path = "hostile/files.rs"]
mod files;
#[path = "hostile/limits.rs"]
mod limits;
#[path = "hostile/stores.rs"]
mod stores;
mod support;

use filemap_host::CtxBuilder;
use support::cases::{BOTH_PROVIDERS, tests_in_asynchronous_form, tests_under_both_providers};
use support::folders::Folders;
use support::run::{Provider, run_within};

include!("programs/src/bin/hostile/list.rs");

const PAGE: u64 = 4096;

/// Runs a case, which must not trap, and then a well-behaved plugin under both providers.
#[track_caller]
fn check_with(provider: Provider, case: &str, folders: &Folders, limits: &CtxBuilder) {
    let outcome = run_within(provider, "hostile", &[case], folders, limits);
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    print!("{}", outcome.stdout);
    for provider in BOTH_PROVIDERS {
        let outcome =
            run_within(provider, "hostile", &[prepared::behaves_well], folders, &CtxBuilder::new());
        assert_eq!(outcome.exit, Ok(0), "after `{case}`, under {provider:?}: {}", outcome.stderr);
    }
}

/// Returns the default limits, but for the work of one call those that the cases know: 8 GiB, and
/// 1 GiB in pages of 4 KiB. The defaults take minutes to reach.
const fn hostile_limits() -> CtxBuilder {
    CtxBuilder::new().max_scanned(8 << 30).max_touched_pages(1 << 18)
}

/// Runs a case in new folders under [`hostile_limits`], like [`check_with`].
#[track_caller]
fn check(provider: Provider, case: &str) {
    check_with(provider, case, &Folders::new(), &hostile_limits());
}

for_each_hostile_case!(tests_under_both_providers);
for_each_hostile_case!(tests_in_asynchronous_form);

/// The names of the cases for which a test prepares files or limits. The compiler warns about a
/// name that no test uses.
#[expect(non_upper_case_globals, reason = "they are the names of functions of the plugin")]
mod prepared {
    macro_rules! names {
        ($($case:ident)*) => { $(pub(crate) const $case: &str = stringify!($case);)* };
    }
    for_each_prepared_hostile_case!(names);
}
