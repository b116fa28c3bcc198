//! Variances and standard deviations, compared to the exact ones.

use filemap::array::{Operation, reduce};
use filemap::dtype::Dtype;
use filemap::layout::{Index, Layout, Order, Slice};
use proptest::prelude::*;

use super::numpy::{bytes, text};
use super::region::RecordingRegion;
use crate::{json, try_random};

const SPREADS: [Operation; 2] = [Operation::Var, Operation::Std];

/// The bits of infinity, as a 64-bit float.
const INFINITE: u64 = f64::INFINITY.to_bits();

/// Returns the bits of floats, which have the order of the numbers if these are not negative. The
/// bits of a NaN are far from all of them.
fn bits(data: &[u8], size: usize) -> Vec<u64> {
    let float = |item: &[u8]| {
        let mut item = item.to_vec();
        item.resize(8, 0);
        u64::from_le_bytes(item.try_into().expect("8 bytes"))
    };
    data.chunks(size).map(float).collect()
}

fn layout(dtype: &str, shape: &[u64], order: Order) -> Layout {
    Layout::new(Dtype::parse(dtype).expect("a dtype"), shape.to_vec(), order).expect("a layout")
}

/// Returns `squares / count^2` as a rounded float, where `squares` is `count` times the sum of the
/// squares minus the square of the sum.
#[expect(
    clippy::cast_precision_loss,
    reason = "the numerator is rounded to the nearest float, and the denominator is a power of two"
)]
fn variance(numbers: &[i128]) -> f64 {
    let count = numbers.len() as u128;
    let sum: i128 = numbers.iter().sum();
    let squares: i128 = numbers.iter().map(|number| number * number).sum();
    let above = (squares * count.cast_signed() - sum * sum).cast_unsigned();
    let shift = above.leading_zeros().min(127);
    // The division loses bits far below the last bit of a float.
    ((above << shift) / (count * count)) as f64 / (1_u128 << shift) as f64
}

/// Reduces to 64-bit floats.
fn reduced(
    region: &RecordingRegion,
    layout: &Layout,
    operation: Operation,
    axis: Option<i64>,
) -> Vec<f64> {
    let found = reduce(region, layout, operation, axis, "a").expect("a result");
    found.data.chunks(8).map(|item| f64::from_le_bytes(item.try_into().expect("8 bytes"))).collect()
}

/// numpy is often far from the exact result here; the fixture has both results.
#[test]
fn difficult_data_is_within_one_unit_in_the_last_place() {
    let fixture = json("reduce.json");
    let spreads = fixture["spreads"].as_array().expect("a list of arrays");
    assert!(spreads.len() > 60);
    for spread in spreads {
        let shape: Vec<u64> = spread["shape"]
            .as_array()
            .expect("a shape")
            .iter()
            .map(|length| length.as_u64().expect("small"))
            .collect();
        let order = if text(&spread["order"]) == "C" { Order::C } else { Order::F };
        let layout = layout(text(&spread["dtype"]), &shape, order);
        let region = RecordingRegion::new(bytes(&spread["data"]));
        let target = Dtype::parse(text(&spread["result"])).expect("a dtype");
        let size = usize::try_from(target.size()).expect("a small size");
        let variances = bits(&bytes(&spread["exact"][0]), size);
        for (number, operation) in SPREADS.into_iter().enumerate() {
            let found = reduce(&region, &layout, operation, spread["axis"].as_i64(), "a")
                .expect("a result");
            assert_eq!(found.dtype, target);
            let [exact, numpy] =
                ["exact", "numpy"].map(|name| bits(&bytes(&spread[name][number]), size));
            let found = bits(&found.data, size);
            assert_eq!(found.len(), exact.len());
            for (((found, exact), numpy), variance) in
                found.into_iter().zip(exact).zip(numpy).zip(variances.clone())
            {
                // As in numpy, a variance beyond the largest 64-bit float has an infinite root.
                let exact = if size == 8 && variance == INFINITE { INFINITE } else { exact };
                let (ours, theirs) = (found.abs_diff(exact), numpy.abs_diff(exact));
                // Shorter floats are rounded once, from a 64-bit float.
                let most = u64::from(size == 8);
                assert!(
                    ours <= most,
                    "{operation} is {ours} floats from the exact one, numpy's {theirs}: {spread}"
                );
            }
        }
    }
}

/// Reduces elements in three ways: all of them, as a row, and as a column beside another one.
fn in_all_ways(dtype: &str, items: &[Vec<u8>], operation: Operation) -> [Vec<u64>; 3] {
    let (length, size) = (items.len() as u64, items.first().map_or(8, Vec::len));
    let found = |region: &RecordingRegion, shape: &[u64], axis| {
        let found = reduce(region, &layout(dtype, shape, Order::C), operation, axis, "a")
            .expect("a result");
        let size = usize::try_from(found.dtype.size()).expect("a small size");
        bits(&found.data, size)
    };
    let region = RecordingRegion::new(items.concat());
    let other = vec![0; size];
    let beside =
        RecordingRegion::new(items.iter().flat_map(|item| [&other[..], item].concat()).collect());
    let column = found(&beside, &[length, 2], Some(0))[1..].to_vec();
    [found(&region, &[length], None), found(&region, &[1, length], Some(1)), column]
}

fn wide_items(values: &[f64]) -> Vec<Vec<u8>> {
    values.iter().map(|value| value.to_le_bytes().to_vec()).collect()
}

/// Generates noise in units, and an offset of up to 2^26 times its size.
fn noise() -> impl Strategy<Value = (Vec<i128>, i128, i32)> {
    let sizes = prop::sample::select(vec![1_i64, 2, 100, 1 << 26]);
    let numbers = sizes
        .prop_flat_map(|size| prop::collection::vec((-size..=size).prop_map(i128::from), 1..3000));
    let offset = prop_oneof![Just(0), Just((1 << 52) - (1 << 26)), -(1_i64 << 52)..1 << 52];
    (numbers, offset.prop_map(i128::from), -60_i32..60)
}

/// Deviations and their squares are rounded, their sums hardly: two units in the last place.
#[test]
#[expect(clippy::cast_precision_loss, reason = "the numbers have 53 bits")]
fn an_offset_does_not_reduce_the_accuracy_of_a_variance() {
    try_random(200, &noise(), |(numbers, offset, exponent)| {
        let unit = 2_f64.powi(exponent);
        let values: Vec<f64> =
            numbers.iter().map(|number| (number + offset) as f64 * unit).collect();
        let wanted = variance(&numbers) * unit * unit;
        for (operation, wanted) in [(Operation::Var, wanted), (Operation::Std, wanted.sqrt())] {
            for found in in_all_ways("<f8", &wide_items(&values), operation) {
                assert!(
                    found[0].abs_diff(wanted.to_bits()) <= 2,
                    "{operation} {found:x?}, not {:x}",
                    wanted.to_bits()
                );
            }
        }
    });
}

#[test]
fn extreme_integers_have_exact_deviations() {
    let numbers = || prop::collection::vec(0_i64..1000, 1..500);
    try_random(100, &(numbers(), any::<bool>()), |(numbers, is_top)| {
        let wide: Vec<i128> = numbers.iter().copied().map(i128::from).collect();
        let wanted = variance(&wide).to_bits();
        let number = |number: &i64| if is_top { i64::MAX - number } else { i64::MIN + number };
        let signed: Vec<Vec<u8>> =
            numbers.iter().map(|n| number(n).to_le_bytes().to_vec()).collect();
        let flipped: Vec<Vec<u8>> = numbers
            .iter()
            .map(|n| (number(n).cast_unsigned() ^ 1 << 63).to_be_bytes().to_vec())
            .collect();
        for (dtype, items) in [("<i8", signed), (">u8", flipped)] {
            // The other column has distant values.
            for found in in_all_ways(dtype, &items, Operation::Var) {
                assert!(found[0].abs_diff(wanted) <= 1, "{dtype} {found:x?}, not {wanted:x}");
            }
        }
    });
}

#[test]
fn the_variance_of_equal_elements_is_zero() {
    try_random(300, &(any::<f64>(), 1_usize..3000), |(value, count)| {
        let wanted = if value.is_finite() { 0.0_f64 } else { f64::NAN };
        for operation in SPREADS {
            for found in in_all_ways("<f8", &wide_items(&vec![value; count]), operation) {
                let found = f64::from_bits(found[0]);
                assert!(
                    found.to_bits() == wanted.to_bits() || (found.is_nan() && wanted.is_nan()),
                    "{found:e}"
                );
            }
        }
    });
}

/// Rounding errors do not accumulate, even if each element is added to its own sum.
#[test]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the numbers have few bits, and no sign"
)]
fn rounding_errors_of_many_elements_do_not_accumulate() {
    #[track_caller]
    fn check(dtype: &str, items: &[Vec<u8>], wanted: u64, most: u64) {
        for found in in_all_ways(dtype, items, Operation::Var) {
            assert!(found[0].abs_diff(wanted) <= most, "{dtype} {found:x?}, not {wanted:x}");
        }
    }
    let mut state = 1_u32;
    let numbers: Vec<i128> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i128::from(state >> 20)
    })
    .take(200_000)
    .collect();
    let exact = variance(&numbers);
    // 1e8 plus a noise of 4096 times 2^-20, and numbers around 2^24.
    let long: Vec<f64> = numbers.iter().map(|&number| 1e8 + number as f64 / 1_048_576.0).collect();
    check("<f8", &wide_items(&long), (exact * 2_f64.powi(-40)).to_bits(), 1);
    let single = |number: &i128| ((1 << 24) - number) as f32;
    let singles: Vec<_> =
        numbers.iter().map(|number| single(number).to_le_bytes().to_vec()).collect();
    check("<f4", &singles, u64::from((exact as f32).to_bits()), 0);
    // Numbers from 1024 to 2047, whose variance exceeds a 16-bit float.
    let halves: Vec<_> = numbers
        .iter()
        .map(|number| (0x6400 + (number >> 2) as u16).to_le_bytes().to_vec())
        .collect();
    check("<f2", &halves, 0x7c00, 0);
    let few: Vec<i128> = numbers.iter().map(|number| number >> 5).collect();
    let halves: Vec<_> =
        few.iter().map(|&number| (0x6400 + number as u16).to_le_bytes().to_vec()).collect();
    // Around 1365, 16-bit floats are integers.
    check("<f2", &halves, 0x6400 + (variance(&few).round() as u64 - 1024), 0);
}

/// As in numpy, a number that is not finite has no deviation.
#[test]
fn elements_that_are_not_finite_have_the_variance_nan() {
    let (infinite, huge) = (f64::INFINITY, f64::MAX);
    for values in [
        &[f64::NAN, 1.0][..],
        &[1.0, f64::NAN],
        &[infinite],
        &[1.0, -infinite],
        &[infinite, -infinite],
    ] {
        for copies in [1, 40] {
            for found in in_all_ways("<f8", &wide_items(&values.repeat(copies)), Operation::Var) {
                assert_eq!(found[0], f64::NAN.to_bits(), "{values:?}");
            }
        }
    }
    for found in in_all_ways("<f8", &wide_items(&[huge, -huge, huge, 1.0]), Operation::Var) {
        assert_eq!(found[0], INFINITE);
    }
    // numpy's squares and means overflow in 32 bits, and its 16-bit variance overflows before the
    // root.
    let singles: Vec<_> =
        [3e38_f32, 3e38, -3e38, -3e38].map(|value| value.to_le_bytes().to_vec()).into();
    for found in in_all_ways("<f4", &singles, Operation::Std) {
        assert_eq!(found[0], u64::from(3e38_f32.to_bits()));
    }
    let region = RecordingRegion::default();
    for (shape, axis, results) in
        [(vec![0], None, 1), (vec![0, 3], Some(0), 3), (vec![0, 3], Some(-1), 0)]
    {
        for operation in SPREADS {
            let found = reduced(&region, &layout("<i2", &shape, Order::C), operation, axis);
            assert!(
                found.len() == results
                    && found.iter().all(|result| result.to_bits() == f64::NAN.to_bits())
            );
        }
    }
}

/// If there are more results than accumulators, they are computed in several turns of two passes
/// each.
#[test]
fn many_results_have_their_own_centres() {
    let (rows, columns) = (3, 300_000);
    let at = |row: u64, column: u64| (column * 1000 + (column * 7 + row * row * 11) % 100) * 3;
    let bytes = (0..rows)
        .flat_map(|row| (0..columns).flat_map(move |column| at(row, column).to_le_bytes()));
    let region = RecordingRegion::new(bytes.collect());
    let every = |step| Index::Slice(Slice { start: None, stop: None, step: Some(step) });
    let whole = layout("<i8", &[rows, columns], Order::C);
    let found = reduced(&region, &whole, Operation::Var, Some(0));
    for (column, found) in (0..columns).zip(&found) {
        let numbers: Vec<i128> = (0..rows).map(|row| at(row, column).into()).collect();
        assert!(found.to_bits().abs_diff(variance(&numbers).to_bits()) <= 1, "{column}");
    }
    let backwards = whole.select(&[every(-1), every(-2)]).expect("a view");
    let backwards = reduced(&region, &backwards, Operation::Var, Some(0));
    assert!(found.iter().rev().step_by(2).eq(&backwards));
}
