//! Plugins that are killed while they write: whatever the moment, every value is whole, and none
//! that was acknowledged is lost.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::{TempDir, tempdir};

use super::session::Session;
use super::support::changes::changes;
use super::support::python::python;
use super::support::random::{Random, for_seeds};
use super::support::run::Provider;
use super::{file_names, outcome, plugin, run_plugin};

/// How often one directory goes through a crash.
const ROUNDS: usize = 20;

const KEYS: [&str; 4] = ["a", "b/c", "d%", "#"];

const LONGEST: usize = 300_000;

/// The numbers of the values by their keys.
type Numbers = BTreeMap<String, u64>;

/// A directory, and what may be in it.
struct Bench {
    folder: TempDir,
    plugin: PathBuf,
    acknowledged: Numbers,
    /// What the change that was not acknowledged makes of its keys.
    in_flight: BTreeMap<String, Option<u64>>,
    next_number: u64,
}

impl Bench {
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

    /// Lets the plugin write until it has printed so many lines, and a moment longer.
    fn write_until_killed(&mut self, durability: &str, lines: usize, moment: usize) {
        let mut session = Session::start(&mut self.command(&[
            "write",
            durability,
            &self.next_number.to_string(),
        ]));
        for _ in 0..lines {
            let line = session.line();
            self.follow(&line);
        }
        for _ in 0..moment {
            std::hint::spin_loop();
        }
        let status = session.kill();
        assert_eq!(status.signal(), Some(9), "it was to write without end: {status}");
        while let Some(line) = session.next_line() {
            self.follow(&line);
        }
    }

    /// Takes notice of a line that the plugin has printed.
    fn follow(&mut self, line: &str) {
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
            _ => panic!("no such line: {line}"),
        }
    }

    /// Compares with what was found, by lines of `KEY NUMBER`.
    #[track_caller]
    fn check(&self, who: &str, lines: &str) -> Numbers {
        let numbers = lines.lines().map(|line| {
            let (key, number) = line.split_once(' ').expect("a key and a number");
            (key.to_owned(), number.parse().unwrap())
        });
        let found: Numbers = numbers.collect();
        for key in KEYS {
            let (number, acknowledged) = (found.get(key), self.acknowledged.get(key));
            let in_flight = self.in_flight.get(key).map(Option::as_ref);
            assert!(
                number == acknowledged || Some(number) == in_flight,
                "{who} finds number {number:?} of `{key}`; acknowledged is {acknowledged:?}, in \
                 flight {in_flight:?}"
            );
        }
        assert!(
            found.keys().all(|key| KEYS.contains(&key.as_str())),
            "{who} finds {:?}",
            found.keys()
        );
        found
    }

    /// What zict finds, which may take away nothing from whoever comes next, and so has a copy.
    fn check_by_zict(&self) {
        let copy = tempdir().unwrap();
        let store = self.work().join("store");
        for name in file_names(&store) {
            fs::copy(store.join(&name), copy.path().join(&name)).unwrap();
        }
        self.check("zict", &python("tests/cli/kill.py", [copy.path()]));
    }

    /// What the plugin finds that opens the directory next; it goes on from there.
    fn check_by_plugin(&mut self) {
        let lines = outcome(&self.command(&["check"]).output().unwrap()).succeeds();
        self.acknowledged = self.check("the next plugin", &lines);
        self.in_flight.clear();
        let names = file_names(&self.work().join("store"));
        assert_eq!(
            names.len(),
            self.acknowledged.len(),
            "there is one file a key, and no litter: {names:?}"
        );
    }
}

fn survive(provider: Provider, random: &mut Random) {
    let mut bench = Bench::new(provider);
    for round in 0..ROUNDS {
        let lines = changes(random, &KEYS.map(str::to_owned), 100, LONGEST);
        fs::write(bench.work().join("changes"), lines).unwrap();
        let durability = ["none", "data", "full"][round % 3];
        let (lines, moment) = (1 + random.below(80), random.below(100_000));
        println!("round {round}: {durability}, killed after {lines} lines");
        bench.write_until_killed(durability, lines, moment);
        bench.check_by_zict();
        bench.check_by_plugin();
    }
}

#[test]
fn natively_a_killed_writer_leaves_whole_values() {
    for_seeds(10, |random| survive(Provider::Native, random));
}

#[test]
fn portably_a_killed_writer_leaves_whole_values() {
    for_seeds(10, |random| survive(Provider::Portable, random));
}
