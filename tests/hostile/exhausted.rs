//! Plugins in a process that has no mappings or no address space left, each in a child process: a
//! call that needs some fails with `limit-exceeded`, and all others go on.
//!
//! The plugin prints `use up` and `release`, and the test does so before the next instruction of
//! the plugin.

use std::sync::Mutex;

use super::prepared;
use super::support::child::runs_in_child;
use super::support::exhaustion::{AddressSpaceLimit, AllMappings};
use super::support::folders::Folders;
use super::support::lines::LineOutput;
use super::support::neighbour::Neighbour;
use super::support::run::{Provider, run_with};
use super::{arguments, check, hostile_limits};

/// Runs a case, with what `use_up` returns while the case asks for it.
fn check_exhausted<T: Send + 'static>(
    provider: Provider,
    case: &str,
    use_up: impl Fn() -> T + Send + Sync + 'static,
) {
    // With everything that a process has after its first plugins.
    check(provider, prepared::behaves_well);
    let neighbour = Neighbour::start(provider);
    let used = Mutex::new(None);
    let stdout = LineOutput::new(move |line| {
        let mut used = used.lock().unwrap();
        match line {
            "use up" => *used = Some(use_up()),
            "release" => *used = None,
            _ => panic!("{line}"),
        }
    });
    let (folders, limits) = (Folders::new(), hostile_limits());
    let outcome =
        run_with(provider, "hostile", &arguments(provider, case), &folders, &limits, |wasi| {
            wasi.stdout(stdout);
        });
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    neighbour.finish();
    check(provider, prepared::behaves_well);
}

#[test]
fn finds_no_mapping_left() {
    if runs_in_child("exhausted::finds_no_mapping_left") {
        for provider in [Provider::Native, Provider::Mapping] {
            check_exhausted(provider, prepared::finds_no_mapping_left, AllMappings::use_up);
        }
    }
}

#[test]
fn finds_no_address_space_left() {
    if runs_in_child("exhausted::finds_no_address_space_left") {
        let use_up = || AddressSpaceLimit::of(4 << 20);
        check_exhausted(Provider::Native, prepared::finds_no_address_space_left, use_up);
    }
}
