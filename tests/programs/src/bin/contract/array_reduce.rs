//! Reductions of all elements, and along an axis.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{ErrorCode, Memmap, Mode, Operation, Order};
use crate::support::{OPERATIONS, bytes, fails, index, numbers, open_numbers, resize, shaped};

/// The dtype, the shape and the elements of a result.
type Result = (String, Vec<u64>, Vec<u8>);

/// Returns the result of a reduction.
#[track_caller]
fn reduced(array: &Memmap, operation: Operation, axis: Option<i64>) -> Result {
    let reduction =
        array.reduce(operation, axis).unwrap_or_else(|error| panic!("{operation:?}: {error:?}"));
    (reduction.dtype, reduction.shape, reduction.data)
}

/// Returns an expected result.
fn result(dtype: &str, shape: &[u64], data: Vec<u8>) -> Result {
    (dtype.into(), shape.to_vec(), data)
}

/// `[[3, -1, 2], [5, 0, -4]]` as `int16`.
#[track_caller]
fn small() -> Memmap {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<i2", &[2, 3])).unwrap();
    array.write(&[], &bytes([3_i16, -1, 2, 5, 0, -4]), None).unwrap();
    array
}

pub(crate) fn array_reduce_of_all_elements_is_one_element() {
    let array = small();
    for (operation, dtype, data) in [
        (Operation::Sum, "<i8", bytes([5_i64])),
        (Operation::Prod, "<i8", bytes([0_i64])),
        (Operation::Min, "<i2", bytes([-4_i16])),
        (Operation::Max, "<i2", bytes([5_i16])),
        (Operation::Mean, "<f8", bytes([5.0 / 6.0])),
        (Operation::Any, "|b1", vec![1]),
        (Operation::All, "|b1", vec![0]),
        (Operation::Argmin, "<i8", bytes([5_i64])),
        (Operation::Argmax, "<i8", bytes([3_i64])),
        (Operation::CountNonzero, "<i8", bytes([5_i64])),
    ] {
        assert_eq!(reduced(&array, operation, None), result(dtype, &[], data), "{operation:?}");
    }
}

pub(crate) fn array_reduce_along_the_first_axis_is_one_row() {
    let array = small();
    for axis in [Some(0), Some(-2)] {
        for (operation, dtype, data) in [
            (Operation::Sum, "<i8", bytes([8_i64, -1, -2])),
            (Operation::Prod, "<i8", bytes([15_i64, 0, -8])),
            (Operation::Min, "<i2", bytes([3_i16, -1, -4])),
            (Operation::Max, "<i2", bytes([5_i16, 0, 2])),
            (Operation::Mean, "<f8", bytes([4.0, -0.5, -1.0])),
            (Operation::Any, "|b1", vec![1, 1, 1]),
            (Operation::All, "|b1", vec![1, 0, 1]),
            (Operation::Argmin, "<i8", bytes([0_i64, 0, 1])),
            (Operation::Argmax, "<i8", bytes([1_i64, 1, 0])),
            (Operation::CountNonzero, "<i8", bytes([2_i64, 1, 2])),
        ] {
            assert_eq!(
                reduced(&array, operation, axis),
                result(dtype, &[3], data),
                "{operation:?}"
            );
        }
    }
}

pub(crate) fn array_reduce_along_the_last_axis_is_one_column() {
    let array = small();
    for axis in [Some(1), Some(-1)] {
        for (operation, dtype, data) in [
            (Operation::Sum, "<i8", bytes([4_i64, 1])),
            (Operation::Prod, "<i8", bytes([-6_i64, 0])),
            (Operation::Min, "<i2", bytes([-1_i16, -4])),
            (Operation::Max, "<i2", bytes([3_i16, 5])),
            (Operation::Mean, "<f8", bytes([4.0 / 3.0, 1.0 / 3.0])),
            (Operation::Any, "|b1", vec![1, 1]),
            (Operation::All, "|b1", vec![1, 0]),
            (Operation::Argmin, "<i8", bytes([1_i64, 2])),
            (Operation::Argmax, "<i8", bytes([0_i64, 0])),
            (Operation::CountNonzero, "<i8", bytes([3_i64, 2])),
        ] {
            assert_eq!(
                reduced(&array, operation, axis),
                result(dtype, &[2], data),
                "{operation:?}"
            );
        }
    }
}

pub(crate) fn array_reduce_along_a_middle_axis_keeps_the_others() {
    let array = open_numbers(Mode::ReadOnly, &[3, 4, 5]);
    let sums = (0..3_u64).flat_map(|i| (0..5).map(move |k| 80 * i + 30 + 4 * k));
    assert_eq!(reduced(&array, Operation::Sum, Some(1)), result("<u8", &[3, 5], bytes(sums)));
    let lowest = (0..3).flat_map(|i| (0..5).map(move |k| 20 * i + k));
    assert_eq!(reduced(&array, Operation::Min, Some(1)), result("|u1", &[3, 5], lowest.collect()));
    assert_eq!(
        reduced(&array, Operation::Argmax, Some(1)),
        result("<i8", &[3, 5], bytes([3_i64; 15]))
    );
}

pub(crate) fn array_reduce_of_a_scalar_is_the_scalar() {
    let array = open_numbers(Mode::ReadOnly, &[64]).view(&index("7")).unwrap();
    assert_eq!(reduced(&array, Operation::Sum, None), result("<u8", &[], bytes([7_u64])));
    assert_eq!(reduced(&array, Operation::Max, None), result("|u1", &[], vec![7]));
    assert_eq!(reduced(&array, Operation::Argmax, None), result("<i8", &[], bytes([0_i64])));
}

pub(crate) fn array_reduce_along_a_missing_axis_is_out_of_bounds() {
    let array = small();
    for axis in [2, -3, i64::MAX, i64::MIN] {
        for operation in OPERATIONS {
            fails(
                array.reduce(operation, Some(axis)),
                ErrorCode::OutOfBounds,
                &[&format!("axis {axis}"), "2"],
            );
        }
    }
}

pub(crate) fn array_reduce_of_an_empty_array_is_the_neutral_element() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<f4", &[0, 3])).unwrap();
    for (operation, dtype, one) in [
        (Operation::Sum, "<f4", bytes([0_f32])),
        (Operation::Prod, "<f4", bytes([1_f32])),
        (Operation::Any, "|b1", vec![0]),
        (Operation::All, "|b1", vec![1]),
        (Operation::CountNonzero, "<i8", bytes([0_i64])),
    ] {
        assert_eq!(
            reduced(&array, operation, None),
            result(dtype, &[], one.clone()),
            "{operation:?}"
        );
        assert_eq!(
            reduced(&array, operation, Some(0)),
            result(dtype, &[3], one.repeat(3)),
            "{operation:?}"
        );
        assert_eq!(
            reduced(&array, operation, Some(1)),
            result(dtype, &[0], vec![]),
            "{operation:?}"
        );
    }
    let (dtype, shape, data) = reduced(&array, Operation::Mean, None);
    assert_eq!((dtype.as_str(), shape), ("<f4", vec![]));
    assert!(f32::from_le_bytes(data.try_into().unwrap()).is_nan());
}

pub(crate) fn array_reduce_of_an_empty_array_to_an_element_is_invalid() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "<f4", &[0, 3])).unwrap();
    for (operation, dtype) in [
        (Operation::Min, "<f4"),
        (Operation::Max, "<f4"),
        (Operation::Argmin, "<i8"),
        (Operation::Argmax, "<i8"),
    ] {
        fails(array.reduce(operation, None), ErrorCode::InvalidArgument, &[]);
        fails(array.reduce(operation, Some(0)), ErrorCode::InvalidArgument, &[]);
        // Along this axis the result is empty.
        assert_eq!(
            reduced(&array, operation, Some(1)),
            result(dtype, &[0], vec![]),
            "{operation:?}"
        );
    }
}

pub(crate) fn array_reduce_finds_the_first_of_equal_elements() {
    let array = Memmap::open("work/new.bin", &shaped(Mode::Write, "u1", &[2, 4])).unwrap();
    array.write(&[], &[2, 1, 1, 2, 2, 0, 2, 0], None).unwrap();
    assert_eq!(reduced(&array, Operation::Argmin, None).2, bytes([5_i64]));
    assert_eq!(reduced(&array, Operation::Argmax, None).2, bytes([0_i64]));
    assert_eq!(reduced(&array, Operation::Argmin, Some(1)).2, bytes([1_i64, 1]));
    assert_eq!(reduced(&array, Operation::Argmax, Some(0)).2, bytes([0_i64, 0, 1, 0]));
}

pub(crate) fn array_reduce_counts_in_order_c_whatever_the_order_of_the_file() {
    // [[3, -1, 2], [5, 0, -4]] in order F.
    let options = MemmapOptions { order: Order::F, ..shaped(Mode::Write, "<i2", &[2, 3]) };
    let array = Memmap::open("work/new.bin", &options).unwrap();
    array.write(&[], &bytes([3_i16, -1, 2, 5, 0, -4]), None).unwrap();
    assert_eq!(reduced(&array, Operation::Argmin, None).2, bytes([5_i64]));
    assert_eq!(reduced(&array, Operation::Argmax, None).2, bytes([3_i64]));
    assert_eq!(
        reduced(&array, Operation::Sum, Some(0)),
        result("<i8", &[3], bytes([8_i64, -1, -2]))
    );
    let turned = array.transpose(None).unwrap();
    assert_eq!(reduced(&turned, Operation::Argmax, None).2, bytes([1_i64]));
    assert_eq!(reduced(&turned, Operation::Sum, Some(0)), result("<i8", &[2], bytes([4_i64, 1])));
}

pub(crate) fn array_reduce_of_a_view_covers_only_the_view() {
    let array = open_numbers(Mode::ReadOnly, &[8, 8]);
    let view = array.view(&index("::-3, 1::2")).unwrap();
    // [[57, 59, 61, 63], [33, 35, 37, 39], [9, 11, 13, 15]]
    assert_eq!(reduced(&view, Operation::Sum, None).2, bytes([432_u64]));
    assert_eq!(reduced(&view, Operation::Argmin, None).2, bytes([8_i64]));
    assert_eq!(reduced(&view, Operation::Max, Some(0)), result("|u1", &[4], vec![57, 59, 61, 63]));
    assert_eq!(
        reduced(&view, Operation::Mean, Some(1)),
        result("<f8", &[3], bytes([60.0, 36.0, 12.0]))
    );
    let records = array.view_as("[('a', 'u1'), ('b', '>u2'), ('c', 'u1')]").unwrap();
    let b = records.field("b").unwrap();
    assert_eq!(reduced(&b, Operation::Min, None), result("<u2", &[], bytes([258_u16])));
    assert_eq!(
        reduced(&b, Operation::Sum, Some(1)).2,
        bytes((0..8).map(|row| 4112 * row + 1544_u64))
    );
}

pub(crate) fn array_reduce_over_many_pages_covers_every_element() {
    const ROWS: u32 = 300;
    const COLUMNS: u32 = 1009;
    let number = |row: u32, column: u32| u64::from((row * 7919 + column * 104_729) % 65_521);
    let elements = || (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| number(row, column)));
    let shape = [u64::from(ROWS), u64::from(COLUMNS)];
    for order in [Order::C, Order::F] {
        let array = Memmap::open(
            "work/new.bin",
            &MemmapOptions { order, ..shaped(Mode::Write, "<u8", &shape) },
        )
        .unwrap();
        array.write(&[], &bytes(elements()), None).unwrap();
        let sum = |axis| reduced(&array, Operation::Sum, axis).2;
        assert_eq!(sum(None), bytes([elements().sum::<u64>()]));
        assert_eq!(
            sum(Some(0)),
            bytes((0..COLUMNS).map(|column| (0..ROWS).map(|row| number(row, column)).sum::<u64>()))
        );
        assert_eq!(
            sum(Some(1)),
            bytes((0..ROWS).map(|row| (0..COLUMNS).map(|column| number(row, column)).sum::<u64>()))
        );
        // An index is not negative: a `u64` has the same bytes as an `int64`.
        let first =
            |wanted| bytes([elements().position(|element| element == wanted).unwrap() as u64]);
        let (least, greatest) = (elements().min().unwrap(), elements().max().unwrap());
        assert_eq!(reduced(&array, Operation::Argmin, None).2, first(least));
        assert_eq!(reduced(&array, Operation::Argmax, None).2, first(greatest));
        let backwards = array.view(&index("::-1, ::-1")).unwrap();
        assert_eq!(reduced(&backwards, Operation::Sum, None).2, bytes([elements().sum::<u64>()]));
        assert_eq!(
            reduced(&backwards, Operation::Max, Some(1)).2,
            bytes(
                (0..ROWS)
                    .rev()
                    .map(|row| (0..COLUMNS).map(|column| number(row, column)).max().unwrap())
            )
        );
    }
}

pub(crate) fn array_reduce_sees_writes_and_changes_nothing() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = open_numbers(mode, &[64]);
        array.write(&index("5"), &[255], None).unwrap();
        assert_eq!(reduced(&array, Operation::Argmax, None).2, bytes([5_i64]));
        assert_eq!(reduced(&array, Operation::Sum, None).2, bytes([63 * 32 - 5 + 255_u64]));
        let mut expected = numbers();
        expected[5] = 255;
        assert_eq!(array.read(&[]).unwrap(), expected);
    }
}

pub(crate) fn array_reduce_of_a_truncated_file_is_truncated() {
    let array = open_numbers(Mode::ReadOnly, &[64]);
    resize("work/bytes.bin", 3);
    for operation in [Operation::Sum, Operation::CountNonzero, Operation::Argmin] {
        fails(array.reduce(operation, None), ErrorCode::Truncated, &["`work/bytes.bin`"]);
    }
}
