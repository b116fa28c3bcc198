//! Eight plugins in eight threads of one process, four of them hostile: the others read exactly
//! what they read alone, and the process holds no more afterwards than before.
//!
//! `FILEMAP_SOAK_MINUTES=N` sets the duration; `cargo xtask test --long` sets an hour.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::support::child::runs_in_child;
use super::support::folders::Folders;
use super::support::neighbour::alone;
use super::support::process::Held;
use super::support::random::is_long;
use super::support::run::{Provider, run, run_within};
use super::{arguments, hostile_limits, repeated_cases};

/// The providers of the four well-behaved plugins.
const WELL_BEHAVED: [Provider; 4] =
    [Provider::Mapping, Provider::Native, Provider::Portable, Provider::Mapping];

/// The providers of the four hostile plugins.
const HOSTILE: [Provider; 4] =
    [Provider::Native, Provider::Mapping, Provider::Portable, Provider::Asynchronous];

/// The rounds of work of a well-behaved plugin.
const ROUNDS: &str = "5";

/// How often each well-behaved plugin runs in the short form.
const RUNS: u64 = 4;

/// The mappings and the memory that the process may keep in addition.
const KEPT_MAPPINGS: usize = 100;
const KEPT_MEMORY: u64 = 8 << 20;

/// How many plugins have run.
#[derive(Debug, Default)]
struct Counts {
    well_behaved: AtomicU64,
    hostile: AtomicU64,
}

/// Runs the plugins until each well-behaved one has run `RUNS` times, and until `end`.
fn run_all(expected: &str, end: Option<Instant>, counts: &Counts) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let well_behaved = WELL_BEHAVED.map(|provider| {
            scope.spawn(move || {
                let mut runs = 0;
                while runs < RUNS || end.is_some_and(|end| Instant::now() < end) {
                    let outcome = run(provider, "neighbour", &[ROUNDS], &Folders::new());
                    assert_eq!(outcome.exit, Ok(0), "{provider:?}: {}", outcome.stderr);
                    assert_eq!(outcome.stdout, format!("ready\n{expected}\n"), "{provider:?}");
                    runs += 1;
                }
                counts.well_behaved.fetch_add(runs, Ordering::Relaxed);
            })
        });
        for (number, provider) in HOSTILE.into_iter().enumerate() {
            let is_over = &is_over;
            // Each begins with another case, and goes on where the last call ended.
            let cases = repeated_cases(is_long());
            let done = counts.hostile.load(Ordering::Relaxed) / HOSTILE.len() as u64;
            let first = number * cases.len() / HOSTILE.len();
            let first = first + usize::try_from(done).expect("a process runs fewer plugins");
            let cases = cases.into_iter().cycle().skip(first);
            scope.spawn(move || {
                for case in cases.take_while(|_| !is_over.load(Ordering::Relaxed)) {
                    // Its time limits do not hold with eight plugins on a few processors, so its
                    // own result does not count here.
                    let folders = Folders::new();
                    _ = run_within(
                        provider,
                        "hostile",
                        &arguments(provider, case),
                        &folders,
                        &hostile_limits(),
                    );
                    counts.hostile.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let results = well_behaved.map(std::thread::ScopedJoinHandle::join);
        is_over.store(true, Ordering::Relaxed);
        for result in results {
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}

#[test]
fn well_behaved_plugins_read_the_same_beside_hostile_ones() {
    if !runs_in_child("soak::well_behaved_plugins_read_the_same_beside_hostile_ones") {
        return;
    }
    let minutes = std::env::var("FILEMAP_SOAK_MINUTES").ok();
    let minutes: Option<u64> = minutes.map(|text| text.parse().expect("a number of minutes"));
    let expected = alone(ROUNDS);
    // The first plugins leave what the process keeps: compiled programs, threads, and memory of
    // the allocator.
    let counts = Counts::default();
    run_all(&expected, None, &counts);
    if let Some(minutes) = minutes {
        let warm = Instant::now() + Duration::from_mins(minutes.min(2));
        run_all(&expected, Some(warm), &counts);
    }
    let before = Held::now();
    for minute in 0..minutes.unwrap_or(1) {
        let end = minutes.map(|_| Instant::now() + Duration::from_mins(1));
        run_all(&expected, end, &counts);
        println!("minute {minute}, {counts:?}: {:?}", Held::now());
    }
    let after = Held::now();
    println!("{before:?} before, {after:?} after");
    after.assert_no_more_than(&before, KEPT_MAPPINGS, KEPT_MEMORY);
}
