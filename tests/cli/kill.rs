//! Plugins that are killed while they write: at any moment, every value is complete, and no
//! acknowledged change is lost.
//!
//! After each kill, zict and the next plugin read the directory, under both providers. A run prints
//! its seed; `FILEMAP_TEST_SEED=N` repeats it.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::{TempDir, tempdir};

use super::support::changes::changes;
use super::support::crash::CrashLog;
use super::support::random::{Random, for_seeds};
use super::support::run::Provider;
use super::support::session::Session;
use super::{outcome, plugin, run_plugin};

/// The number of kills of one directory's writers.
const ROUNDS: usize = 20;

const KEYS: [&str; 4] = ["a", "b/c", "d%", "#"];

/// The maximum length of a value, in bytes.
const MAX_VALUE_LENGTH: usize = 300_000;

/// A directory with the store `store`, and its permitted contents.
struct CrashTest {
    folder: TempDir,
    plugin: PathBuf,
    log: CrashLog,
    next_number: u64,
}

impl CrashTest {
    fn new(provider: Provider) -> Self {
        let folder = tempdir().unwrap();
        fs::create_dir_all(folder.path().join("work/store")).unwrap();
        let plugin = plugin(provider, "kill", folder.path());
        Self { folder, plugin, log: CrashLog::default(), next_number: 0 }
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        run_plugin(&self.plugin, &self.work(), arguments)
    }

    /// Runs the plugin, kills it after it has printed `lines` lines and the test has spun `spins`
    /// times, and records the changes that the plugin has printed.
    fn write_until_killed(&mut self, durability: &str, lines: usize, spins: usize) {
        let next_number = self.next_number.to_string();
        let arguments = ["write", durability, &next_number, "work/changes"];
        let mut session = Session::start(&mut self.command(&arguments));
        for _ in 0..lines {
            let line = session.line();
            self.record(&line);
        }
        for _ in 0..spins {
            std::hint::spin_loop();
        }
        let status = session.kill();
        assert_eq!(status.signal(), Some(9), "the plugin writes until it is killed: {status}");
        while let Some(line) = session.next_line() {
            self.record(&line);
        }
    }

    fn record(&mut self, line: &str) {
        if let Some(number) = self.log.record("plugin", line) {
            self.next_number = number + 1;
        }
    }

    fn check(&mut self) {
        let store = self.work().join("store");
        self.log.check_by_zict(&store);
        let lines = outcome(&mut self.command(&["check"])).succeeds();
        self.log.settle(&store, &lines);
    }
}

fn check(provider: Provider, random: &mut Random) {
    let mut test = CrashTest::new(provider);
    for round in 0..ROUNDS {
        let lines = changes(random, &KEYS.map(str::to_owned), 100, MAX_VALUE_LENGTH);
        fs::write(test.work().join("changes"), lines).unwrap();
        let durability = ["none", "data", "full"][round % 3];
        let (lines, spins) = (1 + random.below(80), random.below(100_000));
        println!("round {round}: {durability}, killed after {lines} lines");
        test.write_until_killed(durability, lines, spins);
        test.check();
    }
}

#[test]
fn a_killed_writer_leaves_complete_values_natively() {
    for_seeds(10, |random| check(Provider::Native, random));
}

#[test]
fn a_killed_writer_leaves_complete_values_portably() {
    for_seeds(10, |random| check(Provider::Portable, random));
}
