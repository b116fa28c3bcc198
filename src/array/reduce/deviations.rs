//! Deviations of elements from a centre. The variance is the mean of their squares.
//!
//! There are two passes over the elements. In the first pass, the centre is the first element of
//! each result, and the sum of the deviations gives the mean. Deviations of close elements are
//! exact, so the mean is the nearest float even for a small noise on a large offset, and the mean
//! of equal elements is exactly that element.
//!
//! In the second pass, the centre is this mean. The sum of the squared deviations is the result,
//! except for the rounding error of the mean: the sum of the deviations tells that error and
//! corrects the result.
//!
//! Integers have an integer centre, so that deviations and their squares are exact as long as a
//! float can hold them. 64-bit integers are subtracted as integers.

use alloc::vec::Vec;
use core::ops::Range;

use super::bits::map_words;
use super::kernels::{add_sums, compensated, sum_floats};
use crate::dtype::{Kind, Scalar};

/// The centres of results, and the sums of squared deviations from them. A complex result has one
/// of each for each component.
pub(super) struct Deviations {
    /// The centres: floats, or keys of integers.
    centres: Vec<u64>,
    /// The sums of squares, and their rounding errors. In the first pass there are no sums, and
    /// `squares` is 1 where the centre is set.
    squares: Vec<u64>,
    compensations: Vec<u64>,
    /// The number of centres that are not set yet.
    unset: usize,
    is_second_pass: bool,
    source: Scalar,
}

/// Returns whether elements are 64-bit integers, which a float cannot hold exactly. They arrive as
/// keys.
pub(super) const fn exceeds_float(source: Scalar) -> bool {
    matches!((source.kind, source.size), (Kind::Int | Kind::Uint, 8))
}

impl Deviations {
    pub(super) fn new(source: Scalar) -> Self {
        let (centres, squares, compensations) = (Vec::new(), Vec::new(), Vec::new());
        Self { centres, squares, compensations, unset: 0, is_second_pass: false, source }
    }

    /// Begins the first pass for `count` centres.
    pub(super) fn reset(&mut self, count: usize) {
        for words in [&mut self.centres, &mut self.squares, &mut self.compensations] {
            words.clear();
            words.resize(count, 0);
        }
        (self.unset, self.is_second_pass) = (count, false);
    }

    /// Takes over the centres and the pass of others, after [`reset`](Self::reset).
    pub(super) fn take_centres(&mut self, others: &Self) {
        self.centres.copy_from_slice(&others.centres);
        (self.unset, self.is_second_pass) = (others.unset, others.is_second_pass);
    }

    /// Returns whether a centre is not set yet.
    pub(super) const fn lacks_centres(&self) -> bool {
        self.unset > 0
    }

    /// Adds the squares of a part with the same centres.
    pub(super) fn add_part(&mut self, part: &Self) {
        if self.is_second_pass {
            add_sums(
                &mut self.squares,
                &mut self.compensations,
                &part.squares,
                &part.compensations,
            );
        }
    }

    /// Begins the second pass. Moves the centres to the means, given the sums of the deviations of
    /// `count` elements each, and resets all sums.
    #[expect(clippy::cast_precision_loss, reason = "numpy divides by a float, too")]
    pub(super) fn move_centres(&mut self, sums: &mut [u64], compensations: &mut [u64], count: u64) {
        for ((centre, sum), compensation) in
            self.centres.iter_mut().zip(&mut *sums).zip(&mut *compensations)
        {
            let distance = f64::from_bits(compensated(*sum, *compensation)) / count as f64;
            *centre = match self.source.kind {
                _ if exceeds_float(self.source) => moved_key(*centre, distance),
                Kind::Bool | Kind::Int | Kind::Uint => add(*centre, round(distance)),
                _ => add(*centre, distance),
            };
        }
        for words in [sums, compensations, &mut self.squares] {
            words.fill(0);
        }
        self.is_second_pass = true;
    }

    /// Replaces elements by their deviations. With `kept`, each element has its own centre in
    /// `range`.
    pub(super) fn subtract_centres(&mut self, words: &mut [u64], range: Range<usize>, kept: bool) {
        let centres = &mut self.centres[range.clone()];
        if self.unset > 0 {
            for ((centre, is_set), word) in
                centres.iter_mut().zip(&mut self.squares[range]).zip(&*words)
            {
                if *is_set == 0 {
                    (*centre, *is_set) = (*word, 1);
                    self.unset -= 1;
                }
            }
        }
        if exceeds_float(self.source) {
            subtract(words, centres, kept, key_deviation);
        } else {
            subtract(words, centres, kept, |word, centre| add(word, -f64::from_bits(centre)));
        }
    }

    /// Adds the squares of deviations in the second pass. Overwrites the words.
    pub(super) fn add_squares(
        &mut self,
        words: &mut [u64],
        range: Range<usize>,
        kept: bool,
        is_short: bool,
    ) {
        if self.is_second_pass {
            map_words(words, |word| (f64::from_bits(word) * f64::from_bits(word)).to_bits());
            sum_floats(
                words,
                kept,
                &mut self.squares[range.clone()],
                &mut self.compensations[range],
                is_short,
            );
        }
    }

    /// Returns the sum of squared deviations from the exact mean, after the second pass. `sum` is
    /// the sum of the deviations of the same `count` elements.
    pub(super) fn squares_about_mean(&self, at: usize, sum: f64, count: f64) -> f64 {
        let squares = f64::from_bits(compensated(self.squares[at], self.compensations[at]));
        // If the squares overflow or have a NaN, the correction is meaningless.
        if squares.is_finite() { (squares - sum * sum / count).max(0.0) } else { squares }
    }
}

fn add(word: u64, number: f64) -> u64 {
    (f64::from_bits(word) + number).to_bits()
}

/// Rounds a number below 2^51 to the nearest integer: floats near 1.5 * 2^52 have no fraction.
fn round(number: f64) -> f64 {
    const INTEGERS: f64 = 6_755_399_441_055_744.0;
    number + INTEGERS - INTEGERS
}

/// Replaces words by deviations: each from its own centre with `kept`, otherwise all from one
/// centre, or alternately from two.
fn subtract(words: &mut [u64], centres: &[u64], kept: bool, deviation: impl Fn(u64, u64) -> u64) {
    if kept {
        words.iter_mut().zip(centres).for_each(|(word, centre)| *word = deviation(*word, *centre));
        return;
    }
    let (first, last) = (centres[0], centres[centres.len() - 1]);
    let (pairs, single) = words.as_chunks_mut();
    for [one, other] in pairs {
        (*one, *other) = (deviation(*one, first), deviation(*other, last));
    }
    map_words(single, |word| deviation(word, first));
}

/// Returns the distance of two integers as a float, given their keys.
#[expect(clippy::cast_precision_loss, reason = "the distance is rounded, and not the integers")]
fn key_deviation(word: u64, centre: u64) -> u64 {
    let (word, centre) = (word.cast_signed(), centre.cast_signed());
    let distance = word.abs_diff(centre) as f64;
    (if word < centre { -distance } else { distance }).to_bits()
}

/// Returns the key of the integer nearest to another one plus a distance.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float saturates"
)]
fn moved_key(key: u64, distance: f64) -> u64 {
    let (key, steps) = (key.cast_signed(), (distance.abs() + 0.5) as u64);
    let moved = if distance < 0.0 {
        key.saturating_sub_unsigned(steps)
    } else {
        key.saturating_add_unsigned(steps)
    };
    moved.cast_unsigned()
}
