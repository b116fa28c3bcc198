//! Tests made from a list of cases: functions of a test program, each of which runs under several
//! providers.
//!
//! A program's `list.rs` defines a macro that passes the names of its cases to another macro. A
//! test file includes that list, defines a function `check(provider, case)`, and passes one of the
//! macros below to the list.

#![allow(unused_imports, unused_macros, reason = "every test binary uses a part of it")]

use super::folders::Folders;
use super::run::{Outcome, Provider, run};

/// The native provider without mapped guest memory, and the portable one.
pub(crate) const BOTH_PROVIDERS: [Provider; 2] = [Provider::Native, Provider::Portable];

/// Runs one case of a test program in new folders. It must succeed in less than `max_memory` bytes
/// of guest memory. Cases named `large_...` move as much data as one call allows, so the limit does
/// not apply to them.
#[track_caller]
pub(crate) fn check_case(
    provider: Provider,
    program: &'static str,
    case: &str,
    max_memory: usize,
) -> Outcome {
    let outcome = run(provider, program, &[case], &Folders::new());
    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
    assert!(
        case.starts_with("large_") || outcome.memory < max_memory,
        "{provider:?} used {} bytes",
        outcome.memory
    );
    outcome
}

/// Makes a module with one test for each case, which calls `check` of the parent module.
macro_rules! tests_under_provider {
    ($module:ident, $provider:ident: $($case:ident)*) => {
        mod $module {
            use $crate::support::run::Provider;
            $(#[test] fn $case() { super::check(Provider::$provider, stringify!($case)); })*
        }
    };
}
pub(crate) use tests_under_provider;

/// Makes two tests of each case: `native::case` and `portable::case`.
macro_rules! tests_under_both_providers {
    ($($case:ident)*) => {
        $crate::support::cases::tests_under_provider! { native, Native: $($case)* }
        $crate::support::cases::tests_under_provider! { portable, Portable: $($case)* }
    };
}
pub(crate) use tests_under_both_providers;

/// Makes a test of each case under the native provider with files mapped into guest memory:
/// `mapping::case`.
macro_rules! tests_under_mapping {
    ($($case:ident)*) => {
        $crate::support::cases::tests_under_provider! { mapping, Mapping: $($case)* }
    };
}
pub(crate) use tests_under_mapping;

/// Makes a test of each case under the native provider in its asynchronous form, on a thread that
/// cannot access files: `asynchronous::case`.
macro_rules! tests_in_asynchronous_form {
    ($($case:ident)*) => {
        $crate::support::cases::tests_under_provider! { asynchronous, Asynchronous: $($case)* }
    };
}
pub(crate) use tests_in_asynchronous_form;

/// Makes four tests of each case: `native::case`, `asynchronous::case`, `mapping::case` and
/// `portable::case`.
macro_rules! tests_under_all_providers {
    ($($case:ident)*) => {
        $crate::support::cases::tests_under_both_providers! { $($case)* }
        $crate::support::cases::tests_in_asynchronous_form! { $($case)* }
        $crate::support::cases::tests_under_mapping! { $($case)* }
    };
}
pub(crate) use tests_under_all_providers;
