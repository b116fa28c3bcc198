//! What a store may hold after its writers were killed.
//!
//! The writers run the program `kill`, which prints a line before and after each change. From the
//! lines of all writers, in one order, follows what each key may be: the value of a change that was
//! under way, or of one that was complete and that no later change has replaced.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::files::file_names;
use super::python::python;

/// The numbers of the values by their keys.
pub(crate) type Numbers = BTreeMap<String, u64>;

/// A change of a key: to the value with this number, or its removal.
#[derive(Clone, Copy, Debug)]
struct Change {
    value: Option<u64>,
    /// The position of its second line among the lines of all writers.
    done: usize,
}

/// The changes of a line that a writer has begun and not completed.
#[derive(Debug)]
struct Begun {
    at: usize,
    changes: Vec<(String, Option<u64>)>,
}

/// The changes of a store that may be in effect.
#[derive(Debug, Default)]
pub(crate) struct CrashLog {
    lines: usize,
    /// By key, the complete changes that no later one has replaced for certain.
    complete: BTreeMap<String, Vec<Change>>,
    /// By writer, the change that is under way.
    under_way: BTreeMap<String, Begun>,
}

impl CrashLog {
    /// Records a line of a writer: `begin NUMBER CHANGE` or `done NUMBER`. Returns the number of a
    /// change that begins.
    ///
    /// Only one writer changes a key by `default`.
    pub(crate) fn record(&mut self, writer: &str, line: &str) -> Option<u64> {
        self.lines += 1;
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["begin", number, kind, ref items @ ..] => {
                let number = number.parse().unwrap();
                let keys = items.iter().step_by(2).map(|&key| key.to_owned());
                let changes = keys.map(|key| {
                    let value = match kind {
                        "remove" | "pop" => None,
                        "default" => Some(self.value(&key).unwrap_or(number)),
                        _ => Some(number),
                    };
                    (key, value)
                });
                let begun = Begun { changes: changes.collect(), at: self.lines };
                self.under_way.insert(writer.into(), begun);
                Some(number)
            }
            ["done", _] => {
                let begun = self.under_way.remove(writer).expect("a change begins first");
                for (key, value) in begun.changes {
                    let changes = self.complete.entry(key).or_default();
                    // A change that was complete when this one began is replaced.
                    changes.retain(|earlier| earlier.done > begun.at);
                    changes.push(Change { value, done: self.lines });
                }
                None
            }
            _ => panic!("unknown line: {line}"),
        }
    }

    /// The value of a key that only one writer changes.
    fn value(&self, key: &str) -> Option<u64> {
        self.complete.get(key)?.last()?.value
    }

    /// Checks the contents that `reader` has found: lines of `KEY NUMBER`.
    #[track_caller]
    pub(crate) fn check(&self, reader: &str, lines: &str) -> Numbers {
        let numbers = lines.lines().map(|line| {
            let (key, number) = line.split_once(' ').expect("a line has a key and a number");
            (key.to_owned(), number.parse().unwrap())
        });
        let found: Numbers = numbers.collect();
        let under_way: Vec<_> =
            self.under_way.values().flat_map(|begun| begun.changes.iter()).collect();
        let begun = under_way.iter().map(|(key, _)| key);
        for key in self.complete.keys().chain(found.keys()).chain(begun) {
            let number = found.get(key).copied();
            let complete = self.complete.get(key).map_or(&[][..], Vec::as_slice);
            assert!(
                (complete.is_empty() && number.is_none())
                    || complete.iter().any(|change| change.value == number)
                    || under_way.iter().any(|change| **change == (key.clone(), number)),
                "{reader} finds number {number:?} of `{key}`; complete are {complete:?}, under way \
                 {under_way:?}"
            );
        }
        found
    }

    /// Checks the contents that zict finds in a copy of the directory. A copy, because zict could
    /// remove files that the next plugin has to find.
    #[track_caller]
    pub(crate) fn check_by_zict(&self, store: &Path) {
        let copy = tempfile::tempdir().unwrap();
        for name in file_names(store) {
            fs::copy(store.join(&name), copy.path().join(&name)).unwrap();
        }
        self.check("zict", &python("tests/cli/kill.py", [copy.path()]));
    }

    /// Checks the contents that `kill check` has printed, and that nothing else is left. They are
    /// the contents from then on.
    #[track_caller]
    pub(crate) fn settle(&mut self, store: &Path, lines: &str) {
        let found = self.check("the next plugin", lines);
        let names = file_names(store);
        assert_eq!(
            names.len(),
            found.len(),
            "there is one file for each key, and no temporary file: {names:?}"
        );
        self.under_way.clear();
        self.complete = found
            .into_iter()
            .map(|(key, number)| (key, vec![Change { value: Some(number), done: 0 }]))
            .collect();
    }
}
