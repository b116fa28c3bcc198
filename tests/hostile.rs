//! Hostile plugins, under both providers: the plugin gets an error for each attempt. A well-behaved
//! plugin works beside it in the same process, and further ones are served afterwards.
//!
//! The cases are functions in `tests/programs/src/bin/hostile`; the program and this file share its
//! `list.rs`. `cargo test --test hostile portable::` runs the cases that need no preparation under
//! one provider.

#[path = "hostile/exhausted.rs"]
mod exhausted;
#[path = "hostile/files.rs"]
mod files;
#[path = "hostile/handwritten.rs"]
mod handwritten;
#[path = "hostile/limits.rs"]
mod limits;
#[path = "hostile/rounds.rs"]
mod rounds;
#[path = "hostile/signals.rs"]
mod signals;
#[path = "hostile/soak.rs"]
mod soak;
#[path = "hostile/stores.rs"]
mod stores;
mod support;

use filemap_host::CtxBuilder;
use support::cases::{BOTH_PROVIDERS, tests_in_asynchronous_form, tests_under_both_providers};
use support::folders::Folders;
use support::neighbour::Neighbour;
use support::run::{Outcome, Provider, run_within};

include!("programs/src/bin/hostile/list.rs");

const PAGE: u64 = 4096;

/// Runs a case beside a well-behaved plugin, and then a well-behaved plugin under both providers.
#[track_caller]
fn run_case(provider: Provider, case: &str, folders: &Folders, limits: &CtxBuilder) -> Outcome {
    let neighbour = Neighbour::start(provider);
    let outcome = run_within(provider, "hostile", &arguments(provider, case), folders, limits);
    neighbour.finish();
    for provider in BOTH_PROVIDERS {
        let arguments = arguments(provider, prepared::behaves_well);
        let outcome = run_within(provider, "hostile", &arguments, folders, &CtxBuilder::new());
        assert_eq!(outcome.exit, Ok(0), "after `{case}`, under {provider:?}: {}", outcome.stderr);
    }
    outcome
}

/// Returns the arguments of the hostile plugin for a case. The plugin knows the provider, because
/// some attempts get another error under the other one.
fn arguments(provider: Provider, case: &str) -> [&str; 2] {
    [case, if provider == Provider::Portable { "portable" } else { "native" }]
}

/// Runs a case like [`run_case`]. It must not trap.
#[track_caller]
fn check_with(provider: Provider, case: &str, folders: &Folders, limits: &CtxBuilder) {
    let outcome = run_case(provider, case, folders, limits);
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    print!("{}", outcome.stdout);
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

macro_rules! all_cases {
    ($($case:ident)*) => { &[$(stringify!($case)),*] };
}

/// The names of the cases that need no preparation.
const ALL_CASES: &[&str] = for_each_hostile_case!(all_cases);

/// Cases that take seconds: they pass millions of values, or make a hundred thousand things.
const SLOW_CASES: [&str; 8] = [
    "asks_for_a_million_indices",
    "writes_too_much_in_one_call",
    "asks_for_a_key_of_ten_megabytes",
    "makes_a_hundred_thousand_keys",
    "updates_a_hundred_thousand_items",
    "asks_for_a_million_values",
    "makes_a_hundred_thousand_streams_one_by_one",
    "asks_for_dtypes_of_many_parts",
];

/// Returns the cases for tests that run them many times: all, or only the fast ones.
fn repeated_cases(with_slow: bool) -> Vec<&'static str> {
    let is_repeated = |case: &&str| with_slow || !SLOW_CASES.contains(case);
    ALL_CASES.iter().copied().filter(is_repeated).collect()
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
