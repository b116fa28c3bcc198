//! A power cut anywhere, which loses what was not synced: bytes, and the last changes of names.
//!
//! The names that a disk keeps are those after some number of changes, in their order, as
//! journalling file systems keep them.

use std::collections::BTreeSet;

use filemap::store::{Durability, OpenOptions};

use super::{WRITE, open, open_at};
use crate::memory::{Disk, Fault};

/// Sets or removes the key `k`, one after the other.
const VALUES: [Option<&str>; 6] =
    [Some("first"), Some("second"), None, Some("third"), Some(""), Some("last")];

/// Runs the program until it is stopped at a step; returns the values that were acknowledged, the
/// last one last, and perhaps the one that was not.
fn run(
    disk: &Disk,
    options: OpenOptions,
    step: u64,
) -> (Vec<Option<&'static str>>, Vec<Option<&'static str>>) {
    let mut acknowledged = vec![None];
    disk.plan(step, Fault::CrashBefore);
    let Ok(store) = open_at(&disk.preopens(), ".", options) else {
        return (acknowledged, Vec::new());
    };
    for value in VALUES {
        let done = match value {
            Some(value) => store.set("k", &[value]),
            None => store.remove("k").map(drop),
        };
        if done.is_err() {
            return (acknowledged, vec![value]);
        }
        acknowledged.push(value);
    }
    (acknowledged, Vec::new())
}

/// Cuts the power at every step, with every loss, and checks the value of the key afterwards.
#[track_caller]
fn check_everywhere(durability: Durability, may_be_lost: bool) {
    for step in 0.. {
        for lost in 0.. {
            match check(durability, may_be_lost, step, lost) {
                Outcome::Cut => {}
                Outcome::NothingMoreToLose => break,
                Outcome::Finished => {
                    assert!(step > 20);
                    return;
                }
            }
        }
    }
}

enum Outcome {
    Cut,
    NothingMoreToLose,
    /// The program had come to its end before the step.
    Finished,
}

fn check(durability: Durability, may_be_lost: bool, step: u64, lost: usize) -> Outcome {
    let options = OpenOptions { durability, ..WRITE };
    let disk = Disk::default();
    disk.in_pieces(3);
    let (acknowledged, in_flight) = run(&disk, options, step);
    if lost > disk.unsynced_names() {
        return if disk.has_failed() { Outcome::NothingMoreToLose } else { Outcome::Finished };
    }
    disk.cut_power(lost);

    let store = open(&disk, options);
    let found = store
        .get("k")
        .expect("a value")
        .map(|bytes| String::from_utf8(bytes).expect("a whole value"));
    let kept = if may_be_lost { 0 } else { acknowledged.len() - 1 };
    let possible: BTreeSet<_> = acknowledged[kept..].iter().copied().chain(in_flight).collect();
    assert!(
        possible.contains(&found.as_deref()),
        "{durability:?}: {found:?} and not one of {possible:?} after a power cut at step {step} \
         that loses {lost}"
    );
    assert_eq!(disk.names().len(), usize::from(found.is_some()));
    Outcome::Cut
}

#[test]
fn with_durability_data_there_is_a_whole_value() {
    check_everywhere(Durability::Data, true);
}

#[test]
fn with_durability_full_there_is_the_last_value() {
    check_everywhere(Durability::Full, false);
}
