//! Plugins that are killed while they write: at any moment, every value is complete, and no
//! acknowledged change is lost.
//!
//! After each kill, zict and the next plugin read the directory, under both providers. A run prints
//! its seed; `FILEMAP_TEST_SEED=N` repeats it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::{TempDir, tempdir};

use super::session::Session;
use super::support::changes::changes;
use super::support::files::file_names;
use super::support::python::python;
use super::support::random::{Random, for_seeds};
use super::support::run::Provider;
use super::{outcome, plugin, run_plugin};

/// The number of kills of one directory's writers.
const ROUNDS: usize = 20;

const KEYS: [&str; 4] = ["a", "b/c", "d%", "#"];

/// The maximum length of a value, in bytes.
const MAX_VALUE_LENGTH: usize = 300_000;

/// The numbers of the values by their keys.
type Numbers = BTreeMap<String, u64>;

/// A directory with the store `store`, and its permitted contents.
struct CrashTest {
    folder: TempDir,
    plugin: PathBuf,
    acknowledged: Numbers,
    /// The contents of the changed keys if the unacknowledged change has taken effect.
    in_flight: BTreeMap<String, Option<u64>>,
    next_number: u64,
}

impl CrashTest {
    fn new(provider: Provider) -> Self {
        let folder = tempdir().unwrap();
        fs::create_dir_all(folder.path().join("work/store")).unwrap();
        let plugin = plugin(provider, "kill", folder.path());
        let (acknowledged, in_flight) = (Numbers::new(), BTreeMap::new());
        Self { folder, plugin, acknowledged, in_flight, next_number: 0 }
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
        let mut session = Session::start(&mut self.command(&["write", durability, &next_number]));
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

    /// Records a line of the plugin: `begin NUMBER CHANGE` or `done NUMBER`.
    fn record(&mut self, line: &str) {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["begin", number, kind, ref items @ ..] => {
                let number = number.parse().unwrap();
                self.next_number = number + 1;
                let keys = items.iter().step_by(2).map(|&key| key.to_owned());
                self.in_flight = keys
                    .map(|key| {
                        let value = match kind {
                            "remove" | "pop" => None,
                            "default" => {
                                Some(self.acknowledged.get(&key).copied().unwrap_or(number))
                            }
                            _ => Some(number),
                        };
                        (key, value)
                    })
                    .collect();
            }
            ["done", _] => {
                for (key, value) in std::mem::take(&mut self.in_flight) {
                    match value {
                        Some(number) => _ = self.acknowledged.insert(key, number),
                        None => _ = self.acknowledged.remove(&key),
                    }
                }
            }
            _ => panic!("unknown line: {line}"),
        }
    }

    /// Checks the contents that `reader` has found: lines of `KEY NUMBER`.
    #[track_caller]
    fn check(&self, reader: &str, lines: &str) -> Numbers {
        let numbers = lines.lines().map(|line| {
            let (key, number) = line.split_once(' ').expect("a line has a key and a number");
            (key.to_owned(), number.parse().unwrap())
        });
        let found: Numbers = numbers.collect();
        for key in KEYS {
            let (number, acknowledged) = (found.get(key), self.acknowledged.get(key));
            let in_flight = self.in_flight.get(key).map(Option::as_ref);
            assert!(
                number == acknowledged || Some(number) == in_flight,
                "{reader} finds number {number:?} of `{key}`; acknowledged is {acknowledged:?}, in \
                 flight {in_flight:?}"
            );
        }
        assert!(
            found.keys().all(|key| KEYS.contains(&key.as_str())),
            "{reader} finds {:?}",
            found.keys()
        );
        found
    }

    /// Checks the contents that zict finds in a copy of the directory. A copy, because zict could
    /// remove files that the next plugin has to find.
    fn check_by_zict(&self) {
        let copy = tempdir().unwrap();
        let store = self.work().join("store");
        for name in file_names(&store) {
            fs::copy(store.join(&name), copy.path().join(&name)).unwrap();
        }
        self.check("zict", &python("tests/cli/kill.py", [copy.path()]));
    }

    /// Checks the contents that a new plugin finds. They are the acknowledged contents from then
    /// on.
    fn check_by_plugin(&mut self) {
        let lines = outcome(&mut self.command(&["check"])).succeeds();
        self.acknowledged = self.check("the next plugin", &lines);
        self.in_flight.clear();
        let names = file_names(&self.work().join("store"));
        assert_eq!(
            names.len(),
            self.acknowledged.len(),
            "there is one file for each key, and no temporary file: {names:?}"
        );
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
        test.check_by_zict();
        test.check_by_plugin();
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
