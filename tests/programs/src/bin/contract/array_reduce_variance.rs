//! The variance and the standard deviation.

use crate::bindings::{ErrorCode, Memmap, Mode, Operation, Order};
use crate::support::{array_of, bytes, fails, index, open_numbers, reduces_to, shaped};

const BOTH: [Operation; 2] = [Operation::Var, Operation::Std];

/// Checks the dtype and the two results over all elements.
#[track_caller]
fn check(array: &Memmap, dtype: &str, var: Vec<u8>, std: Vec<u8>) {
    reduces_to(array, &[(Operation::Var, dtype, var), (Operation::Std, dtype, std)]);
}

/// Checks that both are `unsupported`, of all elements and along an axis.
#[track_caller]
fn unsupported(array: &Memmap) {
    let dtype = array.info().unwrap().dtype;
    for operation in BOTH {
        for axis in [None, Some(0)] {
            fails(array.reduce(operation, axis), ErrorCode::Unsupported, &[&format!("`{dtype}`")]);
        }
    }
}

pub(crate) fn array_reduce_variance_of_booleans_and_integers_is_float64() {
    check(&array_of("bool", &[1, 0, 1, 0]), "<f8", bytes([0.25]), bytes([0.5]));
    check(&array_of("u1", &[1, 3, 5, 7]), "<f8", bytes([5.0]), bytes([5_f64.sqrt()]));
    check(&array_of("i1", &[156, 100]), "<f8", bytes([10_000.0]), bytes([100.0]));
    check(&array_of("<i2", &bytes([-1_i16, 3])), "<f8", bytes([4.0]), bytes([2.0]));
    check(&array_of(">i4", &[255, 255, 255, 255, 0, 0, 0, 3]), "<f8", bytes([4.0]), bytes([2.0]));
    check(
        &array_of("<u8", &bytes([1 << 60, 3_u64 << 60])),
        "<f8",
        bytes([2_f64.powi(120)]),
        bytes([2_f64.powi(60)]),
    );
    // 0 to 63: (64² - 1) / 12.
    check(
        &open_numbers(Mode::ReadOnly, &[8, 8]),
        "<f8",
        bytes([341.25]),
        bytes([341.25_f64.sqrt()]),
    );
}

pub(crate) fn array_reduce_variance_of_floats_has_their_dtype() {
    // 1 and 5, and 4 and 2, in 16 bits each.
    check(
        &array_of("f2", &bytes([0x3c00_u16, 0x4500])),
        "<f2",
        bytes([0x4400_u16]),
        bytes([0x4000_u16]),
    );
    check(
        &array_of("f4", &bytes([1_f32, 2.0, 3.0, 6.0])),
        "<f4",
        bytes([3.5_f32]),
        bytes([3.5_f32.sqrt()]),
    );
    check(&array_of("f8", &bytes([-1.5, 2.5])), "<f8", bytes([4.0]), bytes([2.0]));
    check(
        &array_of(">f8", &[1.0_f64, 5.0].map(f64::to_be_bytes).concat()),
        "<f8",
        bytes([4.0]),
        bytes([2.0]),
    );
}

pub(crate) fn array_reduce_variance_is_exact_far_from_zero() {
    // The mean of the squares minus the square of the mean would have no correct digit.
    let array = array_of("f8", &bytes([4.0, 7.0, 13.0, 16.0].map(|number| number + 1e9)));
    check(&array, "<f8", bytes([22.5]), bytes([22.5_f64.sqrt()]));
    let many = array_of(
        "f4",
        &bytes((0..100_000).map(|number| if number % 2 == 0 { 4096_f32 } else { 4098.0 })),
    );
    check(&many, "<f4", bytes([1_f32]), bytes([1_f32]));
}

pub(crate) fn array_reduce_variance_of_complex_numbers_is_real() {
    // 1+2j and 3-2j: each is 2 - 0j plus or minus 1-2j.
    check(
        &array_of("c8", &bytes([1_f32, 2.0, 3.0, -2.0])),
        "<f4",
        bytes([5_f32]),
        bytes([5_f32.sqrt()]),
    );
    check(&array_of("c16", &bytes([0.0, 3.0, 0.0, -3.0])), "<f8", bytes([9.0]), bytes([3.0]));
}

pub(crate) fn array_reduce_variance_along_an_axis_keeps_the_others() {
    let elements = bytes([3_i16, -1, 2, 5, 0, -4]);
    for order in [Order::C, Order::F] {
        let options = crate::bindings::wit_array::MemmapOptions {
            order,
            ..shaped(Mode::Write, "<i2", &[2, 3])
        };
        let array = Memmap::open("work/new.bin", &options).unwrap();
        array.write(&[], &elements, None).unwrap();
        let view = array.view(&index(":, ::-1")).unwrap();
        for (operation, expected) in
            [(Operation::Var, [1.0, 0.25, 9.0]), (Operation::Std, [1.0, 0.5, 3.0])]
        {
            for axis in [0, -2] {
                let reduction = array.reduce(operation, Some(axis)).unwrap();
                assert_eq!((reduction.dtype.as_str(), reduction.shape), ("<f8", vec![3]));
                assert_eq!(reduction.data, bytes(expected), "{operation:?}");
            }
            let backwards = view.reduce(operation, Some(0)).unwrap().data;
            assert_eq!(backwards, bytes(expected.into_iter().rev()), "{operation:?}");
        }
    }
    let rows = open_numbers(Mode::ReadOnly, &[4, 2, 8]).reduce(Operation::Var, Some(1)).unwrap();
    assert_eq!((rows.shape, rows.data), (vec![4, 8], bytes([16.0; 32])));
}

pub(crate) fn array_reduce_variance_of_an_empty_array_is_nan() {
    for (dtype, result) in [("<f4", "<f4"), ("<i2", "<f8"), ("<c8", "<f4")] {
        let array = Memmap::open("work/new.bin", &shaped(Mode::Write, dtype, &[0, 3])).unwrap();
        for operation in BOTH {
            for (axis, shape) in [(None, vec![]), (Some(0), vec![3]), (Some(1), vec![0])] {
                let reduction = array.reduce(operation, axis).unwrap();
                assert_eq!(
                    (reduction.dtype.as_str(), &reduction.shape),
                    (result, &shape),
                    "{operation:?} of {dtype}"
                );
                let is_nan = |bytes: &[u8]| match bytes.len() {
                    4 => f32::from_le_bytes(bytes.try_into().unwrap()).is_nan(),
                    _ => f64::from_le_bytes(bytes.try_into().unwrap()).is_nan(),
                };
                let item = if result == "<f4" { 4 } else { 8 };
                assert_eq!(
                    reduction.data.len(),
                    item * usize::try_from(shape.iter().product::<u64>()).unwrap()
                );
                assert!(reduction.data.chunks(item).all(is_nan), "{operation:?} of {dtype}");
            }
        }
    }
}

pub(crate) fn array_reduce_variance_of_nan_is_nan() {
    for elements in [[1.0, f64::NAN], [1.0, f64::INFINITY], [f64::INFINITY; 2]] {
        for operation in BOTH {
            let data = array_of("<f8", &bytes(elements)).reduce(operation, None).unwrap().data;
            let number = f64::from_le_bytes(data.try_into().unwrap());
            assert!(number.is_nan(), "{operation:?} of {elements:?}: {number}");
        }
    }
}

pub(crate) fn array_reduce_variance_of_a_scalar_has_no_axis() {
    let scalar = open_numbers(Mode::ReadOnly, &[64]).view(&index("7")).unwrap();
    check(&scalar, "<f8", bytes([0.0]), bytes([0.0]));
    for operation in [Operation::Var, Operation::Std, Operation::Mean] {
        for axis in [0, -1, 1, i64::MIN] {
            fails(
                scalar.reduce(operation, Some(axis)),
                ErrorCode::OutOfBounds,
                &[&format!("axis {axis}")],
            );
        }
    }
    for axis in [0, -1] {
        assert_eq!(scalar.reduce(Operation::Sum, Some(axis)).unwrap().data, 7_u64.to_le_bytes());
    }
}

pub(crate) fn array_reduce_variance_of_dtypes_without_distances_is_unsupported() {
    for dtype in ["S3", "U1", ">U1", "V4", "M8[ms]", "longdouble", "complex256", "i2,i2"] {
        unsupported(&array_of(dtype, &[0; 96]));
    }
}
