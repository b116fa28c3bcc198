//! One of several plugins that change the store `work/store` at the same time.
//!
//! - `threads NUMBER` makes the changes of the file `work/changes-NUMBER`: to its own keys, which
//!   start with `own-NUMBER-`, and to keys that other plugins change too. It checks every read.
//!   When all plugins are done, it prints the keys with the numbers of their values.
//! - `threads check` only prints them.

#[path = "../bindings.rs"]
mod bindings;
#[path = "../changes.rs"]
mod changes;

use std::collections::BTreeMap;
use std::fs;

use bindings::filemap::data::store::{Durability, Store, StoreOptions};
use changes::{Answer, number};

/// The number of plugins. The remainder of the number of a value is the plugin that has written it.
const WRITERS: u64 = 8;

/// A file that the test creates when a plugin has failed, so that no other waits for it.
const FAILED: &str = "work/failed";

fn main() {
    let argument = std::env::args().nth(1).expect("a number, or `check`");
    if argument == "check" {
        return print(&open(Durability::None));
    }
    let me: u64 = argument.parse().expect("a number");
    let store = open([Durability::None, Durability::Data, Durability::Full][(me % 3) as usize]);
    let lines = fs::read_to_string(format!("work/changes-{me}")).unwrap();
    let mut seen = Seen { store: &store, me, latest: BTreeMap::new(), newest: BTreeMap::new() };
    let keys: Vec<_> = lines
        .lines()
        .flat_map(|line| changes::parse(line).1)
        .map(|(key, _)| key.to_owned())
        .collect();
    for ((round, line), key) in (1..).zip(lines.lines()).zip(keys.iter().rev()) {
        seen.change(line, round * WRITERS + me);
        seen.read(round, key);
    }
    store.set(&done(me), &changes::value(me, &done(me), 0)).unwrap();
    for other in (0..WRITERS).map(done) {
        while !store.contains(&other).unwrap() {
            assert!(fs::metadata(FAILED).is_err(), "the plugin of `{other}` has failed");
        }
    }
    print(&store);
}

fn open(durability: Durability) -> Store {
    Store::open("work/store", StoreOptions { create: true, read_only: false, durability }).unwrap()
}

fn done(writer: u64) -> String {
    format!("done-{writer}")
}

fn items(store: &Store) -> Vec<(String, u64)> {
    let (stream, mut items) = (store.items().unwrap(), Vec::new());
    loop {
        let next = stream.next(3).unwrap();
        if next.is_empty() {
            return items;
        }
        items.extend(
            next.into_iter()
                .map(|(key, value)| (number(&key, &value), key))
                .map(|(number, key)| (key, number)),
        );
    }
}

fn print(store: &Store) {
    for (key, number) in items(store) {
        println!("{key} {number}");
    }
}

/// What this plugin has seen of the store.
struct Seen<'a> {
    store: &'a Store,
    me: u64,
    /// The last number of each key.
    latest: BTreeMap<String, u64>,
    /// The largest number of each writer that each key has had.
    newest: BTreeMap<(String, u64), u64>,
}

impl Seen<'_> {
    fn is_own(&self, key: &str) -> bool {
        key.starts_with(&format!("own-{}-", self.me))
    }

    /// Checks a read: the plugin's own key has exactly its last value, and another key never
    /// returns to an earlier value.
    #[track_caller]
    fn see(&mut self, key: &str, found: Option<u64>) {
        let latest = self.latest.get(key).copied();
        if self.is_own(key) {
            assert_eq!(found, latest, "`{key}`");
        } else if found != latest {
            self.record(key, found);
        }
    }

    /// Records a new value of a key.
    #[track_caller]
    fn record(&mut self, key: &str, number: Option<u64>) {
        let Some(number) = number else {
            self.latest.remove(key);
            return;
        };
        let before = self.newest.insert((key.to_owned(), number % WRITERS), number);
        assert!(before < Some(number), "`{key}` returns to number {number} after {before:?}");
        self.latest.insert(key.to_owned(), number);
    }

    fn change(&mut self, line: &str, number: u64) {
        let answer = changes::apply(self.store, line, number).unwrap();
        let (kind, items) = changes::parse(line);
        let keys: std::collections::BTreeSet<_> = items.into_iter().map(|(key, _)| key).collect();
        for key in keys {
            match (kind, answer) {
                ("remove", Answer::Removed(existed)) => {
                    assert!(
                        !self.is_own(key) || existed == self.latest.contains_key(key),
                        "`{key}`: {existed}"
                    );
                    self.record(key, None);
                }
                ("pop", Answer::Value(found)) => {
                    self.see(key, found);
                    if let Some(found) = found {
                        println!("popped {key} {found}");
                    }
                    self.record(key, None);
                }
                ("default", Answer::Value(Some(found))) if found == number => {
                    assert!(
                        !self.is_own(key) || !self.latest.contains_key(key),
                        "`{key}` had a value"
                    );
                    self.record(key, Some(number));
                }
                ("default", Answer::Value(found)) => self.see(key, found),
                (_, Answer::Done) => self.record(key, Some(number)),
                _ => panic!("{line}: {answer:?}"),
            }
        }
    }

    /// Reads by one of several calls.
    fn read(&mut self, round: u64, key: &str) {
        match round % 6 {
            0 => {
                let found = self.store.get(key).unwrap();
                self.see(key, found.map(|value| number(key, &value)));
            }
            1 => {
                let keys: Vec<_> = self.latest.keys().cloned().collect();
                for (key, value) in keys.iter().zip(self.store.get_many(&keys).unwrap()) {
                    self.see(key, value.map(|value| number(key, &value)));
                }
            }
            2 => {
                let found = self.store.reader(key).unwrap().map(|reader| {
                    let mut value = Vec::new();
                    loop {
                        let next = reader.read(10_000).unwrap();
                        if next.is_empty() {
                            break number(key, &value);
                        }
                        value.extend(next);
                    }
                });
                self.see(key, found);
            }
            3 => {
                let items = items(self.store);
                assert!(items.is_sorted_by(|one, next| one.0 < next.0), "{items:?}");
                self.check_own_keys(items.iter().map(|(key, _)| key));
                for (key, found) in items {
                    self.see(&key, Some(found));
                }
            }
            4 => {
                let keys = self.store.keys().unwrap().next(u32::MAX).unwrap();
                self.check_own_keys(keys.iter());
            }
            _ => {
                let found = self.store.contains(key).unwrap();
                assert!(
                    !self.is_own(key) || found == self.latest.contains_key(key),
                    "`{key}`: {found}"
                );
            }
        }
    }

    /// Checks that each of the plugin's own keys is listed exactly once.
    #[track_caller]
    fn check_own_keys<'k>(&self, keys: impl Iterator<Item = &'k String>) {
        let found: Vec<_> = keys.filter(|key| self.is_own(key)).collect();
        let expected: Vec<_> = self.latest.keys().filter(|key| self.is_own(key)).collect();
        assert_eq!(found, expected);
    }
}
