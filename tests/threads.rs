//! Plugins of one host that change one directory at the same time, each in a thread of its own.
//!
//! What is checked stands in `tests/programs/src/bin/threads.rs`.

mod support;

use std::collections::HashSet;
use std::fs;

use support::changes::changes;
use support::folders::Folders;
use support::random::for_seeds;
use support::run::{Provider, run};

/// The numbers of the plugins, which know how many they are.
const WRITERS: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];

/// How many changes each of them makes.
const CHANGES: usize = 300;

const LONGEST: usize = 50_000;

/// Lets one plugin do its part, and returns what it prints.
fn part(argument: &'static str, folders: &Folders) -> String {
    let outcome =
        std::panic::catch_unwind(|| run(Provider::Native, "threads", &[argument], folders));
    if !outcome.as_ref().is_ok_and(|outcome| outcome.exit == Ok(0)) {
        // The others wait for it, and must not do so forever.
        fs::write(folders.work().join("failed"), argument).unwrap();
    }
    let outcome = outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    assert_eq!(outcome.exit, Ok(0), "{argument}: {}", outcome.stderr);
    outcome.stdout
}

#[test]
fn plugins_share_what_they_know_of_a_directory() {
    for_seeds(10, |random| {
        let folders = Folders::new();
        for writer in WRITERS {
            let own = (0..3).map(|number| format!("own-{writer}-{number}"));
            let keys: Vec<_> = own.chain((0..3).map(|number| format!("shared-{number}"))).collect();
            let lines = changes(random, &keys, CHANGES, LONGEST);
            fs::write(folders.work().join(format!("changes-{writer}")), lines).unwrap();
        }
        let printed = std::thread::scope(|scope| {
            let threads = WRITERS.map(|writer| scope.spawn(|| part(writer, &folders)));
            threads.map(|thread| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
        });

        let afterwards = part("check", &folders);
        let mut popped = HashSet::new();
        for text in &printed {
            let (popping, ending): (Vec<_>, Vec<_>) =
                text.lines().partition(|line| line.starts_with("popped "));
            assert_eq!(ending, afterwards.lines().collect::<Vec<_>>(), "all end with the same");
            for line in popping {
                assert!(popped.insert(line), "two have {line}");
            }
        }
        assert!(!popped.is_empty());
        let files = fs::read_dir(folders.work().join("store")).unwrap().count();
        assert_eq!(files, afterwards.lines().count(), "there is one file a key");
    });
}
