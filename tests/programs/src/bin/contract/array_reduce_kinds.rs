//! Reductions of dtypes other than plain numbers.

use crate::bindings::{ErrorCode, Memmap, Operation};
use crate::support::{array_of, bytes, fails, reduces_to};

/// Checks that these reductions are `unsupported`, of all elements and along an axis.
#[track_caller]
fn unsupported(array: &Memmap, operations: &[Operation]) {
    let dtype = array.info().unwrap().dtype;
    for &operation in operations {
        fails(array.reduce(operation, None), ErrorCode::Unsupported, &[&format!("`{dtype}`")]);
        fails(array.reduce(operation, Some(0)), ErrorCode::Unsupported, &[&format!("`{dtype}`")]);
    }
}

pub(crate) fn array_reduce_of_long_doubles_is_unsupported() {
    for dtype in ["longdouble", ">f16", "complex256"] {
        unsupported(
            &array_of(dtype, &[0; 64]),
            &[Operation::Sum, Operation::Max, Operation::Argmin, Operation::CountNonzero],
        );
    }
}

pub(crate) fn array_reduce_of_dates_has_a_min_and_a_max() {
    let array = array_of("M8[ms]", &bytes([3_i64, 0, 2]));
    reduces_to(
        &array,
        &[
            (Operation::Min, "<M8[ms]", bytes([0_i64])),
            (Operation::Max, "<M8[ms]", bytes([3_i64])),
            (Operation::Any, "|b1", vec![1]),
            (Operation::All, "|b1", vec![0]),
            (Operation::Argmin, "<i8", bytes([1_i64])),
            (Operation::CountNonzero, "<i8", bytes([2_i64])),
        ],
    );
    unsupported(&array, &[Operation::Sum, Operation::Prod, Operation::Mean]);
}

pub(crate) fn array_reduce_of_durations_has_a_sum_and_a_mean() {
    let array = array_of("m8[10s]", &bytes([3_i64, 0, 3]));
    reduces_to(
        &array,
        &[
            (Operation::Sum, "<m8[10s]", bytes([6_i64])),
            (Operation::Mean, "<m8[10s]", bytes([2_i64])),
            (Operation::Min, "<m8[10s]", bytes([0_i64])),
            (Operation::All, "|b1", vec![0]),
        ],
    );
    unsupported(&array, &[Operation::Prod]);
}

pub(crate) fn array_reduce_of_nat_is_nat() {
    for (dtype, sums) in [("<M8[D]", false), ("<m8[D]", true)] {
        let array = array_of(dtype, &bytes([3, i64::MIN, 2]));
        let none = || bytes([i64::MIN]);
        reduces_to(
            &array,
            &[
                (Operation::Min, dtype, none()),
                (Operation::Max, dtype, none()),
                (Operation::Argmin, "<i8", bytes([1_i64])),
                (Operation::Argmax, "<i8", bytes([1_i64])),
                (Operation::All, "|b1", vec![1]),
            ],
        );
        if sums {
            reduces_to(
                &array,
                &[(Operation::Sum, dtype, none()), (Operation::Mean, dtype, none())],
            );
        }
    }
}

pub(crate) fn array_reduce_of_text_compares_and_counts_strings() {
    for (dtype, elements, first) in [
        ("S3", b"b\0\0a\0\0\0\0\0".to_vec(), 2_i64),
        ("U2", bytes([u32::from('b'), 0, 0, 0, u32::from('a'), 0]), 1),
        (">U2", [u32::from('b'), 0, 0, 0, u32::from('a'), 0].map(u32::to_be_bytes).concat(), 1),
    ] {
        let array = array_of(dtype, &elements);
        reduces_to(
            &array,
            &[
                (Operation::Any, "|b1", vec![1]),
                (Operation::All, "|b1", vec![0]),
                (Operation::Argmin, "<i8", bytes([first])),
                (Operation::Argmax, "<i8", bytes([0_i64])),
                (Operation::CountNonzero, "<i8", bytes([2_i64])),
            ],
        );
        unsupported(
            &array,
            &[Operation::Sum, Operation::Prod, Operation::Min, Operation::Max, Operation::Mean],
        );
    }
}

pub(crate) fn array_reduce_of_void_counts_elements_that_are_not_zero() {
    let array = array_of("V2", b"ab\0\0aa");
    reduces_to(
        &array,
        &[
            (Operation::Any, "|b1", vec![1]),
            (Operation::All, "|b1", vec![0]),
            (Operation::CountNonzero, "<i8", bytes([2_i64])),
        ],
    );
    unsupported(
        &array,
        &[Operation::Sum, Operation::Min, Operation::Mean, Operation::Argmin, Operation::Argmax],
    );
}

pub(crate) fn array_reduce_of_records_is_unsupported_but_works_on_their_fields() {
    let array = array_of("i2,i2", &bytes([1_i16, 2, 0, 0, 0, 3]));
    unsupported(
        &array,
        &[
            Operation::Sum,
            Operation::Max,
            Operation::Mean,
            Operation::Argmin,
            Operation::CountNonzero,
        ],
    );
    reduces_to(&array.field("f1").unwrap(), &[(Operation::Sum, "<i8", bytes([5_i64]))]);
}
