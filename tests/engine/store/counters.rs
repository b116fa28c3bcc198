//! `increment`: counters, and what is left of one after a fault, a power cut or an interruption.

use filemap::error::Error;
use filemap::fs::IoErrorKind;
use filemap::store::counter::incremented;
use filemap::store::{Durability, OpenOptions};

use super::{READ, WRITE, contents, open, open_at};
use crate::interrupts::interrupted;
use crate::memory::{Disk, Fault};
use crate::refused;

const DURABLE: OpenOptions = OpenOptions { durability: Durability::Data, ..WRITE };

#[test]
fn a_counter_is_a_decimal_number() {
    let sum = |value: &str, delta| incremented("store", "key", Some(value.as_bytes()), delta);
    assert_eq!(incremented("store", "key", None, 7), Ok(7));
    for (value, expected) in [("0", 1), ("41", 42), ("00000000000000000041", 42), ("+1", 2)] {
        assert_eq!(sum(value, 1), Ok(expected), "{value}");
    }
    assert_eq!(sum("18446744073709551614", 1), Ok(u64::MAX));
    let texts = ["", "+", "-0", "1 ", "1e3", "one", "٣", "000000000000000000041"];
    for value in texts.into_iter().chain(["18446744073709551616", "99999999999999999999"]) {
        let error = refused(sum(value, 1));
        assert_eq!(
            error,
            Error::InvalidArgument(
                "cannot increment the value of `key` in `store`: it is not a decimal number from 0 \
                 to 18446744073709551615; set it to one"
                    .into()
            ),
            "{value}"
        );
    }
    assert_eq!(
        refused(sum("18446744073709551615", 2)),
        Error::InvalidArgument(
            "cannot increment the value of `key` in `store`, which is 18446744073709551615, by 2: \
             the sum is larger than 18446744073709551615; set it to a smaller number"
                .into()
        )
    );
}

#[test]
fn a_sum_is_a_new_value_of_its_key() {
    let disk = Disk::with(&[("key#4", b"5")]);
    let store = open(&disk, WRITE);
    assert_eq!((store.increment("key", 3), store.increment("key", 0)), (Ok(8), Ok(8)));
    assert_eq!(store.increment("new", 1), Ok(1));
    assert_eq!(disk.image(), [("key#6".into(), b"8".to_vec()), ("new#7".into(), b"1".to_vec())]);
}

#[test]
fn an_increment_that_is_refused_changes_nothing() {
    let disk = Disk::with(&[("key#0", b"x"), ("max#1", b"18446744073709551615"), ("plain", b"1")]);
    disk.put_sparse("long#2", 1 << 40, b"1");
    let names = disk.names();
    let store = open(&disk, WRITE);
    for key in ["key", "max", "long"] {
        assert!(matches!(store.increment(key, 1), Err(Error::InvalidArgument(_))), "{key}");
    }
    assert!(matches!(store.increment("plain", 1), Err(Error::AccessDenied(_))));
    assert!(matches!(store.increment(&"k".repeat(300), 1), Err(Error::InvalidArgument(_))));
    store.close();
    assert!(matches!(store.increment("key", 1), Err(Error::Closed(_))));
    assert!(matches!(open(&disk, READ).increment("key", 1), Err(Error::AccessDenied(_))));
    assert_eq!(disk.names(), names);
}

#[test]
fn after_a_fault_at_any_step_a_counter_has_its_old_value_or_its_new_one() {
    let kinds = [IoErrorKind::NoSpace, IoErrorKind::Other];
    let faults = kinds
        .into_iter()
        .flat_map(|kind| [Fault::Fails(kind), Fault::FailsAfterwards(kind)])
        .chain([Fault::CrashBefore, Fault::CrashAfter]);
    for fault in faults {
        for step in 0.. {
            let disk = Disk::with(&[("key#0", b"41")]);
            let store = open(&disk, DURABLE);
            disk.plan(step, fault);
            let result = store.increment("key", 1);
            let has_failed = disk.has_failed();
            drop(store);
            disk.restart();
            let store = open(&disk, DURABLE);
            let value = contents(&store).pop().expect("the counter").1;
            match result {
                Ok(sum) => assert_eq!((sum, &*value), (42, &b"42"[..]), "{fault:?} at {step}"),
                Err(_) if disk_has_crashed(fault) => {
                    assert!([&b"41"[..], b"42"].contains(&&*value), "{fault:?} at {step}");
                }
                Err(_) => assert_eq!(value, b"41", "{fault:?} at {step}"),
            }
            drop(store);
            assert_eq!(disk.names().len(), 1, "{fault:?} at {step}: {:?}", disk.names());
            if !has_failed {
                break;
            }
        }
    }
}

fn disk_has_crashed(fault: Fault) -> bool {
    matches!(fault, Fault::CrashBefore | Fault::CrashAfter)
}

#[test]
fn an_interrupted_increment_has_happened_or_not() {
    for checkpoint in 1.. {
        let disk = Disk::with(&[("key#0", b"41")]);
        let store = open_at(&disk.preopens(), ".", WRITE).expect("a store");
        disk.interrupt_at(checkpoint);
        let result = store.increment("key", 1);
        if !disk.is_interrupted() {
            assert_eq!(result, Ok(42));
            assert!(checkpoint > 1, "an increment has checkpoints");
            break;
        }
        if result != Ok(42) {
            assert!(interrupted(result).starts_with("cannot "));
        }
        disk.end_interruption();
        let value = store.get("key").expect("a value").expect("the counter");
        assert!([&b"41"[..], b"42"].contains(&&*value), "at {checkpoint}");
        drop(store);
        assert_eq!(disk.names().len(), 1, "at {checkpoint}: {:?}", disk.names());
    }
}
