//! A power cut at any step. It loses bytes that were not synced, and the last changes of names.
//!
//! The names that survive are those after some number of changes, in their order, as on journalling
//! file systems.

use std::collections::BTreeSet;

use filemap::store::{Durability, OpenOptions};

use super::{WRITE, open, open_at};
use crate::memory::{Disk, Fault};

/// The values to set, or removals, of the key `k`.
const VALUES: [Option<&str>; 6] =
    [Some("first"), Some("second"), None, Some("third"), Some(""), Some("last")];

/// Runs the program until it stops at a step. Returns the acknowledged values, the last one last,
/// and the value that was not acknowledged, if any.
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

/// Cuts the power at every step with every possible loss, and checks the value of the key
/// afterwards.
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
    /// The program ended before the step.
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
fn with_durability_data_the_value_is_complete() {
    check_everywhere(Durability::Data, true);
}

#[test]
fn with_durability_full_the_value_is_the_last_one() {
    check_everywhere(Durability::Full, false);
}
