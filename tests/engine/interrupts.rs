//! An interruption at each checkpoint of a call of an array. The calls of stores are in
//! `store/interrupts.rs`.

use filemap::array::{Memmap, Mode, NpyOptions, OpenOptions, Operation};
use filemap::error::{Error, Result};
use filemap::fs::{Directory as _, Open};
use filemap::layout::{Index, Mask, Order, Slice, Take};
use filemap::region::BufferedRegion;

use crate::memory::{Disk, MemoryFile};

type Array = Memmap<BufferedRegion<MemoryFile>>;

/// A call that changes an array, and one that opens it.
type Call<'a> = &'a dyn Fn(&Array) -> Result<()>;
type Opening<'a> = &'a dyn Fn(&Disk) -> Result<Array>;

/// The end of the message of each interrupted call.
const ENDED: &str =
    ": the host ended the call before it was complete; try again later, or end soon";

/// The number of elements: enough for several checkpoints.
const LENGTH: u16 = 40_000;

fn bytes() -> Vec<u8> {
    (0..LENGTH).flat_map(u16::to_le_bytes).collect()
}

fn disk() -> Disk {
    Disk::with(&[("a", &bytes())])
}

fn open(disk: &Disk, mode: Mode, shape: &[u64]) -> Result<Array> {
    let (dtype, shape) = (Some("<u2".into()), Some(shape.to_vec()));
    let options = OpenOptions { dtype, mode, offset: 0, shape, order: Order::C };
    Memmap::open(&disk.preopens(), "a", &options)
}

/// Checks that a call failed because the host ended it, and returns the start of its message.
#[track_caller]
pub(crate) fn interrupted<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Interrupted(text)) => text.strip_suffix(ENDED).expect(&text).into(),
        other => panic!("{other:?}"),
    }
}

/// Makes a call again and again on one array, and ends it at each of its checkpoints in turn. The
/// call has the same result when the interruption is over. Returns the starts of the messages.
#[track_caller]
fn sweep<T: PartialEq + std::fmt::Debug>(
    disk: &Disk,
    array: &Array,
    call: impl Fn(&Array) -> Result<T>,
) -> Vec<String> {
    let expected = call(array).expect("a result");
    let mut messages = Vec::new();
    for checkpoint in 1.. {
        disk.interrupt_at(checkpoint);
        let result = call(array);
        if !disk.is_interrupted() {
            disk.end_interruption();
            assert_eq!(result.as_ref(), Ok(&expected));
            break;
        }
        messages.push(interrupted(result));
        assert_eq!(interrupted(array.info()), "cannot use the array over `a`");
        disk.end_interruption();
        assert_eq!(call(array).as_ref(), Ok(&expected), "the same call again");
    }
    messages.dedup();
    messages
}

fn every_other() -> Index {
    Index::Slice(Slice { start: None, stop: None, step: Some(-2) })
}

#[test]
fn every_call_that_reads_can_be_interrupted() {
    let disk = disk();
    let array = open(&disk, Mode::ReadOnly, &[u64::from(LENGTH)]).expect("an array");
    let indices = || vec![Index::Take((0..i64::from(LENGTH)).rev().collect::<Vec<_>>().into())];
    let mask = || vec![Index::Mask((0..LENGTH).map(|at| at % 3 == 0).collect::<Vec<_>>().into())];
    let read = ["cannot use the array over `a`", "cannot read the array over `a`"];
    assert_eq!(sweep(&disk, &array, |array| array.read(&[])), read);
    assert_eq!(sweep(&disk, &array, |array| array.read(&[every_other()])), read);
    assert_eq!(sweep(&disk, &array, |array| array.read(&indices())), read);
    assert_eq!(sweep(&disk, &array, |array| array.read(&mask())), read);
    assert_eq!(sweep(&disk, &array, |array| array.read_bytes(1, 70_000)), read);
    assert_eq!(sweep(&disk, &array, |array| array.shape_of(&mask())), read[..1]);
    for operation in [Operation::Sum, Operation::Var, Operation::Argmax] {
        assert_eq!(sweep(&disk, &array, |array| array.reduce(operation, None)), read);
        assert_eq!(sweep(&disk, &array, |array| array.reduce(operation, Some(0))), read);
    }
    assert_eq!(sweep(&disk, &array, Array::flush), read[..1]);
}

#[test]
fn index_arrays_that_are_broadcast_together_can_be_interrupted() {
    let disk = disk();
    let array = open(&disk, Mode::ReadOnly, &[2, u64::from(LENGTH / 2)]).expect("an array");
    let along = |indices: Vec<i64>, shape: [u64; 2]| {
        Index::Take(Take { indices, shape: Some(shape.to_vec()) })
    };
    let index = [
        along(vec![1, 0], [2, 1]),
        along((0..i64::from(LENGTH / 2)).collect(), [1, u64::from(LENGTH / 2)]),
    ];
    let messages = sweep(&disk, &array, |array| array.read(&index));
    assert_eq!(messages, ["cannot use the array over `a`", "cannot read the array over `a`"]);
    let mask = Index::Mask(Mask { values: vec![true, false], shape: None });
    sweep(&disk, &array, |array| array.read(std::slice::from_ref(&mask)));
}

#[test]
fn an_interrupted_reduction_of_elements_apart_leaves_the_array_usable() {
    let disk = disk();
    let array = open(&disk, Mode::ReadOnly, &[200, 200]).expect("an array");
    let view = array.view(&[every_other(), every_other()]).expect("a view");
    for axis in [None, Some(0), Some(1)] {
        for operation in [Operation::Prod, Operation::Std, Operation::Min] {
            sweep(&disk, &view, |array| array.reduce(operation, axis));
        }
    }
}

#[test]
fn changed_pages_are_read_and_written_with_checkpoints() {
    let disk = disk();
    let array = open(&disk, Mode::CopyOnWrite, &[u64::from(LENGTH)]).expect("an array");
    let data = vec![7; usize::from(LENGTH)];
    let write = |array: &Array| array.write(&[every_other()], &data, None);
    let messages = sweep(&disk, &array, write);
    assert_eq!(messages, ["cannot use the array over `a`", "cannot write the array over `a`"]);
    sweep(&disk, &array, |array| array.read(&[every_other()]));
    sweep(&disk, &array, |array| array.reduce(Operation::Sum, None));
    assert_eq!(disk.bytes("a"), bytes());
}

#[test]
fn an_interrupted_write_or_fill_has_changed_a_part() {
    let data: Vec<u8> = bytes().iter().map(|byte| !byte).collect();
    let calls: [(Call<'_>, &str, Vec<u8>); 3] = [
        (&|array| array.write(&[], &data, None), "write", data.clone()),
        (&|array| array.write_bytes(0, &data), "write", data.clone()),
        (&|array| array.fill(&[5, 6]), "fill", [5, 6].repeat(LENGTH.into())),
    ];
    for (call, name, after) in calls {
        for checkpoint in 1.. {
            let disk = disk();
            let array = open(&disk, Mode::ReadWrite, &[u64::from(LENGTH)]).expect("an array");
            disk.interrupt_at(checkpoint);
            let result = call(&array);
            let is_interrupted = disk.is_interrupted();
            disk.end_interruption();
            if !is_interrupted {
                assert_eq!((result, disk.bytes("a")), (Ok(()), after));
                break;
            }
            let message = interrupted(result);
            assert!(
                ["use", name]
                    .iter()
                    .any(|name| message == format!("cannot {name} the array over `a`")),
                "{message}"
            );
            let found = disk.bytes("a");
            let changed = found.iter().zip(&after).take_while(|(found, new)| found == new).count();
            assert_eq!(found[changed..], bytes()[changed..], "the rest is as it was");
            call(&array).expect("a call that is repeated");
            assert_eq!(disk.bytes("a"), after);
        }
    }
}

#[test]
fn an_interrupted_opening_changes_nothing_except_what_write_empties() {
    let npy = |disk: &Disk| {
        let options = NpyOptions { dtype: None, shape: vec![3], order: Order::C, version: None };
        Array::create_npy(&disk.preopens(), "n", &options)
    };
    let openings: [(Opening<'_>, &str); 7] = [
        (&|disk| open(disk, Mode::ReadOnly, &[3]), "a"),
        (&|disk| open(disk, Mode::ReadWrite, &[100_000]), "a"),
        (&|disk| open(disk, Mode::Write, &[100_000]), "a"),
        (&|disk| open(disk, Mode::Write, &[LENGTH.into()]), "a"),
        (&|disk| open(disk, Mode::Write, &[u64::from(LENGTH) / 2]), "a"),
        (&npy, "n"),
        (
            &|disk| {
                let file = disk.root(true).open_file("a", Open::ReadWrite).expect("a file");
                let options = OpenOptions {
                    dtype: None,
                    mode: Mode::ReadWrite,
                    offset: 0,
                    shape: Some(vec![100_000]),
                    order: Order::C,
                };
                Memmap::open_file(&file, &options)
            },
            "the given descriptor",
        ),
    ];
    for (opening, path) in openings {
        for checkpoint in 1.. {
            let disk = disk();
            disk.interrupt_at(checkpoint);
            let opened = opening(&disk);
            let is_interrupted = disk.is_interrupted();
            disk.end_interruption();
            if !is_interrupted {
                assert!(opened.is_ok() && checkpoint > 1);
                break;
            }
            let message = interrupted(opened.map(drop));
            let mut expected = bytes();
            if message == format!("cannot empty `{path}`") {
                // The bytes from the start are zero, and all others are as they were.
                let found = disk.bytes("a");
                let zeroes = found.iter().take_while(|byte| **byte == 0).count();
                assert!(zeroes <= expected.len(), "the file has its length again");
                expected[..zeroes].fill(0);
            } else {
                assert_eq!(message, format!("cannot open `{path}`"));
            }
            assert_eq!((disk.names(), disk.size("a")), (vec!["a".into()], expected.len() as u64));
            assert!(disk.bytes("a") == expected, "{message}");
            opening(&disk).expect("an opening that is repeated");
        }
    }
}

#[test]
fn an_interrupted_resize_changes_nothing() {
    for checkpoint in 1.. {
        let disk = disk();
        let mut array = open(&disk, Mode::ReadWrite, &[u64::from(LENGTH)]).expect("an array");
        disk.interrupt_at(checkpoint);
        let result = array.resize(50_000);
        let is_interrupted = disk.is_interrupted();
        disk.end_interruption();
        if !is_interrupted {
            assert_eq!((result, disk.size("a")), (Ok(()), 100_000));
            break;
        }
        interrupted(result);
        assert_eq!(disk.bytes("a"), bytes());
        assert_eq!(array.read(&[]), Ok(bytes()));
    }
}
