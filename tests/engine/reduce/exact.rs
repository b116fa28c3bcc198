//! Reductions of random views, compared to a plain reference, and sums of floats, compared to exact
//! sums.

use filemap::array::{Operation, Reduction, reduce};
use filemap::dtype::Dtype;
use filemap::error::{Error, Result};
use filemap::layout::{Index, Layout, Order, Slice};
use proptest::prelude::*;

use super::OPERATIONS;
use super::region::RecordingRegion;
use crate::model::{Model, indices};
use crate::try_random;

/// An array of integers, a view of a view of it, and an axis to reduce.
#[derive(Clone, Debug)]
struct Case {
    shape: Vec<usize>,
    order: Order,
    dtype: &'static str,
    views: Vec<Vec<Index>>,
    axis: Option<i64>,
    /// The bytes of the file, which are repeated.
    bytes: Vec<u8>,
}

fn index() -> impl Strategy<Value = Vec<Index>> {
    let bound = || prop::option::of(-4_i64..6);
    let step = prop::sample::select(vec![None, Some(-1), Some(-1), Some(2), Some(-2), Some(3)]);
    let slice = (bound(), bound(), step)
        .prop_map(|(start, stop, step)| Index::Slice(Slice { start, stop, step }));
    let one =
        prop_oneof![6 => slice, 1 => (-3_i64..3).prop_map(Index::At), 1 => Just(Index::Ellipsis)];
    prop::collection::vec(one, 0..4)
}

fn case() -> impl Strategy<Value = Case> {
    let lengths = prop_oneof![12 => 1_usize..7, 1 => 0_usize..1, 2 => 7_usize..30];
    let dtypes = vec!["i1", "u1", "<i2", ">i2", "<u2", "<i4", ">u4", "<i8", ">i8", "<u8", ">u8"];
    // With few different bytes, there are equal elements and zeroes.
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..100),
        prop::collection::vec(prop::sample::select(vec![0, 0, 0, 255]), 1..40)
    ];
    let order = prop::sample::select(vec![Order::C, Order::F]);
    let (views, axis) = (prop::collection::vec(index(), 0..3), prop::option::of(-4_i64..4));
    (prop::collection::vec(lengths, 0..4), order, prop::sample::select(dtypes), views, axis, bytes)
        .prop_map(|(shape, order, dtype, views, axis, bytes)| Case {
            shape,
            order,
            dtype,
            views,
            axis,
            bytes,
        })
}

/// Returns the elements of a file as numbers.
fn numbers(dtype: &str, bytes: &[u8]) -> Vec<i128> {
    let (code, size) = dtype.split_at(dtype.len() - 1);
    let size: usize = size.parse().expect("a size");
    let number = |item: &[u8]| {
        let mut item = item.to_vec();
        if code.starts_with('>') {
            item.reverse();
        }
        let is_negative = code.ends_with('i') && item[size - 1] > 127;
        item.resize(16, if is_negative { 255 } else { 0 });
        i128::from_le_bytes(item.try_into().expect("16 bytes"))
    };
    bytes.chunks_exact(size).map(number).collect()
}

/// Returns the expected result for a group of numbers as bytes, or `None` if there is none.
fn reference(operation: Operation, group: &[i128], size: usize) -> Option<Vec<u8>> {
    let is_true = |number: &&i128| **number != 0;
    let place = |wanted: Option<&i128>| group.iter().position(|number| Some(number) == wanted);
    let wide = |number: i128| number.to_le_bytes()[..8].to_vec();
    let count = |count: usize| wide(i128::try_from(count).expect("a small number"));
    Some(match operation {
        Operation::Sum => wide(group.iter().fold(0, |sum: i128, number| sum.wrapping_add(*number))),
        Operation::Prod => {
            wide(group.iter().fold(1, |product: i128, number| product.wrapping_mul(*number)))
        }
        Operation::Min => group.iter().min()?.to_le_bytes()[..size].to_vec(),
        Operation::Max => group.iter().max()?.to_le_bytes()[..size].to_vec(),
        Operation::Any => vec![group.iter().any(|number| *number != 0).into()],
        Operation::All => vec![group.iter().all(|number| *number != 0).into()],
        Operation::Argmin => count(place(group.iter().min())?),
        Operation::Argmax => count(place(group.iter().max())?),
        Operation::CountNonzero => count(group.iter().filter(is_true).count()),
        Operation::Mean | Operation::Var | Operation::Std => {
            unreachable!("the mean of integers is a float")
        }
    })
}

fn check_case(case: &Case) {
    let Case { shape, order, dtype, views, axis, bytes } = case;
    let whole: Vec<u64> = shape.iter().map(|&length| length as u64).collect();
    let mut layout =
        Layout::new(Dtype::parse(dtype).expect("a dtype"), whole, *order).expect("a layout");
    let mut model = Model::new(shape, *order);
    let file: Vec<u8> = bytes
        .iter()
        .copied()
        .cycle()
        .take(usize::try_from(layout.nbytes()).expect("small"))
        .collect();
    for view in views {
        if let (Ok(view), Some(seen)) = (layout.select(view), model.select(view)) {
            (layout, model) = (view, seen);
        }
    }
    let size = usize::try_from(layout.dtype.size()).expect("a small size");
    let numbers = numbers(dtype, &file);
    let region = RecordingRegion::new(file);
    let axes = model.shape.len();
    let from_start =
        |axis: i64| if axis < 0 { axis.checked_add_unsigned(axes as u64) } else { Some(axis) };
    let reduced = axis.map(|axis| usize::try_from(from_start(axis).expect("a small axis")));
    let is_exact = |operation: &Operation| {
        !matches!(operation, Operation::Mean | Operation::Var | Operation::Std)
    };
    for operation in OPERATIONS.into_iter().filter(is_exact) {
        let found = reduce(&region, &layout, operation, *axis, "a");
        let reduced = match reduced {
            None => None,
            Some(Ok(axis)) if axis < axes => Some(axis),
            _ if axes == 0 && matches!(axis, Some(0 | -1)) => None,
            _ => {
                assert!(matches!(found, Err(Error::OutOfBounds(_))), "{found:?}");
                continue;
            }
        };
        let groups = groups(&model, reduced);
        // numpy refuses to select along an axis of length 0, even if there are no results.
        let is_choice = matches!(
            operation,
            Operation::Min | Operation::Max | Operation::Argmin | Operation::Argmax
        );
        let nothing = is_choice && reduced.is_some_and(|axis| model.shape[axis] == 0);
        let wanted: Option<Vec<_>> = groups
            .iter()
            .map(|group| {
                reference(
                    operation,
                    &group.iter().map(|&place| numbers[place]).collect::<Vec<_>>(),
                    size,
                )
            })
            .collect();
        compare(found, wanted.filter(|_| !nothing).map(|wanted| wanted.concat()), operation);
    }
    assert!(
        region
            .reads
            .borrow()
            .iter()
            .all(|&(begin, end, buffer)| begin < end && buffer <= 256 << 10)
    );
}

fn compare(found: Result<Reduction>, wanted: Option<Vec<u8>>, operation: Operation) {
    match (found, wanted) {
        (Ok(found), Some(wanted)) => assert_eq!(found.data, wanted, "{operation}"),
        (Err(Error::InvalidArgument(_)), None) => {}
        (found, wanted) => panic!("{operation}: {found:?} instead of {wanted:?}"),
    }
}

/// Returns the positions of the elements that are reduced together.
fn groups(model: &Model, axis: Option<usize>) -> Vec<Vec<usize>> {
    let Some(axis) = axis else { return vec![model.places.clone()] };
    let mut others = model.shape.clone();
    let length = others.remove(axis);
    let place =
        |others: &[usize], at| model.at(&[&others[..axis], &[at], &others[axis..]].concat());
    indices(&others)
        .iter()
        .map(|others| (0..length).map(|at| place(others, at)).collect())
        .collect()
}

/// Generates arrays that are long along one axis and short along the others, which lie inside or
/// outside of it.
fn long_case() -> impl Strategy<Value = Case> {
    let short = prop::collection::vec(2_usize..5, 0..4)
        .prop_filter("few", |short| short.iter().product::<usize>() < 20);
    (case(), short, 500_usize..2500, 0_usize..4, prop::option::of(0_i64..3)).prop_map(
        |(mut case, mut short, long, place, axis)| {
            short.insert(place.min(short.len()), long);
            (case.shape, case.axis) = (short, axis);
            case
        },
    )
}

#[test]
fn arrays_with_one_long_axis_reduce_like_the_reference() {
    try_random(60, &long_case(), |case| check_case(&case));
}

#[test]
fn integers_reduce_like_the_reference() {
    try_random(1500, &case(), |case| check_case(&case));
}

/// Generates numbers of at most 53 bits times a power of two below 2^40, whose sum is exact in 128
/// bits.
fn floats() -> impl Strategy<Value = Vec<i128>> {
    let number = prop_oneof![
        3 => (-(1_i64 << 52)..1 << 52, 0_u32..40)
            .prop_map(|(number, shift)| i128::from(number) << shift),
        1 => (0_i64..1 << 52, 0_u32..40).prop_map(|(number, shift)| i128::from(number) << shift),
        1 => (-100_i64..100).prop_map(i128::from),
    ];
    prop::collection::vec(number, 0..3000)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the result is exact or rounded to the nearest float"
)]
fn nearest(number: i128) -> f64 {
    number as f64
}

fn reduced(values: &[f64], axis: Option<i64>, shape: Vec<u64>, operation: Operation) -> f64 {
    let region =
        RecordingRegion::new(values.iter().flat_map(|value| value.to_le_bytes()).collect());
    let layout =
        Layout::new(Dtype::parse("f8").expect("a dtype"), shape, Order::C).expect("a layout");
    let found = reduce(&region, &layout, operation, axis, "a").expect("a sum");
    f64::from_le_bytes(found.data[..8].try_into().expect("8 bytes"))
}

/// Returns the number of floats between two floats of the same sign.
fn distance(one: f64, other: f64) -> u64 {
    one.to_bits().abs_diff(other.to_bits())
}

#[test]
fn sums_of_floats_are_within_one_unit_in_the_last_place() {
    try_random(200, &floats(), |numbers| {
        let values: Vec<f64> = numbers.iter().map(|&number| nearest(number)).collect();
        let exact: i128 = numbers.iter().sum();
        let sizes: i128 = numbers.iter().map(|number| number.abs()).sum();
        if exact.abs() < sizes >> 30 {
            return;
        }
        let length = values.len() as u64;
        let all = reduced(&values, None, vec![length], Operation::Sum);
        let run = reduced(&values, Some(1), vec![1, length], Operation::Sum);
        // Beside another column, each element is added to its own sum.
        let pairs: Vec<f64> = values.iter().flat_map(|&value| [value, 1.0]).collect();
        let column = reduced(&pairs, Some(0), vec![length, 2], Operation::Sum);
        for found in [all, run, column] {
            assert!(distance(found, nearest(exact)) <= 1, "{found:e}, not {:e}", nearest(exact));
        }
        if length > 0 {
            let mean = reduced(&values, None, vec![length], Operation::Mean);
            assert!(distance(mean, nearest(exact) / nearest(i128::from(length))) <= 2);
        }
    });
}

#[test]
fn cancellation_keeps_small_terms() {
    let values: Vec<f64> = (0..999).map(|number| [1e16, 1.0, -1e16][number % 3]).collect();
    assert_eq!(reduced(&values, None, vec![999], Operation::Sum).to_bits(), 333_f64.to_bits());
    assert_eq!(
        reduced(&values, Some(0), vec![999, 1], Operation::Sum).to_bits(),
        333_f64.to_bits()
    );
}

#[test]
fn a_sum_overflows_to_infinity_and_keeps_nans() {
    #[track_caller]
    fn check(values: &[f64], wanted: f64) {
        for copies in [1, 40] {
            let values = values.repeat(copies);
            let found = reduced(&values, None, vec![values.len() as u64], Operation::Sum);
            assert!(
                found.to_bits() == wanted.to_bits() || (found.is_nan() && wanted.is_nan()),
                "{found}"
            );
        }
    }
    check(&[f64::MAX, f64::MAX], f64::INFINITY);
    check(&[f64::INFINITY, 1.0], f64::INFINITY);
    check(&[f64::NEG_INFINITY, 1.0], f64::NEG_INFINITY);
    check(&[f64::INFINITY, f64::NEG_INFINITY], f64::NAN);
    check(&[f64::NAN, 1.0], f64::NAN);
    check(&[-0.0], 0.0);
}

/// numpy adds 32-bit floats in 32 bits, and multiplies 16-bit floats in 16 bits.
#[test]
fn intermediate_results_of_short_floats_do_not_overflow() {
    let singles: Vec<u8> = [3e38_f32, 3e38].iter().flat_map(|value| value.to_le_bytes()).collect();
    let layout =
        Layout::new(Dtype::parse("f4").expect("a dtype"), vec![2], Order::C).expect("a layout");
    let found = reduce(&RecordingRegion::new(singles.clone()), &layout, Operation::Mean, None, "a")
        .expect("a mean");
    assert_eq!(found.data, singles[..4]);
    // 32768 * 32768 / 32768
    let halves = [0x7800_u16, 0x7800, 0x0200].map(u16::to_le_bytes).concat();
    let layout =
        Layout::new(Dtype::parse("f2").expect("a dtype"), vec![3], Order::C).expect("a layout");
    let found = reduce(&RecordingRegion::new(halves), &layout, Operation::Prod, None, "a")
        .expect("a product");
    assert_eq!(found.data, 0x7800_u16.to_le_bytes());
}

#[test]
fn intermediate_products_do_not_overflow() {
    #[track_caller]
    fn check(values: &[f64], expected: f64) {
        for axis in [None, Some(0)] {
            let found = reduced(values, axis, vec![values.len() as u64], Operation::Prod);
            assert_eq!(
                found.to_bits(),
                expected.to_bits(),
                "{values:?} has the sum {found:e}, not {expected:e}"
            );
        }
    }
    let (large, small) = (f64::MAX, f64::from_bits(1));
    // 2^1000 and 2^-1000, four times each, in a mixed order.
    let (up, down) = (f64::from_bits(2023 << 52), f64::from_bits(23 << 52));
    check(&[up, up, up, up, down, down, down, down], 1.0);
    check(&[down, down, up, up, down, up, down, up, 3.0], 3.0);
    check(&[small, up, up, down], small * up);
    check(&[small; 100], 0.0);
    check(&[large; 100], f64::INFINITY);
    check(&[large, 0.5], large / 2.0);
    check(&[-small, small, up, up, up, up, down, down], -f64::from_bits((1023 - 148) << 52));
    check(&[-small, small, up], -0.0);
    check(&[0.0, large, large], 0.0);
    check(&[down, down, f64::INFINITY], f64::INFINITY);
    check(&[1.5, -2.0, small], -3.0 * small);
    check(&[up, up, down, down, small, 3.0, 5.0], 15.0 * small);
}
