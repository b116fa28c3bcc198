//! From accumulators to the bytes of results.

use super::super::{Kind, Scalar};
use super::Operation;
use super::course::Segment;
use super::decode::from_key;
use super::fold::{Fold, NO_TIME, NOWHERE};
use super::kernels::product;

/// What a result is made of, besides its accumulators.
pub(super) struct Ending {
    pub(super) operation: Operation,
    pub(super) source: Scalar,
    pub(super) target: Scalar,
    /// How many elements there were for each result.
    pub(super) reduced: u64,
}

impl Ending {
    /// Writes results in a row, where the positions of `segment` say.
    pub(super) fn write(&self, fold: &Fold, segment: &Segment, data: &mut [u8]) {
        let size = usize::try_from(self.target.size).unwrap_or(usize::MAX);
        let parts = if self.target.kind == Kind::Complex { 2 } else { 1 };
        for (accumulator, output) in segment.places() {
            let Some(output) = usize::try_from(output).ok().and_then(|output| output.checked_mul(size)) else { return };
            let places = data[output..output + size].chunks_exact_mut(size / parts);
            for (part, place) in places.enumerate() {
                let word = self.result(fold, accumulator * fold.parts, part);
                let word = match (self.target.kind, place.len()) {
                    (Kind::Float | Kind::Complex, 2) => to_half(word),
                    (Kind::Float | Kind::Complex, 4) => to_single(word),
                    _ => word,
                };
                place.copy_from_slice(&word.to_le_bytes()[..place.len()]);
            }
        }
    }

    /// A part of a result, whose accumulators begin at `first`, as a word.
    fn result(&self, fold: &Fold, first: usize, part: usize) -> u64 {
        let value = fold.first[first + part];
        let is_float = matches!(self.target.kind, Kind::Float | Kind::Complex);
        match self.operation {
            Operation::Any => u64::from(value != 0),
            Operation::All => u64::from(value == self.reduced),
            Operation::Min | Operation::Max => from_key(value, self.source.kind, self.operation.is_least()),
            Operation::ArgMin | Operation::ArgMax => {
                // Only elements of no bytes have not been looked at.
                let place = fold.second[first];
                if place == NOWHERE { 0 } else { place }
            }
            Operation::Sum if is_float => total(fold, first + part).to_bits(),
            Operation::Prod if is_float => product(value, fold.second[first + part]).to_bits(),
            Operation::Mean if is_float => self.mean(fold, first, part).to_bits(),
            Operation::Sum | Operation::Prod | Operation::CountNonzero => value,
            Operation::Mean => self.mean_time(value),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "numpy divides by a float, too")]
    fn mean(&self, fold: &Fold, first: usize, part: usize) -> f64 {
        let mut sum = total(fold, first + part);
        if fold.parts == 2 {
            // numpy divides by a complex number, in which what is not finite reaches the other part.
            sum += total(fold, first + 1 - part) * if part == 0 { 0.0 } else { -0.0 };
        }
        sum / self.reduced as f64
    }

    fn mean_time(&self, sum: u64) -> u64 {
        match i64::try_from(self.reduced) {
            Ok(count) if count > 0 && sum != NO_TIME => (sum.cast_signed() / count).cast_unsigned(),
            _ => NO_TIME,
        }
    }
}

/// A sum with what rounding had taken from it.
fn total(fold: &Fold, at: usize) -> f64 {
    let (sum, rest) = (f64::from_bits(fold.first[at]), f64::from_bits(fold.second[at]));
    if sum.is_finite() && rest.is_finite() { sum + rest } else { sum }
}

#[expect(clippy::cast_possible_truncation, reason = "to the nearest 32-bit float is what is wanted")]
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
        // 42 bits fewer, and another bias of the exponent; a carry goes where it belongs, up to infinity.
        let bits = size.to_bits();
        let rounded = bits + ((1 << 41) - 1) + (bits >> 42 & 1);
        (rounded >> 42) - ((1023 - 15) << 10)
    };
    sign | magnitude
}
