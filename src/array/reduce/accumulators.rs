//! Accumulators of results, and the choice of the kernel that adds elements to them.
//!
//! Elements of every type arrive as 64-bit words, so there is one kernel for each operation and not
//! one for each type. A sum of floats is compensated: a second accumulator holds the rounding
//! errors of the first. A product of floats has a second accumulator for powers of two, so that
//! intermediate products do not overflow or underflow.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::Operation;
use super::deviations::Deviations;
use super::kernels::{
    accumulate, add_sums, argmax_each, argmax_one, argmax_pairs, compare_complex, compare_texts,
    greater, greatest, multiply_complex, multiply_floats, sum_floats,
};
use super::keys::{NAT, comparison_type};
use super::runs::Run;
use crate::dtype::{Kind, Scalar};

/// The position of an accumulator that has seen no element.
pub(super) const NO_POSITION: u64 = u64::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kernel {
    /// The sum of integers, modulo 2^64. It also counts, as the sum of ones and zeroes.
    Sum,
    /// The sum of timedeltas: `NaT` if an element or an intermediate sum is `NaT`.
    TimeSum,
    /// The product of integers, modulo 2^64.
    Product,
    /// The sum of floats or complex numbers.
    FloatSum,
    /// The sums of the deviations from the mean and of their squares.
    Deviations,
    FloatProduct,
    ComplexProduct,
    /// The greatest key.
    Greatest,
    /// The greatest key and its first position.
    GreatestPosition,
    /// The greatest complex number, by the real part and then by the imaginary part, and its first
    /// position.
    ComplexGreatest,
    /// The position of the greatest or least text.
    Text,
}

/// The accumulators of several results.
pub(super) struct Accumulators {
    kernel: Kernel,
    /// The number of words of an element: 2 for complex numbers, otherwise 1.
    pub(super) components: usize,
    /// Two words for each component of each result: the value so far, and the kernel's second
    /// accumulator.
    pub(super) values: Vec<u64>,
    pub(super) extras: Vec<u64>,
    /// The greatest or least text of each result so far.
    texts: Vec<u8>,
    /// The accumulators that only [`Kernel::Deviations`] has.
    pub(super) deviations: Deviations,
    source: Scalar,
    is_min: bool,
    /// Whether the elements are floats of less than 64 bits.
    is_short: bool,
}

impl Accumulators {
    pub(super) fn new(operation: Operation, source: Scalar) -> Self {
        let source = comparison_type(source);
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
                _ => Kernel::GreatestPosition,
            },
        };
        let components = if is_complex && kernel != Kernel::Sum { 2 } else { 1 };
        let is_min = operation.is_min();
        let is_short =
            matches!((source.kind, source.size), (Kind::Float, 2 | 4) | (Kind::Complex, 8));
        let (values, extras, texts) = (Vec::new(), Vec::new(), Vec::new());
        let deviations = Deviations::new(source);
        Self { kernel, components, values, extras, texts, deviations, source, is_min, is_short }
    }

    /// Returns whether the kernel takes the bytes of elements instead of words.
    pub(super) fn takes_bytes(&self) -> bool {
        self.kernel == Kernel::Text
    }

    /// Returns the memory of the accumulators of one result, in bytes.
    pub(super) fn bytes_per_result(&self) -> u64 {
        let words = if self.kernel == Kernel::Deviations { 5 } else { 2 };
        8 * words * self.components as u64 + if self.takes_bytes() { self.source.size } else { 0 }
    }

    /// Prepares the accumulators for a number of results.
    pub(super) fn reset(&mut self, results: u64) {
        let (values, extras) = match self.kernel {
            Kernel::Product => (1, 0),
            Kernel::FloatProduct | Kernel::ComplexProduct => (1_f64.to_bits(), 0),
            Kernel::Greatest | Kernel::GreatestPosition => (NAT, NO_POSITION),
            Kernel::ComplexGreatest | Kernel::Text => (0, NO_POSITION),
            Kernel::Sum | Kernel::TimeSum | Kernel::FloatSum | Kernel::Deviations => (0, 0),
        };
        let results = usize::try_from(results).unwrap_or(usize::MAX);
        for (words, value) in [(&mut self.values, values), (&mut self.extras, extras)] {
            words.clear();
            words.resize(results * self.components, value);
        }
        if self.kernel == Kernel::Deviations {
            self.deviations.reset(results * self.components);
        }
        if self.kernel == Kernel::ComplexProduct {
            for product in self.values.chunks_exact_mut(2) {
                product[1] = 0;
            }
        }
        if self.takes_bytes() {
            self.texts.resize(results * self.item(), 0);
        }
    }

    /// Prepares for a part of the elements that `total` is for.
    pub(super) fn begin_part(&mut self, total: &Self) {
        self.reset((total.values.len() / self.components) as u64);
        self.deviations.take_centres(&total.deviations);
    }

    /// Adds the accumulators of a part. Its elements come later in the region than all others.
    pub(super) fn add_part(&mut self, part: &Self) {
        let Self { kernel, values, extras, .. } = self;
        let mut each = |add: fn(&mut u64, u64)| {
            values.iter_mut().zip(&part.values).for_each(|(value, other)| add(value, *other));
        };
        match kernel {
            Kernel::Sum => each(|sum, other| *sum = sum.wrapping_add(other)),
            Kernel::Product => each(|product, other| *product = product.wrapping_mul(other)),
            Kernel::TimeSum => each(add_time),
            Kernel::Greatest => each(|best, other| *best = greater(*best, other)),
            Kernel::FloatSum | Kernel::Deviations => {
                add_sums(values, extras, &part.values, &part.extras);
                self.deviations.add_part(&part.deviations);
            }
            Kernel::FloatProduct => {
                multiply_floats(&part.values, values, extras);
                extras.iter_mut().zip(&part.extras).for_each(|(scale, other)| {
                    *scale = scale.wrapping_add(*other);
                });
            }
            Kernel::ComplexProduct => multiply_complex(&part.values, values),
            Kernel::GreatestPosition => {
                argmax_pairs(&part.values, &part.extras, values, extras);
            }
            Kernel::ComplexGreatest => {
                for (at, pair) in part.values.chunks_exact(2).enumerate() {
                    self.offer_complex(at, part.extras[2 * at], pair);
                }
            }
            Kernel::Text => {
                for (at, text) in part.texts.chunks_exact(part.item()).enumerate() {
                    self.offer_text(at, part.extras[at], text);
                }
            }
        }
    }

    /// Returns whether the centre of a result is not known yet.
    pub(super) fn lacks_centres(&self) -> bool {
        self.kernel == Kernel::Deviations && self.deviations.lacks_centres()
    }

    /// Returns whether the first result is final after `elements` elements.
    pub(super) fn is_decided(&self, operation: Operation, elements: u64) -> bool {
        match operation {
            Operation::Any => self.values[0] > 0,
            Operation::All => self.values[0] < elements,
            _ => false,
        }
    }

    /// Ends the pass that computes means of `count` elements each, and begins the pass that
    /// computes the deviations from them.
    pub(super) fn move_centres(&mut self, count: u64) {
        self.deviations.move_centres(&mut self.values, &mut self.extras, count);
    }

    fn item(&self) -> usize {
        usize::try_from(self.source.size).unwrap_or(usize::MAX)
    }

    /// Adds elements as words. Overwrites the words.
    pub(super) fn add(&mut self, words: &mut [u64], run: &Run) {
        let (begin, width) = (
            run.accumulator * self.components,
            if run.kept { words.len() } else { self.components },
        );
        let values = &mut self.values[begin..begin + width];
        let extras = &mut self.extras[begin..begin + width];
        match self.kernel {
            Kernel::Sum if run.kept => {
                values.iter_mut().zip(words).for_each(|(sum, word)| *sum = sum.wrapping_add(*word));
            }
            Kernel::Sum => {
                values[0] = words.iter().fold(values[0], |sum, word| sum.wrapping_add(*word));
            }
            Kernel::FloatSum => sum_floats(words, run.kept, values, extras, self.is_short),
            Kernel::Deviations => {
                self.deviations.subtract_centres(words, begin..begin + width, run.kept);
                // These sums only correct the squares, so their rounding errors do not matter.
                sum_floats(words, run.kept, values, extras, true);
                self.deviations.add_squares(words, begin..begin + width, run.kept, self.is_short);
            }
            Kernel::Greatest if run.kept => {
                values.iter_mut().zip(words).for_each(|(best, word)| *best = greater(*best, *word));
            }
            Kernel::Greatest => values[0] = greatest(words, values[0]),
            Kernel::GreatestPosition if run.kept => {
                argmax_each(words, run.position, values, extras);
            }
            Kernel::GreatestPosition => argmax_one(words, run, &mut values[0], &mut extras[0]),
            Kernel::Product => {
                accumulate(words, run, values, |product, word| {
                    *product = product.wrapping_mul(word);
                });
            }
            Kernel::TimeSum => accumulate(words, run, values, add_time),
            Kernel::FloatProduct => multiply_floats(words, values, extras),
            Kernel::ComplexProduct => multiply_complex(words, values),
            Kernel::ComplexGreatest => self.greatest_complex(words, run),
            Kernel::Text => {}
        }
    }

    fn greatest_complex(&mut self, words: &[u64], run: &Run) {
        for ((accumulator, position), pair) in run.targets().zip(words.chunks_exact(2)) {
            self.offer_complex(accumulator, position, pair);
        }
    }

    /// Compares a complex number with the best one of a result.
    fn offer_complex(&mut self, accumulator: usize, position: u64, pair: &[u64]) {
        let components = |pair: &[u64]| (f64::from_bits(pair[0]), f64::from_bits(pair[1]));
        let best = &mut self.values[2 * accumulator..2 * accumulator + 2];
        let order = compare_complex(components(pair), components(best));
        if is_better(order, position, &mut self.extras[2 * accumulator]) {
            best.copy_from_slice(pair);
        }
    }

    /// Adds text elements as bytes.
    pub(super) fn add_texts(&mut self, bytes: &[u8], run: &Run) {
        for ((accumulator, position), text) in run.targets().zip(bytes.chunks_exact(self.item())) {
            self.offer_text(accumulator, position, text);
        }
    }

    /// Compares a text with the best one of a result.
    fn offer_text(&mut self, accumulator: usize, position: u64, text: &[u8]) {
        let item = text.len();
        let best = &mut self.texts[accumulator * item..(accumulator + 1) * item];
        let order = compare_texts(text, best, self.source);
        let order = if self.is_min { order.reverse() } else { order };
        if is_better(order, position, &mut self.extras[accumulator]) {
            best.copy_from_slice(text);
        }
    }
}

/// Returns whether an element is better than the best one, or equal and at a lower position, and
/// makes its position the best one then.
fn is_better(order: Ordering, position: u64, best_position: &mut u64) -> bool {
    let is_first = *best_position == NO_POSITION && position != NO_POSITION;
    let is_better = is_first
        || (position != NO_POSITION && order == Ordering::Greater)
        || (order == Ordering::Equal && position < *best_position);
    if is_better {
        *best_position = position;
    }
    is_better
}

/// Adds a timedelta to a sum, which is `NaT` if either is.
fn add_time(sum: &mut u64, word: u64) {
    *sum = if *sum == NAT || word == NAT { NAT } else { sum.wrapping_add(word) };
}
