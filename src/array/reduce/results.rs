//! Results: computes them from accumulators and writes their bytes.

use core::slice::ChunksExact;

use super::Operation;
use super::accumulators::{Accumulators, NO_POSITION};
use super::bits::{f64_to_f16, f64_to_f32, map_words};
use super::kernels::{compensated, scaled_product};
use super::keys::{NAT, from_key};
use super::runs::Run;
use crate::dtype::{Kind, Scalar};

/// The parameters of results, besides their accumulators.
pub(super) struct ResultWriter {
    pub(super) operation: Operation,
    pub(super) source: Scalar,
    pub(super) target: Scalar,
    /// The number of elements that each result is made of.
    pub(super) count: u64,
}

/// The number of words that are computed at once.
const MAX_WORDS: usize = 512;

impl ResultWriter {
    /// Writes the results of a run of accumulators at the run's positions.
    pub(super) fn write(&self, accumulators: &Accumulators, run: &Run, data: &mut [u8]) {
        let mut words = [0; MAX_WORDS];
        let is_complex = self.target.kind == Kind::Complex;
        let is_float = is_complex || self.target.kind == Kind::Float;
        let width = if is_complex { self.target.size / 2 } else { self.target.size };
        let mut rest = *run;
        while rest.count > 0 {
            let now;
            (now, rest) = rest.split(MAX_WORDS / accumulators.components);
            let words = &mut words[..now.count * accumulators.components];
            self.compute(words, accumulators, now.accumulator * accumulators.components);
            match width {
                2 if is_float => map_words(words, f64_to_f16),
                4 if is_float => map_words(words, f64_to_f32),
                _ => {}
            }
            // The position of a complex number has accumulators for both components, but is one
            // word.
            let items =
                (&words.chunks_exact(accumulators.components), if is_complex { 2 } else { 1 });
            match width {
                1 => store_bytes::<1>(items, &now, data),
                2 => store_bytes::<2>(items, &now, data),
                4 => store_bytes::<4>(items, &now, data),
                _ => store_bytes::<8>(items, &now, data),
            }
        }
    }

    /// Computes the words of results from the accumulators at `begin`.
    fn compute(&self, words: &mut [u64], accumulators: &Accumulators, begin: usize) {
        let range = begin..begin + words.len();
        words.copy_from_slice(&accumulators.values[range.clone()]);
        let others = &accumulators.extras[range];
        let is_float = matches!(self.target.kind, Kind::Float | Kind::Complex);
        let (kind, is_min) = (self.source.kind, self.operation.is_min());
        match self.operation {
            Operation::Any => map_words(words, |count| u64::from(count != 0)),
            Operation::All => map_words(words, |count| u64::from(count == self.count)),
            Operation::Min | Operation::Max => map_words(words, |key| from_key(key, kind, is_min)),
            // Only elements of 0 bytes are not examined.
            Operation::Argmin | Operation::Argmax => {
                combine(words, others, |_, place| if place == NO_POSITION { 0 } else { place });
            }
            Operation::Sum if is_float => combine(words, others, compensated),
            Operation::Prod if is_float => {
                combine(words, others, |word, scale| scaled_product(word, scale).to_bits());
            }
            Operation::Mean if is_float => {
                combine(words, others, compensated);
                self.divide_sums(words, accumulators.components);
            }
            Operation::Var | Operation::Std => self.variances(words, accumulators, begin),
            Operation::Sum | Operation::Prod | Operation::CountNonzero => {}
            Operation::Mean => map_words(words, |sum| self.mean_timedelta(sum)),
        }
    }

    /// Divides sums of floats by the number of elements.
    #[expect(clippy::cast_precision_loss, reason = "numpy divides by a float, too")]
    fn divide_sums(&self, words: &mut [u64], parts: usize) {
        if parts == 2 {
            // numpy divides by a complex number, so an infinity or a NaN spreads to the other
            // component.
            for [real, imaginary] in words.as_chunks_mut().0 {
                let sums = (f64::from_bits(*real), f64::from_bits(*imaginary));
                *real = (sums.0 + sums.1 * 0.0).to_bits();
                *imaginary = (sums.1 + sums.0 * -0.0).to_bits();
            }
        }
        let count = self.count as f64;
        map_words(words, |sum| (f64::from_bits(sum) / count).to_bits());
    }

    /// Computes variances or standard deviations from the sums of deviations and of their squares.
    /// The variance of complex numbers is the sum over both components and replaces the first one.
    #[expect(clippy::cast_precision_loss, reason = "numpy divides by a float, too")]
    fn variances(&self, words: &mut [u64], accumulators: &Accumulators, begin: usize) {
        let count = self.count as f64;
        for (number, item) in words.chunks_exact_mut(accumulators.components).enumerate() {
            let mut squares = 0.0;
            for (part, sum) in item.iter().enumerate() {
                let at = begin + number * accumulators.components + part;
                let sum = f64::from_bits(compensated(*sum, accumulators.extras[at]));
                squares += accumulators.deviations.squares_about_mean(at, sum, count);
            }
            let variance = squares / count;
            let result =
                if self.operation == Operation::Std { libm::sqrt(variance) } else { variance };
            // Processors produce different NaNs, but all providers must return the same one.
            item[0] = if result.is_nan() { f64::NAN } else { result }.to_bits();
        }
    }

    fn mean_timedelta(&self, sum: u64) -> u64 {
        match i64::try_from(self.count) {
            Ok(count) if count > 0 && sum != NAT => (sum.cast_signed() / count).cast_unsigned(),
            _ => NAT,
        }
    }
}

/// Combines each word with another one.
fn combine(words: &mut [u64], others: &[u64], combine: impl Fn(u64, u64) -> u64) {
    for (word, other) in words.iter_mut().zip(others) {
        *word = combine(*word, *other);
    }
}

/// Writes the low bytes of words; `parts` words of each item are adjacent.
fn store_bytes<const WIDTH: usize>(
    (items, parts): (&ChunksExact<u64>, usize),
    run: &Run,
    data: &mut [u8],
) {
    let (places, _) = data.as_chunks_mut::<WIDTH>();
    for part in 0..parts {
        for (item, (_, position)) in items.clone().zip(run.targets()) {
            let place = usize::try_from(position)
                .ok()
                .and_then(|position| places.get_mut(position * parts + part));
            if let (Some(place), Some(bytes)) = (place, item[part].to_le_bytes().first_chunk()) {
                *place = *bytes;
            }
        }
    }
}
