//! Tests of the engine alone, natively and on a file system in memory: every rule that needs
//! neither a guest nor a host.

mod access;
mod dtypes;
mod indexing;
mod interrupts;
mod keyvalue;
mod layout;
mod memory;
mod messages;
mod model;
mod npy;
mod open;
mod operations;
mod overlay;
mod printable;
mod quote;
mod reduce;
mod region;
mod resize;
mod store;
mod truncations;

use std::env;
use std::fmt::Display;

use filemap::error::{Error, Result};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// Reads a file that `tests/data/generate` has written with numpy, zict and urllib.
fn fixture(path: &str) -> Vec<u8> {
    let file = format!("{}/tests/data/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&file)
        .unwrap_or_else(|error| panic!("{file}: {error}: run `python tests/data/generate`"))
}

/// Reads a JSON file of the test data.
fn json(path: &str) -> serde_json::Value {
    serde_json::from_slice(&fixture(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the error of a call that must fail.
#[track_caller]
fn refused<T>(result: Result<T>) -> Error {
    result.err().expect("an error")
}

/// Tests random inputs. For the smallest input that fails, prints how to repeat it.
///
/// The inputs are the same in every run: `FILEMAP_TEST_CASES=N` tests `N` times as many, and
/// `FILEMAP_TEST_SEED=N` tests others.
#[track_caller]
fn try_random<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let factor = number("FILEMAP_TEST_CASES").unwrap_or(1);
    let seed = number("FILEMAP_TEST_SEED").unwrap_or(0);
    let config = Config {
        cases: u32::try_from(u64::from(cases) * factor).unwrap_or(u32::MAX),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    };
    let tried = TestRunner::new(config).run(strategy, |input| {
        test(input);
        Ok::<(), TestCaseError>(())
    });
    if let Err(error) = tried {
        panic!("{error}\n(again by FILEMAP_TEST_SEED={seed} FILEMAP_TEST_CASES={factor})");
    }
}

/// Parses an environment variable as a number.
fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    let refuse = |error: &dyn Display| -> ! { panic!("{variable}=`{text}`: {error}") };
    Some(text.parse().unwrap_or_else(|error| refuse(&error)))
}
