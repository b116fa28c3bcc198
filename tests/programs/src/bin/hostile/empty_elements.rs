//! Attacks by elements of 0 bytes: a file of a few bytes holds any number of them.

use std::time::{Duration, Instant};

use crate::bindings::{ErrorCode, Index, Memmap, Mode, Operation, Order};
use crate::support::{fails, resize, shaped, take};

const FILE: &str = "work/nothing.bin";

/// A call that takes longer hangs. Most take less than a second, but many plugins may run at once.
const MAX_TIME: Duration = Duration::from_mins(5);

/// Checks that a call does not do the enormous work that it seems to ask for.
#[track_caller]
pub(crate) fn quickly<T>(call: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = call();
    let taken = start.elapsed();
    assert!(
        taken < MAX_TIME,
        "one call took {} ms, which is more than {} ms",
        taken.as_millis(),
        MAX_TIME.as_millis()
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
        fails(array.fill(&[1]), ErrorCode::InvalidArgument, &["1 bytes are not one element"]);
    }
}

/// Fields that are empty subarrays: numpy limits their number of elements to a C int.
pub(crate) fn asks_for_more_elements_of_0_bytes_than_64_bits_count() {
    resize(FILE, 2);
    let largest = i32::MAX;
    for (shape, words) in [
        (format!("({largest}, {largest}, {largest})"), Some("more elements than fit a C int")),
        (format!("(65536, {largest})"), Some("more elements than fit a C int")),
        (format!("(0, {largest}, {largest})"), None),
        (format!("({largest},)"), None),
    ] {
        for element in ["[]", "'S0'", "[('x', 'V0')]"] {
            let dtype = format!("[('nothing', {element}, {shape}), ('byte', 'u1')]");
            let opened = Memmap::open(FILE, &shaped(Mode::CopyOnWrite, &dtype, &[2]));
            // Only a type of no fields, or of such ones, has no bytes.
            let no_size = (element == "'S0'").then_some("expected a size for the type");
            match no_size.or(words) {
                Some(words) => fails(opened, ErrorCode::InvalidArgument, &[words]),
                None => uses_a_field_of_0_bytes(&opened.unwrap().field("nothing").unwrap()),
            }
        }
    }
}

/// Makes calls on a field of the shape (2, 0, 2147483647, 2147483647) or (2, 2147483647).
fn uses_a_field_of_0_bytes(field: &Memmap) {
    let axes = field.info().unwrap().shape.len();
    let is_empty = axes == 4;
    let reshaped: [(&[i64], Option<&[u64]>); 5] = [
        (&[-1], Some(if is_empty { &[0] } else { &[4_294_967_294] })),
        (&[-1, 3], is_empty.then_some(&[0, 3])),
        (&[3, -1, 5], is_empty.then_some(&[3, 0, 5])),
        (&[i64::MAX, -1], is_empty.then_some(&[u64::MAX >> 1, 0])),
        (&[i64::MAX; 64], None),
    ];
    for (shape, expected) in reshaped {
        for order in [Order::C, Order::F] {
            let other = quickly(|| field.reshape(shape, order));
            match expected {
                Some(expected) => assert_eq!(other.unwrap().info().unwrap().shape, expected),
                None => fails(other, ErrorCode::InvalidArgument, &["cannot reshape array of size"]),
            }
        }
    }
    let turned = field.transpose(None).unwrap();
    for (array, is_turned) in [(field, false), (&turned, true)] {
        assert_eq!(quickly(|| array.read(&[])).unwrap(), []);
        quickly(|| array.write(&[], &[], None)).unwrap();
        quickly(|| array.fill(&[])).unwrap();
        let taken = quickly(|| array.read(&[take(vec![0; 1 << 16])]));
        if is_empty && !is_turned {
            let words = ["a selection of shape (65536, 0, 2147483647, 2147483647) is too large"];
            fails(taken, ErrorCode::InvalidArgument, &words);
        } else {
            assert_eq!(taken.unwrap(), []);
        }
        let viewed = quickly(|| array.view_as("u1"));
        if !is_empty && is_turned {
            let words = ["the last axis must be contiguous"];
            fails(viewed, ErrorCode::InvalidArgument, &words);
        } else {
            assert_eq!(viewed.unwrap().info().unwrap().nbytes, 0);
        }
        for axis in 0..axes {
            let axis = i64::try_from(axis).unwrap();
            let reduced = quickly(|| array.reduce(Operation::Any, Some(axis)));
            fails(reduced, ErrorCode::Unsupported, &["does not support `any`"]);
        }
    }
}
