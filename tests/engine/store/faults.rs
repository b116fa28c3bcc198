//! A fault at any step: every acknowledged value is there, no rejected one is, and no files are
//! left over.

use filemap::fs::IoErrorKind;
use filemap::store::key::unquote;
use filemap::store::{Durability, OpenOptions, Store};
use proptest::prelude::*;

use super::programs::{Action, KEYS, Mapping, act, act_on, action, check_names, durability};
use super::{WRITE, contents, open, open_at};
use crate::memory::{Disk, Fault, MemoryDirectory};
use crate::try_random;

/// Restarts the program and plans the next fault.
fn restart(disk: &Disk, faults: &mut Vec<(u64, Fault)>) {
    disk.restart();
    if let Some((step, fault)) = faults.pop() {
        disk.plan(step, fault);
    }
}

/// Opens a store, again after each fault that hits the opening.
fn reopen(
    disk: &Disk,
    options: OpenOptions,
    faults: &mut Vec<(u64, Fault)>,
) -> Store<MemoryDirectory> {
    loop {
        match open_at(&disk.preopens(), ".", options) {
            Ok(store) if !disk.has_crashed() => return store,
            // A crashed program does nothing when its store is dropped.
            failed => drop(failed),
        }
        restart(disk, faults);
    }
}

/// Checks that every key has the value from before or after a call, and takes that value over.
fn check_and_take_over(store: &Store<MemoryDirectory>, before: &Mapping, after: &mut Mapping) {
    for key in KEYS {
        let value = store.get(key).expect("a value");
        let possible = [before.get(key).cloned(), after.get(key).cloned()];
        assert!(possible.contains(&value), "`{key}` is {value:?} and not one of {possible:?}");
        match value {
            Some(value) => _ = after.insert(key.to_string(), value),
            None => _ = after.remove(key),
        }
    }
    assert_eq!(store.len(), Ok(after.len() as u64));
}

/// Checks what zict would read from the directory: every key has the value from before or after, or
/// both in two files, and the only additional key is a temporary file.
fn check_as_zict(disk: &Disk, before: &Mapping, after: &Mapping) {
    let mut found = Vec::new();
    for (name, value) in disk.image() {
        let key = unquote(name.split('#').next().expect("a first part")).into_owned();
        if key == "%temporary-filemap" {
            continue;
        }
        let possible = [before.get(&key), after.get(&key)];
        assert!(
            possible.contains(&Some(&value)),
            "zict finds {value:?} for `{key}`, and not one of {possible:?}"
        );
        found.push(key);
    }
    for key in before.keys().filter(|key| after.contains_key(*key)) {
        assert!(found.contains(key), "zict finds no `{key}`");
    }
}

/// Returns whether a failed call has no effect. A removal that fails in its sync is not undone, and
/// neither are the earlier removals of `clear`.
fn is_undone(action: &Action, durability: Durability) -> bool {
    match action {
        Action::Remove(_) | Action::Pop(_) | Action::PopItem => durability != Durability::Full,
        Action::Clear | Action::Reopen => false,
        _ => true,
    }
}

/// Runs a program with faults, the last of the list first, each at a step counted from the previous
/// fault. Returns whether all faults happened.
fn check(actions: &[Action], durability: Durability, mut faults: Vec<(u64, Fault)>) -> bool {
    let disk = Disk::default();
    disk.in_pieces(3);
    let options = OpenOptions { durability, ..WRITE };
    restart(&disk, &mut faults);
    let mut store = reopen(&disk, options, &mut faults);
    let mut mapping = Mapping::new();
    for action in actions {
        let (image, before) = (disk.image(), mapping.clone());
        let answer = act_on(&mut mapping, action);
        let done = act(&store, action);
        if let Action::Reopen = action {
            drop(store);
            store = reopen(&disk, options, &mut faults);
        }
        if disk.has_crashed() {
            drop(store);
            restart(&disk, &mut faults);
            check_as_zict(&disk, &before, &mapping);
            store = reopen(&disk, options, &mut faults);
            disk.watch(|| check_and_take_over(&store, &before, &mut mapping));
        } else if let Ok(done) = done {
            assert_eq!(done, answer, "{action:?}");
        } else {
            if is_undone(action, durability) {
                mapping.clone_from(&before);
                if matches!(disk.fault(), Some(Fault::Fails(_))) {
                    assert_eq!(disk.image(), image, "{action:?} failed and had an effect");
                }
            }
            disk.watch(|| check_and_take_over(&store, &before, &mut mapping));
        }
    }

    let all = disk.has_failed() && faults.is_empty();
    drop(store);
    disk.restart();
    for _ in 0..2 {
        let store = open(&disk, options);
        assert_eq!(contents(&store), mapping.clone().into_iter().collect::<Vec<_>>());
        check_names(&disk);
    }
    all
}

const FAULTS: [Fault; 4] = [
    Fault::Fails(IoErrorKind::NoSpace),
    Fault::FailsAfterwards(IoErrorKind::Other),
    Fault::CrashBefore,
    Fault::CrashAfter,
];

/// Runs a program with every fault at every step.
#[track_caller]
fn check_everywhere(actions: &[Action], durability: Durability) {
    for fault in FAULTS {
        let steps = (0..).take_while(|&step| {
            let tried =
                std::panic::catch_unwind(|| check(actions, durability, vec![(step, fault)]));
            tried.unwrap_or_else(|_| {
                panic!("{durability:?}, {fault:?} at step {step} of {actions:?}")
            })
        });
        assert!(steps.count() > actions.len() / 4);
    }
}

/// Runs a program with every fault at every step, with every durability.
#[track_caller]
fn check_program(actions: &[Action]) {
    for durability in [Durability::None, Durability::Data, Durability::Full] {
        check_everywhere(actions, durability);
    }
}

fn set(key: &'static str, value: &str) -> Action {
    Action::Set(key, vec![value.as_bytes().to_vec()])
}

#[test]
fn a_fault_while_a_key_is_set() {
    check_program(&[set("a", "first")]);
    check_program(&[set("a", "first"), set("a", "second")]);
    check_program(&[set("a", "first"), set("a", "second"), set("a", "")]);
    check_program(&[
        set("a", "first"),
        set("", "other"),
        set("a", "second"),
        Action::Reopen,
        set("a", "third"),
    ]);
}

#[test]
fn a_fault_while_many_keys_are_set() {
    let update =
        |values: [&str; 2]| Action::Update(vec![("a", values[0].into()), ("", values[1].into())]);
    check_program(&[update(["one", "two"]), update(["three", "four"])]);
}

#[test]
fn a_fault_while_a_value_is_written() {
    let write = |text: &str, commits| Action::Write("a", vec![text.into(), text.into()], commits);
    check_program(&[write("first", true), write("not", false), write("second", true)]);
}

#[test]
fn a_fault_while_a_key_is_removed() {
    check_program(&[set("a", "first"), Action::Remove("a")]);
    check_program(&[set("a", "first"), set("", "other"), Action::Clear, set("", "again")]);
    check_program(&[set("a", "first"), Action::Pop("a"), set("", "other"), Action::PopItem]);
}

#[test]
fn a_removed_key_does_not_return_with_an_older_value() {
    check_program(&[set("a", "first"), set("a", "second"), Action::Remove("a")]);
    check_program(&[set("a", "first"), set("a", "second"), Action::Clear]);
    check_program(&[set("a", "first"), set("a", "second"), Action::Reopen, Action::Remove("a")]);
}

#[test]
fn a_fault_while_a_store_is_opened() {
    check_program(&[
        Action::Reopen,
        set("a", "first"),
        Action::Reopen,
        Action::Reopen,
        Action::Remove("a"),
    ]);
}

#[test]
fn a_fault_at_every_step_of_random_programs() {
    let input = (prop::collection::vec(action(), 1..8), durability());
    try_random(2000, &input, |(actions, durability)| check_everywhere(&actions, durability));
}

#[test]
fn a_fault_in_a_longer_random_program() {
    let fault = prop::sample::select(FAULTS.to_vec());
    let input = (prop::collection::vec(action(), 1..25), durability(), 0_u64..200, fault);
    try_random(2000, &input, |(actions, durability, step, fault)| {
        _ = check(&actions, durability, vec![(step, fault)]);
    });
}

#[test]
fn a_crash_after_a_crash() {
    let crash = prop::sample::select(vec![Fault::CrashBefore, Fault::CrashAfter]);
    let crashes = prop::collection::vec((0_u64..25, crash), 2..6);
    let input = (prop::collection::vec(action(), 1..12), durability(), crashes);
    try_random(2000, &input, |(actions, durability, crashes)| {
        _ = check(&actions, durability, crashes);
    });
}
