//! From accumulators to the bytes of results.

use core::slice::ChunksExact;

use super::Operation;
use super::course::Segment;
use super::fold::{Fold, NOWHERE};
use super::kernels::{product, total};
use super::keys::{NO_TIME, from_key};
use super::words::change;
use crate::dtype::{Kind, Scalar};

/// What a result is made of, besides its accumulators.
pub(super) struct Ending {
    pub(super) operation: Operation,
    pub(super) source: Scalar,
    pub(super) target: Scalar,
    /// How many elements there were for each result.
    pub(super) reduced: u64,
}

/// How many words are made at once.
const WORDS: usize = 512;

impl Ending {
    /// Writes results in a row, where the positions of `segment` say.
    pub(super) fn write(&self, fold: &Fold, segment: &Segment, data: &mut [u8]) {
        let mut words = [0; WORDS];
        let is_complex = self.target.kind == Kind::Complex;
        let is_float = is_complex || self.target.kind == Kind::Float;
        let width = if is_complex { self.target.size / 2 } else { self.target.size };
        let mut rest = *segment;
        while rest.elements > 0 {
            let now;
            (now, rest) = rest.split(WORDS / fold.parts);
            let words = &mut words[..now.elements * fold.parts];
            self.finish(words, fold, now.output * fold.parts);
            match width {
                2 if is_float => change(words, to_half),
                4 if is_float => change(words, to_single),
                _ => {}
            }
            // A place of complex numbers has accumulators for both parts, and is a single word.
            let items = (&words.chunks_exact(fold.parts), if is_complex { 2 } else { 1 });
            match width {
                1 => store::<1>(items, &now, data),
                2 => store::<2>(items, &now, data),
                4 => store::<4>(items, &now, data),
                _ => store::<8>(items, &now, data),
            }
        }
    }

    /// Makes words of results of their accumulators, which begin at `begin`.
    fn finish(&self, words: &mut [u64], fold: &Fold, begin: usize) {
        let range = begin..begin + words.len();
        words.copy_from_slice(&fold.first[range.clone()]);
        let others = &fold.second[range];
        let is_float = matches!(self.target.kind, Kind::Float | Kind::Complex);
        let (kind, is_least) = (self.source.kind, self.operation.is_least());
        match self.operation {
            Operation::Any => change(words, |count| u64::from(count != 0)),
            Operation::All => change(words, |count| u64::from(count == self.reduced)),
            Operation::Min | Operation::Max => change(words, |key| from_key(key, kind, is_least)),
            // Only elements of no bytes have not been looked at.
            Operation::Argmin | Operation::Argmax => {
                join(words, others, |_, place| if place == NOWHERE { 0 } else { place });
            }
            Operation::Sum if is_float => join(words, others, total),
            Operation::Prod if is_float => {
                join(words, others, |word, scale| product(word, scale).to_bits());
            }
            Operation::Mean if is_float => {
                join(words, others, total);
                self.divide(words, fold.parts);
            }
            Operation::Var | Operation::Std => self.vary(words, fold, begin),
            Operation::Sum | Operation::Prod | Operation::CountNonzero => {}
            Operation::Mean => change(words, |sum| self.mean_time(sum)),
        }
    }

    /// Makes means of sums of floats.
    #[expect(clippy::cast_precision_loss, reason = "numpy divides by a float, too")]
    fn divide(&self, words: &mut [u64], parts: usize) {
        if parts == 2 {
            // numpy divides by a complex number, in which what is not finite reaches the other
            // part.
            for [real, imaginary] in words.as_chunks_mut().0 {
                let sums = (f64::from_bits(*real), f64::from_bits(*imaginary));
                *real = (sums.0 + sums.1 * 0.0).to_bits();
                *imaginary = (sums.1 + sums.0 * -0.0).to_bits();
            }
        }
        let count = self.reduced as f64;
        change(words, |sum| (f64::from_bits(sum) / count).to_bits());
    }

    /// Makes variances, or their roots, of sums of deviations and of their squares. The variance of
    /// complex numbers is the sum of those of both parts, and takes the place of the first one.
    #[expect(clippy::cast_precision_loss, reason = "numpy divides by a float, too")]
    fn vary(&self, words: &mut [u64], fold: &Fold, begin: usize) {
        let count = self.reduced as f64;
        for (number, item) in words.chunks_exact_mut(fold.parts).enumerate() {
            let mut squares = 0.0;
            for (part, sum) in item.iter().enumerate() {
                let at = begin + number * fold.parts + part;
                let sum = f64::from_bits(total(*sum, fold.second[at]));
                squares += fold.deviations.about_mean(at, sum, count);
            }
            let variance = squares / count;
            let result =
                if self.operation == Operation::Std { libm::sqrt(variance) } else { variance };
            // Processors make different NaNs, and every provider has the same one.
            item[0] = if result.is_nan() { f64::NAN } else { result }.to_bits();
        }
    }

    fn mean_time(&self, sum: u64) -> u64 {
        match i64::try_from(self.reduced) {
            Ok(count) if count > 0 && sum != NO_TIME => (sum.cast_signed() / count).cast_unsigned(),
            _ => NO_TIME,
        }
    }
}

/// Replaces each word by what it makes together with another.
fn join(words: &mut [u64], others: &[u64], join: impl Fn(u64, u64) -> u64) {
    for (word, other) in words.iter_mut().zip(others) {
        *word = join(*word, *other);
    }
}

/// Writes the low bytes of words: of each item so many, side by side.
fn store<const WIDTH: usize>(
    (items, parts): (&ChunksExact<u64>, usize),
    segment: &Segment,
    data: &mut [u8],
) {
    let (places, _) = data.as_chunks_mut::<WIDTH>();
    for part in 0..parts {
        for (item, (_, position)) in items.clone().zip(segment.places()) {
            let place = usize::try_from(position)
                .ok()
                .and_then(|position| places.get_mut(position * parts + part));
            if let (Some(place), Some(bytes)) = (place, item[part].to_le_bytes().first_chunk()) {
                *place = *bytes;
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "to the nearest 32-bit float is what is wanted"
)]
fn to_single(word: u64) -> u64 {
    u64::from((f64::from_bits(word) as f32).to_bits())
}

/// The nearest 16-bit float, and of two that are as near the even one.
fn to_half(word: u64) -> u64 {
    const SIGN: u64 = 1 << 63;
    let (sign, size) = ((word & SIGN) >> 48, f64::from_bits(word & !SIGN));
    let magnitude = if size.is_nan() {
        0x7e00
    } else if size >= 65536.0 {
        0x7c00
    } else if size < 1.0 / 16384.0 {
        // Subnormal numbers are multiples of 2^-24. Next to 2^52, a float is rounded to integers.
        const INTEGERS: f64 = 4_503_599_627_370_496.0;
        (size * 16_777_216.0 + INTEGERS).to_bits() & 0xffff
    } else {
        // 42 bits fewer, and another bias of the exponent; a carry goes where it belongs, up to
        // infinity.
        let bits = size.to_bits();
        let rounded = bits + ((1 << 41) - 1) + (bits >> 42 & 1);
        (rounded >> 42) - ((1023 - 15) << 10)
    };
    sign | magnitude
}
