//! All hostile cases again and again in one process, which must hold no more after them than before.

use super::support::child::runs_in_child;
use super::support::folders::Folders;
use super::support::process::Held;
use super::support::random::cases;
use super::support::run::{Provider, run_within};
use super::{ALL_CASES, hostile_limits};

/// Cases that take seconds. They run in rounds only if the tests run with many cases
/// (`cargo xtask test --long`).
const SLOW: [&str; 0] = [];

/// The rounds after which the process has what it keeps: compiled programs, threads, and memory of
/// the allocator.
const WARM_UP: u64 = 2;

/// The mappings and the memory that the allocator may keep in addition. 82 cases that leak a page
/// each would exceed it in 100 rounds.
const KEPT_MAPPINGS: usize = 20;
const KEPT_MEMORY: u64 = 32 << 20;

const PROVIDERS: [Provider; 3] = [Provider::Native, Provider::Mapping, Provider::Portable];

#[test]
fn hostile_plugins_leave_nothing_in_their_process() {
    if !runs_in_child("rounds::hostile_plugins_leave_nothing_in_their_process") {
        return;
    }
    let is_long = cases() > 1;
    let round = || {
        for case in ALL_CASES.iter().filter(|case| is_long || !SLOW.contains(case)) {
            for provider in PROVIDERS {
                let start = std::time::Instant::now();
                let folders = Folders::new();
                let outcome = run_within(provider, "hostile", &[case], &folders, &hostile_limits());
                assert_eq!(outcome.exit, Ok(0), "{provider:?}, {case}: {}", outcome.stderr);
                eprintln!("{case} {provider:?} {:?}", start.elapsed());
            }
        }
    };
    (0..WARM_UP).for_each(|_| round());
    let before = Held::now();
    let rounds = cases().max(2);
    for number in 0..rounds {
        round();
        eprintln!("after round {number}: {:?}", Held::now());
    }
    let after = Held::now();
    println!("{rounds} rounds: {before:?} before, {after:?} after");
    after.assert_no_more_than(&before, KEPT_MAPPINGS, KEPT_MEMORY);
}
