//! Models of the state that the threads of a filemap host share.
//!
//! The library shuttle runs a model many times, each time with another order of its
//! threads: it chooses the next thread at every access to a mutex, a condition variable or an
//! atomic, from a seed that it prints when a model fails. The engine gets its mutex and its files
//! from the provider, here from [`disk`]. The files of the host are its own; in them, `crate::sync`
//! is this crate's.
//!
//! shuttle keeps all accesses to atomics in one order. Without the feature `shuttle`, the models
//! run in threads of the system: under Miri, which also does what a weakly ordered processor may
//! do, and under a sanitizer of data races (`cargo xtask soundness`).

#[path = "../../../host/src/completions.rs"]
#[allow(dead_code, reason = "the host uses the rest")]
mod completions;
pub mod disk;
#[path = "../../../host/src/files/mutex.rs"]
mod mutex;
mod remap;
pub mod updates;
#[path = "../../../host/src/pages/window_table.rs"]
#[allow(dead_code, reason = "the host uses the rest")]
mod window_table;
pub mod windows;

/// What the models and the files of the host synchronise by.
pub mod sync {
    #[cfg(feature = "shuttle")]
    pub use shuttle::sync::{
        Arc, Condvar, Mutex, MutexGuard, TryLockError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence},
    };
    #[cfg(feature = "shuttle")]
    pub use shuttle::thread;
    pub use std::sync::PoisonError;
    #[cfg(not(feature = "shuttle"))]
    pub use std::sync::{
        Arc, Condvar, Mutex, MutexGuard, TryLockError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence},
    };
    #[cfg(not(feature = "shuttle"))]
    pub use std::thread;
}

pub use sync::thread;

/// Runs a model in 3000 random orders of its threads, and in 3000 in which one thread runs on until
/// it waits, with few exceptions: some faults show only if a thread stands still between two steps
/// while another one makes dozens. `FILEMAP_TEST_CASES=N` runs `N` times as many, and
/// `FILEMAP_TEST_SEED=N` runs others.
///
/// # Panics
///
/// If the model panics, or all its threads wait. shuttle prints how to repeat it.
#[cfg(feature = "shuttle")]
pub fn check(model: impl Fn() + Send + Sync + 'static) {
    use shuttle::scheduler::{PctScheduler, RandomScheduler};
    use shuttle::{Config, Runner};

    let number = |variable| std::env::var(variable).ok().map(|text| text.parse::<u64>().unwrap());
    let orders = 3000 * number("FILEMAP_TEST_CASES").unwrap_or(1);
    let seed = number("FILEMAP_TEST_SEED").unwrap_or(0);
    let mut config = Config::new();
    // The functions of the engine need more than the default.
    config.stack_size = 1 << 20;
    config.silence_warnings = true;
    let orders = usize::try_from(orders).unwrap_or(usize::MAX);
    let model = std::sync::Arc::new(model);
    let again = std::sync::Arc::clone(&model);
    let random = RandomScheduler::new_from_seed(seed, orders);
    Runner::new(random, config.clone()).run(move || model());
    let few_changes = PctScheduler::new_from_seed(seed, 3, orders);
    Runner::new(few_changes, config).run(move || again());
}

/// Runs a model in the order that the system chooses, or Miri: it has an option for many seeds.
#[cfg(not(feature = "shuttle"))]
pub fn check(model: impl Fn() + Send + Sync + 'static) {
    let runs = if cfg!(miri) { 1 } else { 300 };
    (0..runs).for_each(|_| model());
}
