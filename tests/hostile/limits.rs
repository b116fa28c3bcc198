//! Hostile cases that run under chosen limits or within a maximum of host memory.

use filemap_host::CtxBuilder;

use super::support::cases::BOTH_PROVIDERS;
use super::support::child;
use super::support::folders::Folders;
use super::support::process::peak_memory;
use super::support::run::Provider;
use super::{PAGE, check, check_with, hostile_limits, prepared};

macro_rules! tests_under_native {
    ($($case:ident: $limits:expr,)*) => {
        $(#[test] fn $case() {
            check_with(Provider::Native, prepared::$case, &Folders::new(), &$limits);
        })*
    };
}

tests_under_native! {
    opens_arrays_without_end: hostile_limits(),
    opens_views_without_end: hostile_limits(),
    opens_stores_without_end: hostile_limits(),
    opens_key_streams_without_end: hostile_limits(),
    opens_item_streams_without_end: hostile_limits(),
    opens_writers_without_end: hostile_limits(),
    opens_readers_without_end: hostile_limits(),
    opens_values_without_end: hostile_limits(),
    sets_keys_without_end: hostile_limits().max_index(1_000_000),
    maps_bytes_without_end: hostile_limits().max_mapped(10_000_000_000),
    changes_pages_of_many_arrays: hostile_limits().max_private(64 * PAGE),
    changes_pages_that_are_far_apart: hostile_limits(),
    fills_elements_of_0_bytes: hostile_limits(),
    reads_terabytes: hostile_limits(),
    asks_for_large_results: hostile_limits(),
    finds_the_maximum_of_large_strings: hostile_limits(),
    changes_scattered_elements_up_to_the_limit: hostile_limits().max_private(64 * PAGE),
    resizes_beyond_its_address_space: hostile_limits().max_mapped(10_000_000),
    makes_files_that_are_too_large: hostile_limits(),
    takes_extreme_elements: hostile_limits(),
    advises_on_terabytes: hostile_limits(),
}

/// Runs the test of `case` in a child process: see [`child::runs_in_child`].
#[track_caller]
fn runs_in_child(case: &str) -> bool {
    child::runs_in_child(&format!("limits::{case}"))
}

/// A case that uses up the mappings of its process.
#[test]
fn advises_on_every_other_page() {
    if runs_in_child(prepared::advises_on_every_other_page) {
        check(Provider::Native, prepared::advises_on_every_other_page);
    }
}

/// Cases that only the native provider's limits stop, or that take too long under the portable
/// provider.
const NATIVE_ONLY: [&str; 4] = [
    prepared::changes_pages_without_end,
    prepared::takes_millions_of_elements,
    prepared::opens_views_with_large_dtypes_without_end,
    prepared::holds_a_hundred_thousand_streams,
];

/// Runs a case in a separate process. The peak memory of this process must grow by less than
/// `max_growth` bytes beyond the peak of a well-behaved plugin.
fn check_peak_memory(case: &'static str, max_growth: u64, limits: &CtxBuilder) {
    if !runs_in_child(case) {
        return;
    }
    for provider in BOTH_PROVIDERS {
        let folders = Folders::new();
        check_with(provider, prepared::behaves_well, &folders, limits);
        let before = peak_memory(std::process::id());
        if provider == Provider::Native || !NATIVE_ONLY.contains(&case) {
            check_with(provider, case, &folders, limits);
        }
        let growth = peak_memory(std::process::id()) - before;
        println!(
            "{case} under {provider:?}: {} MB more than {} MB",
            growth / 1_000_000,
            before / 1_000_000
        );
        assert!(growth < max_growth, "{provider:?}: {growth} bytes, maximum {max_growth}");
    }
}

macro_rules! tests_of_peak_memory {
    ($($case:ident: $max_growth:expr, $limits:expr;)*) => {
        $(#[test] fn $case() { check_peak_memory(prepared::$case, $max_growth, &$limits); })*
    };
}

tests_of_peak_memory! {
    changes_pages_without_end: 200 << 20, hostile_limits().max_private(64 << 20);
    reads_large_pieces_without_end: 1200 << 20, hostile_limits();
    takes_millions_of_elements: 1000 << 20, hostile_limits();
    opens_views_with_large_dtypes_without_end: 200 << 20, hostile_limits();
    holds_a_hundred_thousand_streams: 100 << 20, hostile_limits();
}
