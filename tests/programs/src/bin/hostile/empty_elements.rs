//! Attacks by elements of 0 bytes: a file of a few bytes holds any number of them.

use std::time::{Duration, Instant};

use crate::bindings::{ErrorCode, Index, Memmap, Mode, Operation, Order};
use crate::support::{fails, resize, shaped, take};

const FILE: &str = "work/nothing.bin";

/// The maximum duration of a call that moves no bytes. It leaves room for an unoptimised host.
const MAX_TIME: Duration = Duration::from_secs(5);

/// Checks that a call returns within [`MAX_TIME`].
#[track_caller]
pub(crate) fn quickly<T>(call: impl FnOnce() -> T) -> T {
    within(MAX_TIME, call)
}

/// Checks that a call returns within `max`.
#[track_caller]
pub(crate) fn within<T>(max: Duration, call: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = call();
    let taken = start.elapsed();
    assert!(
        taken < max,
        "one call took {} ms, which is more than {} ms",
        taken.as_millis(),
        max.as_millis()
    );
    result
}

/// Opens a field of 0 bytes, of elements that have one byte in another field.
fn empty_fields(mode: Mode, shape: &[u64]) -> Memmap {
    resize(FILE, shape.iter().product());
    Memmap::open(FILE, &shaped(mode, "[('nothing', 'S0'), ('byte', 'u1')]", shape))
        .unwrap()
        .field("nothing")
        .unwrap()
}

pub(crate) fn reads_elements_of_0_bytes() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = empty_fields(mode, &[2 << 30]);
        assert_eq!(array.info().unwrap().nbytes, 0);
        assert_eq!(quickly(|| array.read(&[])).unwrap(), []);
        assert_eq!(array.read(&[Index::At(-1)]).unwrap(), []);
        assert_eq!(quickly(|| array.read_bytes(0, 0)).unwrap(), []);
        let written = quickly(|| array.write(&[], &[], None));
        assert_eq!(written.is_ok(), mode != Mode::ReadOnly);
        let counted = quickly(|| array.reduce(Operation::CountNonzero, None)).unwrap();
        assert_eq!(counted.data, [0; 8]);
    }
}

pub(crate) fn takes_elements_of_0_bytes_many_times() {
    let array = empty_fields(Mode::CopyOnWrite, &[256, 1 << 16]);
    let lists = [take(vec![-1; 1 << 14])];
    assert_eq!(array.shape_of(&lists).unwrap(), [1 << 14, 1 << 16]);
    assert_eq!(quickly(|| array.read(&lists)).unwrap(), []);
    quickly(|| array.write(&lists, &[], None)).unwrap();
}

pub(crate) fn fills_elements_of_0_bytes() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = empty_fields(mode, &[1 << 29]);
        quickly(|| array.fill(&[])).unwrap();
        fails(array.fill(&[1]), ErrorCode::InvalidArgument, &[]);
    }
}

/// Fields that are empty subarrays: numpy limits their number of elements to a C int.
pub(crate) fn asks_for_more_elements_of_0_bytes_than_64_bits_count() {
    resize(FILE, 2);
    let largest = i32::MAX;
    for shape in [
        format!("({largest}, {largest}, {largest})"),
        format!("(65536, {largest})"),
        format!("(0, {largest}, {largest})"),
        format!("({largest},)"),
    ] {
        for element in ["[]", "'S0'", "[('x', 'V0')]"] {
            let dtype = format!("[('nothing', {element}, {shape}), ('byte', 'u1')]");
            let Ok(array) = Memmap::open(FILE, &shaped(Mode::CopyOnWrite, &dtype, &[2])) else {
                continue;
            };
            let Ok(field) = array.field("nothing") else { continue };
            let shape = field.info().unwrap().shape;
            for other in
                [vec![-1], vec![-1, 3], vec![3, -1, 5], vec![i64::MAX, -1], vec![i64::MAX; 64]]
            {
                for order in [Order::C, Order::F] {
                    _ = quickly(|| field.reshape(&other, order));
                }
            }
            let turned = field.transpose(None).unwrap();
            for array in [&field, &turned] {
                _ = quickly(|| array.read(&[]));
                _ = quickly(|| array.read(&[take(vec![0; 1 << 16])]));
                _ = quickly(|| array.write(&[], &[], None));
                _ = quickly(|| array.fill(&[]));
                _ = quickly(|| array.view_as("u1"));
                for axis in 0..shape.len() {
                    _ = quickly(|| array.reduce(Operation::Any, i64::try_from(axis).ok()));
                }
            }
        }
    }
}
