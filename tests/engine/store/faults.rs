//! One fault anywhere: whatever was acknowledged is there, whatever was refused is not, and nothing is left over.

use std::collections::{BTreeMap, BTreeSet};

use filemap::error::Result;
use filemap::fs::IoErrorKind;
use filemap::store::{Durability, OpenOptions, Store};
use proptest::prelude::*;

use super::programs::{Action, KEYS, action, check_names, durability};
use super::{WRITE, open};
use crate::memory::{Disk, Fault, MemoryDirectory};
use crate::try_random;

type Value = Option<Vec<u8>>;

/// The values that a key may have: one, or more after a change that was not acknowledged.
#[derive(Clone, Default)]
struct Possible(BTreeMap<&'static str, BTreeSet<Value>>);

impl Possible {
    fn of(&self, key: &str) -> BTreeSet<Value> {
        self.0.get(key).cloned().unwrap_or_else(|| BTreeSet::from([None]))
    }

    /// Takes note of a change: acknowledged, or perhaps done.
    fn change(&mut self, key: &'static str, value: Value, done: bool) {
        let mut values = if done { BTreeSet::new() } else { self.of(key) };
        values.insert(value);
        self.0.insert(key, values);
    }

    /// Checks every key of a store, which is the value that it has from then on.
    fn check(&mut self, store: &Store<MemoryDirectory>) {
        for key in KEYS {
            let value = store.get(key).expect("a value");
            assert!(self.of(key).contains(&value), "`{key}` is {value:?} and not one of {:?}", self.of(key));
            self.change(key, value, true);
        }
        assert_eq!(store.len(), Ok(KEYS.iter().filter(|key| !self.of(key).contains(&None)).count() as u64));
    }
}

/// Starts the program again, with the next fault in view.
fn restart(disk: &Disk, faults: &mut Vec<(u64, Fault)>) {
    disk.restart();
    if let Some((step, fault)) = faults.pop() {
        disk.plan(step, fault);
    }
}

/// Opens a store, again and again until no fault hits that.
fn reopen(disk: &Disk, options: OpenOptions, faults: &mut Vec<(u64, Fault)>) -> Store<MemoryDirectory> {
    loop {
        match Store::open(&disk.preopens(), ".", options) {
            Ok(store) if !disk.has_crashed() => return store,
            _ => restart(disk, faults),
        }
    }
}

fn act(store: &mut Store<MemoryDirectory>, action: &Action) -> Result<()> {
    match action {
        Action::Set(key, parts) => store.set(key, parts),
        Action::Remove(key) => store.remove(key).map(drop),
        Action::GetRange(key, offset, length) => store.get_range(key, *offset, *length).map(drop),
        Action::Clear => store.clear(),
        Action::Reopen => Ok(()),
    }
}

/// Runs a program with faults, the last of the list first, each at a step counted from the one before; says
/// whether all came to pass.
fn check(actions: &[Action], durability: Durability, mut faults: Vec<(u64, Fault)>) -> bool {
    let disk = Disk::default();
    disk.in_pieces(2);
    let options = OpenOptions { durability, ..WRITE };
    restart(&disk, &mut faults);
    let mut store = reopen(&disk, options, &mut faults);
    let mut possible = Possible::default();
    for action in actions {
        let before = (disk.image(), possible.clone());
        let done = act(&mut store, action);
        match action {
            Action::Set(key, parts) => possible.change(key, Some(parts.concat()), done.is_ok()),
            Action::Remove(key) => possible.change(key, None, done.is_ok()),
            Action::Clear => KEYS.iter().for_each(|key| possible.change(key, None, done.is_ok())),
            Action::GetRange(..) => {}
            Action::Reopen => store = reopen(&disk, options, &mut faults),
        }
        if disk.has_crashed() {
            restart(&disk, &mut faults);
            store = reopen(&disk, options, &mut faults);
        } else if done.is_err() {
            check_unchanged(&disk, &store, action, durability, before, &mut possible);
        }
    }

    let all = disk.has_failed() && faults.is_empty();
    disk.restart();
    drop(store);
    let store = open(&disk, options);
    possible.check(&store);
    check_names(&disk);
    drop(store);
    possible.check(&open(&disk, options));
    all
}

/// Checks that a call which failed, while the program goes on, has changed nothing: what the disk and the store
/// were before it is given.
fn check_unchanged(
    disk: &Disk,
    store: &Store<MemoryDirectory>,
    action: &Action,
    durability: Durability,
    (image, values): (Vec<(String, Vec<u8>)>, Possible),
    possible: &mut Possible,
) {
    // Some calls cannot be undone: that of `clear` when it has removed other keys, and a removal whose name is gone
    // and only cannot be synced. What is done and reported as failed may stay as well.
    let undone = match action {
        Action::Set(..) | Action::GetRange(..) => true,
        Action::Remove(_) => durability != Durability::Full,
        Action::Clear | Action::Reopen => false,
    };
    if let Action::Set(key, _) = action {
        let value = store.get(key).expect("a value");
        assert!(values.of(key).contains(&value), "{action:?} failed, and has set {value:?}");
    }
    if undone && disk.fault().is_some_and(|fault| matches!(fault, Fault::Fails(_))) {
        assert_eq!(disk.image(), image, "{action:?} failed, and has left something");
        *possible = values;
    }
}

const FAULTS: [Fault; 4] = [
    Fault::Fails(IoErrorKind::NoSpace),
    Fault::FailsAfterwards(IoErrorKind::Other),
    Fault::CrashBefore,
    Fault::CrashAfter,
];

/// Runs a program with every fault at every step.
#[track_caller]
fn check_everywhere(actions: &[Action]) {
    for durability in [Durability::None, Durability::Data, Durability::Full] {
        for fault in FAULTS {
            let steps = (0..).take_while(|&step| {
                let tried = std::panic::catch_unwind(|| check(actions, durability, vec![(step, fault)]));
                tried.unwrap_or_else(|_| panic!("{durability:?}, {fault:?} at step {step} of {actions:?}"))
            });
            assert!(steps.count() > actions.len());
        }
    }
}

fn set(key: &'static str, value: &str) -> Action {
    Action::Set(key, vec![value.as_bytes().to_vec()])
}

#[test]
fn a_fault_while_a_key_is_set() {
    check_everywhere(&[set("a", "first")]);
    check_everywhere(&[set("a", "first"), set("a", "second")]);
    check_everywhere(&[set("a", "first"), set("a", "second"), set("a", "")]);
    check_everywhere(&[set("a", "first"), set("", "other"), set("a", "second"), Action::Reopen, set("a", "third")]);
}

#[test]
fn a_fault_while_a_key_is_removed() {
    check_everywhere(&[set("a", "first"), Action::Remove("a")]);
    check_everywhere(&[set("a", "first"), set("", "other"), Action::Clear, set("", "again")]);
}

#[test]
fn a_removed_key_does_not_come_back_with_an_older_value() {
    check_everywhere(&[set("a", "first"), set("a", "second"), Action::Remove("a")]);
    check_everywhere(&[set("a", "first"), set("a", "second"), Action::Clear]);
    check_everywhere(&[set("a", "first"), set("a", "second"), Action::Reopen, Action::Remove("a")]);
}

#[test]
fn a_fault_while_a_store_is_opened() {
    check_everywhere(&[Action::Reopen, set("a", "first"), Action::Reopen, Action::Reopen, Action::Remove("a")]);
}

#[test]
fn a_fault_in_a_random_program() {
    let fault = prop::sample::select(FAULTS.to_vec());
    let input = (prop::collection::vec(action(), 1..10), durability(), 0_u64..60, fault);
    try_random(4000, &input, |(actions, durability, step, fault)| _ = check(&actions, durability, vec![(step, fault)]));
}

#[test]
fn a_crash_after_a_crash() {
    let crash = prop::sample::select(vec![Fault::CrashBefore, Fault::CrashAfter]);
    let crashes = prop::collection::vec((0_u64..25, crash), 2..6);
    let input = (prop::collection::vec(action(), 1..12), durability(), crashes);
    try_random(2000, &input, |(actions, durability, crashes)| _ = check(&actions, durability, crashes));
}
