//! All hostile cases again and again in one process, which must hold no more after them than
//! before.

use super::support::child::runs_in_child;
use super::support::folders::Folders;
use super::support::process::Held;
use super::support::random::{cases, is_long};
use super::support::run::{Provider, run_within};
use super::{arguments, hostile_limits, repeated_cases};

/// The rounds after which the process has what it keeps: compiled programs, threads, and memory of
/// the allocator.
const WARM_UP: u64 = 1;

/// The slow cases run in one of so many rounds: they take most of the time of a round, and each
/// repeats what it does thousands of times.
const ROUNDS_PER_SLOW_ONE: u64 = 10;

/// The mappings and the memory that the process may keep in addition. If every fifth case leaks a
/// page, 100 rounds exceed it.
const KEPT_MAPPINGS: usize = 20;
const KEPT_MEMORY: u64 = 8 << 20;

const PROVIDERS: [Provider; 3] = [Provider::Native, Provider::Mapping, Provider::Portable];

#[test]
fn hostile_plugins_leave_nothing_in_their_process() {
    if !runs_in_child("rounds::hostile_plugins_leave_nothing_in_their_process") {
        return;
    }
    let round = |with_slow| {
        for case in repeated_cases(with_slow) {
            for provider in PROVIDERS {
                let folders = Folders::new();
                let outcome = run_within(
                    provider,
                    "hostile",
                    &arguments(provider, case),
                    &folders,
                    &hostile_limits(),
                );
                assert_eq!(outcome.exit, Ok(0), "{provider:?}, {case}: {}", outcome.stderr);
            }
        }
    };
    (0..WARM_UP).for_each(|_| round(is_long()));
    let before = Held::now();
    let rounds = cases().max(2);
    for number in 1..=rounds {
        round(number % ROUNDS_PER_SLOW_ONE == 0);
        if is_long() {
            eprintln!("round {number} of {rounds}: {:?}", Held::now());
        }
    }
    let after = Held::now();
    println!("{rounds} rounds: {before:?} before, {after:?} after");
    after.assert_no_more_than(&before, KEPT_MAPPINGS, KEPT_MEMORY);
}
