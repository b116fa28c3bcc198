//! Reductions of numbers: the dtype of the result, overflow and NaN.

use crate::bindings::{Operation, Order};
use crate::support::{array_of, bytes, reduces_to};

pub(crate) fn array_reduce_of_booleans_counts_them() {
    reduces_to(
        &array_of("bool", &[1, 0, 1]),
        &[
            (Operation::Sum, "<i8", bytes([2_i64])),
            (Operation::Prod, "<i8", bytes([0_i64])),
            (Operation::Min, "|b1", vec![0]),
            (Operation::Max, "|b1", vec![1]),
            (Operation::Mean, "<f8", bytes([2.0 / 3.0])),
            (Operation::Any, "|b1", vec![1]),
            (Operation::All, "|b1", vec![0]),
            (Operation::Argmin, "<i8", bytes([1_i64])),
            (Operation::Argmax, "<i8", bytes([0_i64])),
            (Operation::CountNonzero, "<i8", bytes([2_i64])),
        ],
    );
}

pub(crate) fn array_reduce_of_small_integers_has_64_bits() {
    reduces_to(
        &array_of("i1", &[100, 156, 127]),
        &[
            (Operation::Sum, "<i8", bytes([127_i64])),
            (Operation::Prod, "<i8", bytes([-1_270_000_i64])),
            (Operation::Min, "|i1", vec![156]),
            (Operation::Max, "|i1", vec![127]),
            (Operation::Mean, "<f8", bytes([127.0 / 3.0])),
        ],
    );
    reduces_to(
        &array_of("u1", &[200, 100, 3]),
        &[
            (Operation::Sum, "<u8", bytes([303_u64])),
            (Operation::Prod, "<u8", bytes([60_000_u64])),
            (Operation::Min, "|u1", vec![3]),
            (Operation::Max, "|u1", vec![200]),
            (Operation::Mean, "<f8", bytes([101.0])),
        ],
    );
    let u2 = array_of("u2", &bytes([65_535_u16, 65_535]));
    reduces_to(
        &u2,
        &[
            (Operation::Sum, "<u8", bytes([131_070_u64])),
            (Operation::Max, "<u2", bytes([65_535_u16])),
        ],
    );
    let i4 = array_of("i4", &bytes([i32::MIN, i32::MIN]));
    reduces_to(
        &i4,
        &[
            (Operation::Sum, "<i8", bytes([-4_294_967_296_i64])),
            (Operation::Min, "<i4", bytes([i32::MIN])),
        ],
    );
}

pub(crate) fn array_reduce_of_integers_wraps_around_at_64_bits() {
    let large = 1 << 62;
    reduces_to(
        &array_of("i8", &bytes([large, large, 4_i64])),
        &[
            (Operation::Sum, "<i8", bytes([i64::MIN + 4])),
            (Operation::Prod, "<i8", bytes([0_i64])),
            (Operation::Max, "<i8", bytes([large])),
        ],
    );
    reduces_to(
        &array_of("u8", &bytes([1 << 63, 1 << 63, 5_u64])),
        &[
            (Operation::Sum, "<u8", bytes([5_u64])),
            (Operation::Max, "<u8", bytes([1_u64 << 63])),
            (Operation::Argmin, "<i8", bytes([2_i64])),
        ],
    );
}

pub(crate) fn array_reduce_of_floats_has_their_dtype() {
    reduces_to(
        // 1, 2 and 4.5 in 16 bits each.
        &array_of("f2", &bytes([0x3c00_u16, 0x4000, 0x4480])),
        &[
            (Operation::Sum, "<f2", bytes([0x4780_u16])),
            (Operation::Prod, "<f2", bytes([0x4880_u16])),
            (Operation::Min, "<f2", bytes([0x3c00_u16])),
            (Operation::Max, "<f2", bytes([0x4480_u16])),
            (Operation::Mean, "<f2", bytes([0x4100_u16])),
            (Operation::Argmax, "<i8", bytes([2_i64])),
        ],
    );
    reduces_to(
        &array_of("f4", &bytes([1_f32, 2.0, 4.5])),
        &[
            (Operation::Sum, "<f4", bytes([7.5_f32])),
            (Operation::Prod, "<f4", bytes([9_f32])),
            (Operation::Min, "<f4", bytes([1_f32])),
            (Operation::Mean, "<f4", bytes([2.5_f32])),
        ],
    );
    reduces_to(
        &array_of("f8", &bytes([-1.5, 0.0, 4.5])),
        &[
            (Operation::Sum, "<f8", bytes([3.0])),
            (Operation::Min, "<f8", bytes([-1.5])),
            (Operation::Max, "<f8", bytes([4.5])),
            (Operation::Mean, "<f8", bytes([1.0])),
            (Operation::All, "|b1", vec![0]),
            (Operation::CountNonzero, "<i8", bytes([2_i64])),
        ],
    );
}

pub(crate) fn array_reduce_of_nan_is_nan() {
    for (dtype, one, nan) in [
        ("<f4", bytes([1_f32]), bytes([f32::NAN])),
        ("<f8", bytes([1.0]), bytes([f64::NAN])),
        (">f8", 1_f64.to_be_bytes().to_vec(), f64::NAN.to_be_bytes().to_vec()),
    ] {
        let array = array_of(dtype, &[&one[..], &nan, &nan, &one].concat());
        for operation in
            [Operation::Sum, Operation::Prod, Operation::Mean, Operation::Min, Operation::Max]
        {
            let data = array.reduce(operation, None).unwrap().data;
            let number = match data.len() {
                4 => f64::from(f32::from_le_bytes(data.try_into().unwrap())),
                _ => f64::from_le_bytes(data.try_into().unwrap()),
            };
            assert!(number.is_nan(), "{operation:?} of {dtype}: {number}");
        }
        reduces_to(
            &array,
            &[
                (Operation::Argmin, "<i8", bytes([1_i64])),
                (Operation::Argmax, "<i8", bytes([1_i64])),
                (Operation::Any, "|b1", vec![1]),
                (Operation::All, "|b1", vec![1]),
                (Operation::CountNonzero, "<i8", bytes([4_i64])),
            ],
        );
    }
}

pub(crate) fn array_reduce_along_an_axis_with_nan_is_nan_there() {
    let nan = f64::NAN;
    let array =
        array_of("<f8", &bytes([1.0, nan, 3.0, 4.0, 5.0, 0.0])).reshape(&[2, 3], Order::C).unwrap();
    for (operation, axis, expected) in [
        (Operation::Sum, 0, [5.0, nan, 3.0]),
        (Operation::Min, 0, [1.0, nan, 0.0]),
        (Operation::Max, 0, [4.0, nan, 3.0]),
        (Operation::Mean, 0, [2.5, nan, 1.5]),
    ] {
        let data = array.reduce(operation, Some(axis)).unwrap().data;
        let numbers: Vec<f64> =
            data.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect();
        // A NaN is not equal to any number, nor to itself.
        assert_eq!(format!("{numbers:?}"), format!("{expected:?}"), "{operation:?}");
    }
    assert_eq!(array.reduce(Operation::Argmin, Some(0)).unwrap().data, bytes([0_i64, 0, 1]));
    assert_eq!(array.reduce(Operation::Argmax, Some(0)).unwrap().data, bytes([1_i64, 0, 0]));
    assert_eq!(array.reduce(Operation::Argmax, Some(1)).unwrap().data, bytes([1_i64, 1]));
    assert_eq!(array.reduce(Operation::All, Some(0)).unwrap().data, [1, 1, 0]);
    assert_eq!(array.reduce(Operation::CountNonzero, Some(1)).unwrap().data, bytes([3_i64, 2]));
}

pub(crate) fn array_reduce_of_infinities_is_infinite() {
    reduces_to(
        &array_of("f8", &bytes([f64::INFINITY, 1.0, 2.0])),
        &[
            (Operation::Sum, "<f8", bytes([f64::INFINITY])),
            (Operation::Max, "<f8", bytes([f64::INFINITY])),
            (Operation::Mean, "<f8", bytes([f64::INFINITY])),
            (Operation::Min, "<f8", bytes([1.0])),
        ],
    );
}

pub(crate) fn array_reduce_of_complex_numbers_compares_the_real_parts_first() {
    reduces_to(
        // 1+2j, 3-1j, 1+1j
        &array_of("c8", &bytes([1_f32, 2.0, 3.0, -1.0, 1.0, 1.0])),
        &[
            (Operation::Sum, "<c8", bytes([5_f32, 2.0])),
            (Operation::Prod, "<c8", bytes([0_f32, 10.0])),
            (Operation::Min, "<c8", bytes([1_f32, 1.0])),
            (Operation::Max, "<c8", bytes([3_f32, -1.0])),
            (Operation::Argmin, "<i8", bytes([2_i64])),
            (Operation::CountNonzero, "<i8", bytes([3_i64])),
        ],
    );
    reduces_to(
        &array_of("c16", &bytes([0.0, 2.0, 3.0, -1.0])),
        &[(Operation::Mean, "<c16", bytes([1.5, 0.5])), (Operation::All, "|b1", vec![1])],
    );
}

pub(crate) fn array_reduce_of_big_endian_elements_is_little_endian() {
    reduces_to(
        &array_of(">i2", &[1, 0, 255, 255, 0, 2]),
        &[
            (Operation::Sum, "<i8", bytes([257_i64])),
            (Operation::Min, "<i2", bytes([-1_i16])),
            (Operation::Argmax, "<i8", bytes([0_i64])),
        ],
    );
    let halves = [1.5_f64, -0.5].map(f64::to_be_bytes).concat();
    reduces_to(
        &array_of(">f8", &halves),
        &[(Operation::Sum, "<f8", bytes([1.0])), (Operation::Min, "<f8", bytes([-0.5]))],
    );
    reduces_to(&array_of(">c16", &halves), &[(Operation::Max, "<c16", bytes([1.5, -0.5]))]);
    reduces_to(
        &array_of(">M8[s]", &[0, 0, 0, 0, 0, 0, 1, 2]),
        &[(Operation::Max, "<M8[s]", bytes([258_i64]))],
    );
}
