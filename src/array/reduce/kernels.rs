//! Kernels: the inner loops over words, and the comparisons that are not comparisons of integers.

use core::cmp::Ordering;

use super::runs::Run;
use crate::dtype::{ByteOrder, Kind, Scalar};

/// Adds each word to its accumulator by `add`.
pub(super) fn accumulate(
    words: &[u64],
    run: &Run,
    accumulators: &mut [u64],
    add: impl Fn(&mut u64, u64),
) {
    if run.kept {
        accumulators.iter_mut().zip(words).for_each(|(accumulator, word)| add(accumulator, *word));
    } else {
        let mut accumulator = accumulators[0];
        for word in words {
            add(&mut accumulator, *word);
        }
        accumulators[0] = accumulator;
    }
}

/// Adds a float to a sum, and its rounding error to `compensation`: Knuth's two-sum. If the sum is
/// not finite, the compensation is meaningless.
#[expect(clippy::inline_always, reason = "direct kernels are compiled for a processor")]
#[inline(always)]
pub(super) fn add_float(sum: &mut u64, compensation: &mut u64, word: u64) {
    let (old, number) = (f64::from_bits(*sum), f64::from_bits(word));
    let new = old + number;
    let added = new - old;
    let lost = (old - (new - added)) + (number - added);
    *sum = new.to_bits();
    *compensation = (f64::from_bits(*compensation) + lost).to_bits();
}

/// Adds floats: with `kept`, each to its own sum, otherwise all to one sum, or alternately to two.
pub(super) fn sum_floats(
    words: &[u64],
    kept: bool,
    sums: &mut [u64],
    compensations: &mut [u64],
    is_short: bool,
) {
    match (kept, is_short) {
        (false, _) => add_floats(words, sums, compensations, is_short),
        (true, true) => sums.iter_mut().zip(words).for_each(|(sum, word)| {
            *sum = (f64::from_bits(*sum) + f64::from_bits(*word)).to_bits();
        }),
        (true, false) => {
            sums.iter_mut()
                .zip(compensations)
                .zip(words)
                .for_each(|((sum, compensation), word)| add_float(sum, compensation, *word));
        }
    }
}

/// Adds all words to one sum, or alternately to two, in lanes that a processor adds in parallel.
///
/// Short floats are added without compensation within the lanes: for so few words, the rounding
/// errors are below their precision.
fn add_floats(words: &[u64], sums: &mut [u64], compensations: &mut [u64], is_short: bool) {
    const LANES: usize = 8;
    let parts = sums.len();
    let (mut lane_sums, mut lane_rests) = ([0; LANES], [0; LANES]);
    let (blocks, remainder) = words.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            if is_short {
                lane_sums[lane] =
                    (f64::from_bits(lane_sums[lane]) + f64::from_bits(block[lane])).to_bits();
            } else {
                add_float(&mut lane_sums[lane], &mut lane_rests[lane], block[lane]);
            }
        }
    }
    // There are one or two components, and the number of lanes is a multiple of both.
    let lanes = if blocks.is_empty() { 0 } else { LANES };
    for (number, word) in lane_sums[..lanes].iter().chain(remainder).enumerate() {
        let part = number % parts;
        add_float(&mut sums[part], &mut compensations[part], *word);
    }
    for (number, word) in lane_rests[..lanes].iter().enumerate() {
        let compensation = &mut compensations[number % parts];
        *compensation = (f64::from_bits(*compensation) + f64::from_bits(*word)).to_bits();
    }
}

/// Adds compensated sums to one sum. Is not inlined, because the compiler would otherwise not keep
/// the sums of a loop in vector registers.
#[inline(never)]
pub(super) fn add_lanes(sums: &[u64], rests: &[u64], sum: &mut u64, compensation: &mut u64) {
    for word in sums {
        add_float(sum, compensation, *word);
    }
    for word in rests {
        *compensation = (f64::from_bits(*compensation) + f64::from_bits(*word)).to_bits();
    }
}

/// Adds each compensated sum to the one at its place.
pub(super) fn add_sums(
    sums: &mut [u64],
    compensations: &mut [u64],
    others: &[u64],
    other_compensations: &[u64],
) {
    for (((sum, compensation), other), rest) in
        sums.iter_mut().zip(compensations).zip(others).zip(other_compensations)
    {
        add_lanes(&[*other], &[*rest], sum, compensation);
    }
}

/// Returns a sum corrected by its compensation.
pub(super) fn compensated(sum: u64, compensation: u64) -> u64 {
    let (sum, compensation) = (f64::from_bits(sum), f64::from_bits(compensation));
    if sum.is_finite() && compensation.is_finite() {
        (sum + compensation).to_bits()
    } else {
        sum.to_bits()
    }
}

/// The exponent of the factor that brings a product back into the range of floats.
const SCALE: u64 = 600;

/// Multiplies each product by one float, or a single product by all floats. The scale of a product
/// counts how often it was divided by two to the [`SCALE`], so that it overflows or underflows only
/// if the result does.
pub(super) fn multiply_floats(words: &[u64], products: &mut [u64], scales: &mut [u64]) {
    if let ([single], [scale]) = (&mut *products, &mut *scales) {
        let mut product = (f64::from_bits(*single), *scale);
        for word in words {
            product = multiply_float(product, f64::from_bits(*word));
        }
        (*single, *scale) = (product.0.to_bits(), product.1);
    } else {
        for ((product, scale), word) in products.iter_mut().zip(scales).zip(words) {
            let (new, new_scale) =
                multiply_float((f64::from_bits(*product), *scale), f64::from_bits(*word));
            (*product, *scale) = (new.to_bits(), new_scale);
        }
    }
}

fn multiply_float((product, scale): (f64, u64), factor: f64) -> (f64, u64) {
    let new = product * factor;
    if is_moderate(factor) && is_moderate(new) {
        (new, scale)
    } else {
        multiply_rescaled(product, scale, factor)
    }
}

#[cold]
#[inline(never)]
fn multiply_rescaled(product: f64, scale: u64, factor: f64) -> (f64, u64) {
    let (factor, halved) = rescale(factor);
    let (new, halved_again) = rescale(product * factor);
    (new, scale.wrapping_add(halved).wrapping_add(halved_again))
}

/// Returns whether the square of a number neither overflows nor underflows.
fn is_moderate(number: f64) -> bool {
    (523..1524).contains(&(number.to_bits() >> 52 & 0x7ff))
}

/// Multiplies each complex product by one complex number, or a single product by all.
pub(super) fn multiply_complex(words: &[u64], products: &mut [u64]) {
    let multiply = |[real, imaginary]: &mut [u64; 2], other: &[u64; 2]| {
        let one = (f64::from_bits(*real), f64::from_bits(*imaginary));
        let other = (f64::from_bits(other[0]), f64::from_bits(other[1]));
        *real = (one.0 * other.0 - one.1 * other.1).to_bits();
        *imaginary = (one.0 * other.1 + one.1 * other.0).to_bits();
    };
    let (pairs, products) = (words.as_chunks().0, products.as_chunks_mut().0);
    if let [single] = products {
        let mut product = *single;
        for pair in pairs {
            multiply(&mut product, pair);
        }
        *single = product;
    } else {
        products.iter_mut().zip(pairs).for_each(|(product, pair)| multiply(product, pair));
    }
}

/// Scales a number so that its square neither overflows nor underflows. Returns the change of the
/// scale, modulo 2^64.
fn rescale(number: f64) -> (f64, u64) {
    let exponent = number.to_bits() >> 52 & 0x7ff;
    match exponent {
        0 if number == 0.0 => (number, 0),
        0..523 => (number * power_of_two(SCALE), u64::MAX),
        1524..2047 => (number / power_of_two(SCALE), 1),
        _ => (number, 0),
    }
}

/// Returns the product of a value and its scale.
pub(super) fn scaled_product(word: u64, scale: u64) -> f64 {
    let number = f64::from_bits(word);
    let step = power_of_two(SCALE);
    // After three steps the product is 0 or infinite.
    match scale.cast_signed() {
        0 => number,
        scale if scale > 0 => (0..scale.min(3)).fold(number, |number, _| number * step),
        scale => (0..scale.unsigned_abs().min(3)).fold(number, |number, _| number / step),
    }
}

fn power_of_two(exponent: u64) -> f64 {
    f64::from_bits((1023 + exponent) << 52)
}

pub(super) fn greater(one: u64, other: u64) -> u64 {
    one.cast_signed().max(other.cast_signed()).cast_unsigned()
}

pub(super) fn greatest(words: &[u64], best: u64) -> u64 {
    const LANES: usize = 4;
    let mut lanes = [best; LANES];
    let mut blocks = words.chunks_exact(LANES);
    for block in &mut blocks {
        for lane in 0..LANES {
            lanes[lane] = greater(lanes[lane], block[lane]);
        }
    }
    lanes.iter().chain(blocks.remainder()).fold(best, |best, word| greater(best, *word))
}

/// Compares each key with its own accumulator. All keys have the same position.
pub(super) fn argmax_each(
    words: &[u64],
    position: u64,
    best: &mut [u64],
    best_positions: &mut [u64],
) {
    for ((best, best_position), &word) in best.iter_mut().zip(best_positions).zip(words) {
        keep_better(best, best_position, word, position);
    }
}

/// Compares each key, which has its own position, with its own accumulator.
pub(super) fn argmax_pairs(
    words: &[u64],
    positions: &[u64],
    best: &mut [u64],
    best_positions: &mut [u64],
) {
    for (((best, best_position), &word), &position) in
        best.iter_mut().zip(best_positions).zip(words).zip(positions)
    {
        keep_better(best, best_position, word, position);
    }
}

/// Replaces the best key and its position by a greater key, or by an equal one at a lower position.
fn keep_better(best: &mut u64, best_position: &mut u64, word: u64, position: u64) {
    // A mask instead of a branch, which a processor could not predict.
    let (greater, before) = (word.cast_signed() > best.cast_signed(), position < *best_position);
    let better = u64::from(greater) | (u64::from(word == *best) & u64::from(before));
    let mask = better.wrapping_neg();
    *best ^= (*best ^ word) & mask;
    *best_position ^= (*best_position ^ position) & mask;
}

/// Compares all keys with one accumulator. Searches for the position of the greatest key only if it
/// improves the accumulator.
pub(super) fn argmax_one(words: &[u64], run: &Run, best: &mut u64, best_position: &mut u64) {
    let found = greatest(words, *best);
    let Run { position, position_step, .. } = *run;
    if !run.improves(found, *best, *best_position) {
        return;
    }
    let is_best = |word: &u64| *word == found;
    let at = if position_step.cast_signed() < 0 {
        words.iter().rposition(is_best)
    } else {
        words.iter().position(is_best)
    };
    let Some(at) = at else { return };
    let position = position.wrapping_add(position_step.wrapping_mul(at as u64));
    if found != *best || position < *best_position {
        (*best, *best_position) = (found, position);
    }
}

/// Compares complex numbers by the real part and then by the imaginary part. Numbers with a NaN are
/// the greatest.
pub(super) fn compare_complex(one: (f64, f64), other: (f64, f64)) -> Ordering {
    let is_nan = |number: (f64, f64)| number.0.is_nan() || number.1.is_nan();
    match (is_nan(one), is_nan(other)) {
        (false, false) => one.partial_cmp(&other).unwrap_or(Ordering::Equal),
        (one, other) => one.cmp(&other),
    }
}

/// Compares texts of the same length by bytes or by code points.
pub(super) fn compare_texts(one: &[u8], other: &[u8], source: Scalar) -> Ordering {
    if source.kind != Kind::Unicode || source.order == ByteOrder::Big {
        return one.cmp(other);
    }
    let (points, others) = (one.as_chunks().0, other.as_chunks().0);
    for (point, other) in points.iter().zip(others) {
        let order = u32::from_le_bytes(*point).cmp(&u32::from_le_bytes(*other));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}
