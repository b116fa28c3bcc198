//! A host that is killed while four plugins write to one directory in four threads: each key has
//! its old value or its new one, whole, and no completed change is lost.
//!
//! After each kill, zict and the next plugin read the directory. A run prints its seed;
//! `FILEMAP_TEST_SEED=N` repeats it.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;

use filemap_host::CtxBuilder;

use super::support::changes::changes;
use super::support::child::{child, is_child};
use super::support::crash::CrashLog;
use super::support::folders::Folders;
use super::support::lines::LineOutput;
use super::support::random::{Random, for_seeds};
use super::support::run::{Provider, run, run_with};
use super::support::session::Session;

const TEST: &str = "killed::a_killed_host_of_four_writers_leaves_complete_values";

/// The environment variables of the child process: its folders, the durability, and the number of
/// the kill.
const FOLDERS: &str = "FILEMAP_KILLED_FOLDERS";
const DURABILITY: &str = "FILEMAP_KILLED_DURABILITY";
const ROUND: &str = "FILEMAP_KILLED_ROUND";

const WRITERS: [&str; 4] = ["0", "1", "2", "3"];

const DURABILITIES: [&str; 3] = ["none", "data", "full"];

/// The number of kills at each durability.
const KILLS: usize = 4;

/// The maximum length of a value, in bytes.
const MAX_VALUE_LENGTH: usize = 100_000;

/// Numbers of values are unique: each writer has this many of them between two kills.
const NUMBERS: u64 = 1_000_000;

/// A line of this process that begins with it is a line of a writer: the test program prints other
/// lines too.
const MARK: char = '@';

/// The host: runs the writers until it is killed.
fn write() {
    let variable = |name| std::env::var(name).expect("the parent sets it");
    let folders = Folders::of_another_process(PathBuf::from(variable(FOLDERS)));
    let (durability, round) = (variable(DURABILITY), variable(ROUND).parse::<u64>().unwrap());
    std::thread::scope(|scope| {
        for (place, writer) in (0..).zip(WRITERS) {
            let (folders, durability) = (&folders, &durability);
            scope.spawn(move || {
                let first = ((round * WRITERS.len() as u64 + place) * NUMBERS).to_string();
                let arguments = ["write", durability, &first, &format!("work/changes-{writer}")];
                let limits = CtxBuilder::new();
                let outcome =
                    run_with(Provider::Native, "kill", &arguments, folders, &limits, |wasi| {
                        wasi.stdout(LineOutput::new(move |line| {
                            println!("{MARK}{writer} {line}");
                        }));
                    });
                panic!("writer {writer} has ended: {outcome:?}");
            });
        }
    });
}

/// Writes random changes for each writer: of keys of its own, and of keys that others change too.
fn write_changes(random: &mut Random, folders: &Folders) {
    for writer in WRITERS {
        let own = (0..2).map(|number| format!("own-{writer}-{number}"));
        let keys: Vec<_> = own.chain((0..3).map(|number| format!("shared-{number}"))).collect();
        let lines = changes(random, &keys, 100, MAX_VALUE_LENGTH);
        // Only one writer may change a key by `default`.
        let lines = lines.replace("default shared-", "set shared-");
        fs::write(folders.work().join(format!("changes-{writer}")), lines).unwrap();
    }
}

/// Runs the host, kills it after its writers have printed `lines` lines and this thread has spun
/// `spins` times, and records all lines.
fn write_until_killed(
    log: &mut CrashLog,
    folders: &Folders,
    (durability, round): (&str, usize),
    (lines, spins): (usize, usize),
) {
    let mut command = child(TEST);
    command.env(FOLDERS, folders.base()).env(DURABILITY, durability).env(ROUND, round.to_string());
    let mut session = Session::start(&mut command);
    let mut record = |line: &str| {
        let Some((_, line)) = line.split_once(MARK) else { return false };
        let (writer, line) = line.split_once(' ').expect("the writer, and its line");
        log.record(writer, line);
        true
    };
    let mut recorded = 0;
    while recorded < lines {
        recorded += usize::from(record(&session.line()));
    }
    for _ in 0..spins {
        std::hint::spin_loop();
    }
    let status = session.kill();
    assert_eq!(status.signal(), Some(9), "the host runs until it is killed: {status}");
    while let Some(line) = session.next_line() {
        record(&line);
    }
}

#[test]
fn a_killed_host_of_four_writers_leaves_complete_values() {
    if is_child(TEST) {
        return write();
    }
    for_seeds(10, |random| {
        for durability in DURABILITIES {
            let (folders, mut log) = (Folders::new(), CrashLog::default());
            let store = folders.work().join("store");
            fs::create_dir(&store).unwrap();
            for round in 0..KILLS {
                write_changes(random, &folders);
                let after = (1 + random.below(200), random.below(100_000));
                println!("{durability}, kill {round}, after {} lines", after.0);
                write_until_killed(&mut log, &folders, (durability, round), after);
                log.check_by_zict(&store);
                let outcome = run(Provider::Native, "kill", &["check"], &folders);
                assert_eq!(outcome.exit, Ok(0), "{}", outcome.stderr);
                log.settle(&store, &outcome.stdout);
            }
        }
    });
}
