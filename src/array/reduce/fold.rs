//! The accumulators, and how elements are added to them.
//!
//! Elements arrive as words of 64 bits, whatever their type: there is one kernel for an operation,
//! and not one for each type. Sums of floats are compensated: each has a second accumulator for
//! what rounding took from the first. Products have one for the powers of two that would have made
//! them too large or too small meanwhile.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::Operation;
use super::course::Segment;
use super::deviations::Deviations;
use super::kernels::{
    choose_each, choose_one, compare_complex, compare_texts, each, greater, greatest,
    multiply_complex, multiply_floats, sum_floats,
};
use super::keys::{NO_TIME, comparable};
use crate::dtype::{Kind, Scalar};

/// The position of nothing.
pub(super) const NOWHERE: u64 = u64::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kernel {
    /// The sum of integers, modulo 2^64; also of ones and zeroes, which counts.
    Sum,
    /// The same, and no time where there is one, or where it was the sum meanwhile.
    TimeSum,
    /// The product of integers, modulo 2^64.
    Product,
    /// The sum of floats, or of complex numbers.
    FloatSum,
    /// The sum of the distances from the mean, and of their squares.
    Deviations,
    FloatProduct,
    ComplexProduct,
    /// The greatest key.
    Greatest,
    /// The greatest key, and where it first is.
    GreatestPlace,
    /// The greatest complex number by its real part and then by its imaginary one, and where it
    /// first is.
    ComplexGreatest,
    /// The place of the greatest text, or of the least.
    Text,
}

/// Accumulators for some results.
pub(super) struct Fold {
    kernel: Kernel,
    /// How many words an element is.
    pub(super) parts: usize,
    /// Two words for each part of each result: the value so far, and what else the kernel keeps.
    pub(super) first: Vec<u64>,
    pub(super) second: Vec<u64>,
    /// The best text of each result so far.
    texts: Vec<u8>,
    /// What only [`Kernel::Deviations`] keeps.
    pub(super) deviations: Deviations,
    source: Scalar,
    is_least: bool,
    /// Whether the elements are floats of fewer than 64 bits.
    is_short: bool,
}

impl Fold {
    pub(super) fn new(operation: Operation, source: Scalar) -> Self {
        let source = comparable(source);
        let is_complex = source.kind == Kind::Complex;
        let kernel = match operation {
            Operation::Any | Operation::All | Operation::CountNonzero => Kernel::Sum,
            Operation::Sum | Operation::Mean => match source.kind {
                Kind::Float | Kind::Complex => Kernel::FloatSum,
                Kind::Timedelta => Kernel::TimeSum,
                _ if operation == Operation::Mean => Kernel::FloatSum,
                _ => Kernel::Sum,
            },
            Operation::Var | Operation::Std => Kernel::Deviations,
            Operation::Prod => match source.kind {
                Kind::Float => Kernel::FloatProduct,
                Kind::Complex => Kernel::ComplexProduct,
                _ => Kernel::Product,
            },
            _ if is_complex => Kernel::ComplexGreatest,
            Operation::Min | Operation::Max => Kernel::Greatest,
            Operation::Argmin | Operation::Argmax => match source.kind {
                Kind::Bytes | Kind::Unicode => Kernel::Text,
                _ => Kernel::GreatestPlace,
            },
        };
        let parts = if is_complex && kernel != Kernel::Sum { 2 } else { 1 };
        let is_least = operation.is_least();
        let is_short =
            matches!((source.kind, source.size), (Kind::Float, 2 | 4) | (Kind::Complex, 8));
        let (first, second, texts) = (Vec::new(), Vec::new(), Vec::new());
        let deviations = Deviations::new(source);
        Self { kernel, parts, first, second, texts, deviations, source, is_least, is_short }
    }

    /// Whether it takes the bytes of the elements, and not words.
    pub(super) fn takes_bytes(&self) -> bool {
        self.kernel == Kernel::Text
    }

    /// How many bytes the accumulators for one result have.
    pub(super) fn size(&self) -> u64 {
        let words = if self.kernel == Kernel::Deviations { 5 } else { 2 };
        8 * words * self.parts as u64 + if self.takes_bytes() { self.source.size } else { 0 }
    }

    /// Begins anew, with so many results.
    pub(super) fn begin(&mut self, outputs: u64) {
        let (first, second) = match self.kernel {
            Kernel::Product => (1, 0),
            Kernel::FloatProduct | Kernel::ComplexProduct => (1_f64.to_bits(), 0),
            Kernel::Greatest | Kernel::GreatestPlace => (NO_TIME, NOWHERE),
            Kernel::ComplexGreatest | Kernel::Text => (0, NOWHERE),
            Kernel::Sum | Kernel::TimeSum | Kernel::FloatSum | Kernel::Deviations => (0, 0),
        };
        let outputs = usize::try_from(outputs).unwrap_or(usize::MAX);
        for (words, value) in [(&mut self.first, first), (&mut self.second, second)] {
            words.clear();
            words.resize(outputs * self.parts, value);
        }
        if self.kernel == Kernel::Deviations {
            self.deviations.begin(outputs * self.parts);
        }
        if self.kernel == Kernel::ComplexProduct {
            for product in self.first.chunks_exact_mut(2) {
                product[1] = 0;
            }
        }
        if self.takes_bytes() {
            self.texts.resize(outputs * self.item(), 0);
        }
    }

    /// Whether the first result is certain after so many elements, whatever follows.
    pub(super) fn is_decided(&self, operation: Operation, elements: u64) -> bool {
        match operation {
            Operation::Any => self.first[0] > 0,
            Operation::All => self.first[0] < elements,
            _ => false,
        }
    }

    /// Ends the pass that finds the means of so many elements each, and begins the one that finds
    /// the distances from them.
    pub(super) fn move_centres(&mut self, count: u64) {
        self.deviations.move_centres(&mut self.first, &mut self.second, count);
    }

    fn item(&self) -> usize {
        usize::try_from(self.source.size).unwrap_or(usize::MAX)
    }

    /// Adds elements, as words, which are lost.
    pub(super) fn add(&mut self, words: &mut [u64], segment: &Segment) {
        let (begin, width) =
            (segment.output * self.parts, if segment.kept { words.len() } else { self.parts });
        let first = &mut self.first[begin..begin + width];
        let second = &mut self.second[begin..begin + width];
        match self.kernel {
            Kernel::Sum if segment.kept => {
                first.iter_mut().zip(words).for_each(|(sum, word)| *sum = sum.wrapping_add(*word));
            }
            Kernel::Sum => {
                first[0] = words.iter().fold(first[0], |sum, word| sum.wrapping_add(*word));
            }
            Kernel::FloatSum => sum_floats(words, segment.kept, first, second, self.is_short),
            Kernel::Deviations => {
                self.deviations.subtract_centres(words, begin..begin + width, segment.kept);
                // These only correct the squares: what rounding takes from their sum does not
                // matter.
                sum_floats(words, segment.kept, first, second, true);
                self.deviations.add_squares(
                    words,
                    begin..begin + width,
                    segment.kept,
                    self.is_short,
                );
            }
            Kernel::Greatest if segment.kept => {
                first.iter_mut().zip(words).for_each(|(best, word)| *best = greater(*best, *word));
            }
            Kernel::Greatest => first[0] = greatest(words, first[0]),
            Kernel::GreatestPlace if segment.kept => {
                choose_each(words, segment.position, first, second);
            }
            Kernel::GreatestPlace => choose_one(words, segment, &mut first[0], &mut second[0]),
            Kernel::Product => {
                each(words, segment, first, |product, word| *product = product.wrapping_mul(word));
            }
            Kernel::TimeSum => each(words, segment, first, |sum, word| {
                *sum = if *sum == NO_TIME || word == NO_TIME {
                    NO_TIME
                } else {
                    sum.wrapping_add(word)
                };
            }),
            Kernel::FloatProduct => multiply_floats(words, first, second),
            Kernel::ComplexProduct => multiply_complex(words, first),
            Kernel::ComplexGreatest => self.choose_complex(words, segment),
            Kernel::Text => {}
        }
    }

    fn choose_complex(&mut self, words: &[u64], segment: &Segment) {
        let parts = |pair: &[u64]| (f64::from_bits(pair[0]), f64::from_bits(pair[1]));
        for ((output, position), pair) in segment.places().zip(words.chunks_exact(2)) {
            let (best, place) =
                (&mut self.first[2 * output..2 * output + 2], &mut self.second[2 * output]);
            let order = compare_complex(parts(pair), parts(best));
            if *place == NOWHERE
                || order == Ordering::Greater
                || (order == Ordering::Equal && position < *place)
            {
                best.copy_from_slice(pair);
                *place = position;
            }
        }
    }

    /// Adds elements of text, as they lie in the region.
    pub(super) fn add_texts(&mut self, bytes: &[u8], segment: &Segment) {
        let item = self.item();
        for ((output, position), text) in segment.places().zip(bytes.chunks_exact(item)) {
            let (best, place) =
                (&mut self.texts[output * item..(output + 1) * item], &mut self.second[output]);
            let order = compare_texts(text, best, self.source);
            let order = if self.is_least { order.reverse() } else { order };
            if *place == NOWHERE
                || order == Ordering::Greater
                || (order == Ordering::Equal && position < *place)
            {
                best.copy_from_slice(text);
                *place = position;
            }
        }
    }
}
