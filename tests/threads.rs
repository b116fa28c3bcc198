//! Plugins of one host that change one store at the same time, each in a separate thread, under the
//! native provider: eight that end, and four whose host is killed.
//!
//! The test program `threads` makes random changes and checks every read. A run prints its seed;
//! `FILEMAP_TEST_SEED=N cargo test --test threads` repeats it.

#[path = "threads/killed.rs"]
mod killed;
mod support;

use std::collections::HashSet;
use std::fs;

use support::changes::changes;
use support::files::file_names;
use support::folders::Folders;
use support::random::for_seeds;
use support::run::{Provider, run};

/// The numbers of the plugins; the test program has their count as a constant too.
const WRITERS: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];

const CHANGES_PER_WRITER: usize = 300;

/// The maximum length of a value, in bytes.
const MAX_VALUE_LENGTH: usize = 50_000;

/// Runs the test program with this argument and returns its standard output.
fn run_threads_program(argument: &'static str, folders: &Folders) -> String {
    let outcome =
        std::panic::catch_unwind(|| run(Provider::Native, "threads", &[argument], folders));
    if !outcome.as_ref().is_ok_and(|outcome| outcome.exit == Ok(0)) {
        // The other plugins wait for this one until they find this file.
        fs::write(folders.work().join("failed"), argument).unwrap();
    }
    let outcome = outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    assert_eq!(outcome.exit, Ok(0), "{argument}: {}", outcome.stderr);
    outcome.stdout
}

#[test]
fn concurrent_writers_of_one_host_end_with_the_same_contents() {
    for_seeds(10, |random| {
        let folders = Folders::new();
        for writer in WRITERS {
            let own = (0..3).map(|number| format!("own-{writer}-{number}"));
            let keys: Vec<_> = own.chain((0..3).map(|number| format!("shared-{number}"))).collect();
            let lines = changes(random, &keys, CHANGES_PER_WRITER, MAX_VALUE_LENGTH);
            fs::write(folders.work().join(format!("changes-{writer}")), lines).unwrap();
        }
        let outputs = std::thread::scope(|scope| {
            let threads =
                WRITERS.map(|writer| scope.spawn(|| run_threads_program(writer, &folders)));
            threads.map(|thread| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        });

        let contents = run_threads_program("check", &folders);
        let mut popped = HashSet::new();
        for output in &outputs {
            let (popped_by_writer, contents_seen): (Vec<_>, Vec<_>) =
                output.lines().partition(|line| line.starts_with("popped "));
            assert_eq!(
                contents_seen,
                contents.lines().collect::<Vec<_>>(),
                "all writers end with the same contents"
            );
            for line in popped_by_writer {
                assert!(popped.insert(line), "two writers popped the same value: {line}");
            }
        }
        assert!(!popped.is_empty());
        let files = file_names(&folders.work().join("store")).len();
        assert_eq!(files, contents.lines().count(), "there is one file for each key");
    });
}
