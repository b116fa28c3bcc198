//! Random views of random arrays against a plain reference, and sums of floats against exact ones.

use filemap::array::{Operation, Reduction, reduce};
use filemap::dtype::Dtype;
use filemap::error::{Error, Result};
use filemap::layout::{Index, Layout, Order, Slice};
use proptest::prelude::*;

use super::OPERATIONS;
use super::region::Watched;
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
    /// The bytes of the file, again and again.
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
    // Few different bytes make elements that are equal, and zeroes.
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

/// The elements of a file as numbers.
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

/// The result for the numbers of one group, as bytes; `None` where there is none.
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
            unreachable!("of integers, it is a float")
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
    let region = Watched::new(file);
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
        // numpy refuses to choose along an axis without elements, also where there is no result
        // either.
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

/// The places of the elements that are reduced together.
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

/// An array that is long along one axis and short along the others, which are walked before it or
/// after it.
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
fn what_is_short_along_most_axes_is_reduced_as_by_a_plain_reference() {
    try_random(60, &long_case(), |case| check_case(&case));
}

#[test]
fn integers_are_reduced_as_by_a_plain_reference() {
    try_random(1500, &case(), |case| check_case(&case));
}

/// Numbers of 53 bits at most, times a power of two below 2^40: their sum is exact in 128 bits.
fn floats() -> impl Strategy<Value = Vec<i128>> {
    let number = prop_oneof![
        3 => (-(1_i64 << 52)..1 << 52, 0_u32..40)
            .prop_map(|(number, shift)| i128::from(number) << shift),
        1 => (0_i64..1 << 52, 0_u32..40).prop_map(|(number, shift)| i128::from(number) << shift),
        1 => (-100_i64..100).prop_map(i128::from),
    ];
    prop::collection::vec(number, 0..3000)
}

#[expect(clippy::cast_precision_loss, reason = "to the nearest is what is wanted, or exact")]
fn nearest(number: i128) -> f64 {
    number as f64
}

fn reduced(values: &[f64], axis: Option<i64>, shape: Vec<u64>, operation: Operation) -> f64 {
    let region = Watched::new(values.iter().flat_map(|value| value.to_le_bytes()).collect());
    let layout =
        Layout::new(Dtype::parse("f8").expect("a dtype"), shape, Order::C).expect("a layout");
    let found = reduce(&region, &layout, operation, axis, "a").expect("a sum");
    f64::from_le_bytes(found.data[..8].try_into().expect("8 bytes"))
}

/// How many floats lie between two of the same sign.
fn distance(one: f64, other: f64) -> u64 {
    one.to_bits().abs_diff(other.to_bits())
}

#[test]
fn sums_of_floats_are_the_nearest_float_or_the_next() {
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
        // Next to another column, each element goes to a sum of its own.
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
fn what_cancels_does_not_take_the_small_with_it() {
    let values: Vec<f64> = (0..999).map(|number| [1e16, 1.0, -1e16][number % 3]).collect();
    assert_eq!(reduced(&values, None, vec![999], Operation::Sum).to_bits(), 333_f64.to_bits());
    assert_eq!(
        reduced(&values, Some(0), vec![999, 1], Operation::Sum).to_bits(),
        333_f64.to_bits()
    );
}

#[test]
fn a_sum_that_is_too_large_is_infinite_and_what_is_no_number_stays_so() {
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

/// numpy adds floats of 32 bits in 32 bits, and of 16 bits products in 16.
#[test]
fn short_floats_do_not_overflow_on_the_way() {
    let singles: Vec<u8> = [3e38_f32, 3e38].iter().flat_map(|value| value.to_le_bytes()).collect();
    let layout =
        Layout::new(Dtype::parse("f4").expect("a dtype"), vec![2], Order::C).expect("a layout");
    let found = reduce(&Watched::new(singles.clone()), &layout, Operation::Mean, None, "a")
        .expect("a mean");
    assert_eq!(found.data, singles[..4]);
    // 32768 * 32768 / 32768
    let halves = [0x7800_u16, 0x7800, 0x0200].map(u16::to_le_bytes).concat();
    let layout =
        Layout::new(Dtype::parse("f2").expect("a dtype"), vec![3], Order::C).expect("a layout");
    let found =
        reduce(&Watched::new(halves), &layout, Operation::Prod, None, "a").expect("a product");
    assert_eq!(found.data, 0x7800_u16.to_le_bytes());
}

#[test]
fn a_product_leaves_the_range_of_floats_only_in_the_end() {
    #[track_caller]
    fn check(values: &[f64], expected: f64) {
        for axis in [None, Some(0)] {
            let found = reduced(values, axis, vec![values.len() as u64], Operation::Prod);
            assert_eq!(
                found.to_bits(),
                expected.to_bits(),
                "{values:?} makes {found:e}, not {expected:e}"
            );
        }
    }
    let (large, small) = (f64::MAX, f64::from_bits(1));
    // 2^1000 and 2^-1000, each four times, in an order that is all over the place.
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
