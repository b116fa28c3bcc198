//! Decoding of elements into 64-bit words: integers, floats, truth values, or comparison keys.
//!
//! This module knows the widths and byte orders of elements of every type, and passes the words to
//! the accumulators run by run.

use super::Operation;
use super::accumulators::Accumulators;
use super::bits::{
    MAX_WORDS, f16_to_f64, f32_to_f64, flip_and_subtract, int_to_float, load_words, map_words,
    transpose, uint_to_float,
};
use super::deviations::exceeds_float;
use super::direct::Direct;
use super::keys::{NAT, comparison_type, float_key};
use super::runs::{Run, Runs};
use crate::dtype::{ByteOrder, Kind, Scalar};

/// The meaning of the words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// An integer of 64 bits.
    Integer,
    /// The bits of a 64-bit float.
    Float,
    /// 1 for an element that is not zero, otherwise 0.
    Truth,
    /// A comparison key.
    Key,
}

/// The conversion of elements of a type into words for an operation.
pub(super) struct Decoder {
    source: Scalar,
    operation: Operation,
    meaning: Meaning,
    /// The number of numbers in an element, and the size of each in bytes.
    components: usize,
    size: usize,
    /// The kernel that needs no words, if there is one.
    pub(super) direct: Option<Direct>,
}

impl Decoder {
    pub(super) fn new(operation: Operation, source: Scalar) -> Self {
        let source = comparison_type(source);
        let direct = Direct::new(operation, source);
        let components = if source.kind == Kind::Complex { 2 } else { 1 };
        let meaning = match operation {
            Operation::Any | Operation::All | Operation::CountNonzero => Meaning::Truth,
            // A sum of booleans counts.
            Operation::Sum if source.kind == Kind::Bool => Meaning::Truth,
            Operation::Mean if source.kind != Kind::Timedelta => Meaning::Float,
            // The key of a 64-bit integer is exact, unlike its float.
            Operation::Var | Operation::Std if !exceeds_float(source) => Meaning::Float,
            Operation::Sum | Operation::Prod | Operation::Mean => Meaning::Integer,
            _ => Meaning::Key,
        };
        let size = usize::try_from(source.size).unwrap_or(usize::MAX) / components;
        Self { source, operation, meaning, components, size, direct }
    }

    /// Returns the size of an element in bytes.
    pub(super) fn item(&self) -> usize {
        self.size * self.components
    }

    /// Returns the number of elements that are decoded at once.
    pub(super) fn elements_at_once(&self) -> usize {
        MAX_WORDS / self.components
    }

    /// Adds the elements in `bytes`, at most [`elements_at_once`](Self::elements_at_once), to
    /// `accumulators`, as `runs` assigns them.
    pub(super) fn feed(&self, bytes: &[u8], runs: &mut Runs, accumulators: &mut Accumulators) {
        let mut words = [0; MAX_WORDS];
        let item = self.item();
        let (mut done, elements) = (0, bytes.len() / item);
        let decoded = if accumulators.takes_bytes() { 0 } else { self.decode(bytes, &mut words) };
        let words = &mut words[..decoded];
        while done < elements
            && let Some(run) = runs.next(elements - done)
        {
            let next = done + run.count;
            if accumulators.takes_bytes() {
                accumulators.add_texts(&bytes[done * item..next * item], &run);
            } else {
                accumulators.add(
                    &mut words[done * accumulators.components..next * accumulators.components],
                    &run,
                );
            }
            done = next;
        }
    }

    /// Adds the elements of one run to `accumulators`.
    pub(super) fn feed_run(&self, bytes: &[u8], run: &Run, accumulators: &mut Accumulators) {
        let mut words = [0; MAX_WORDS];
        let mut rest = *run;
        for piece in bytes.chunks(self.item() * self.elements_at_once()) {
            let now;
            (now, rest) = rest.split(piece.len() / self.item());
            let decoded = self.decode(piece, &mut words);
            accumulators.add(&mut words[..decoded], &now);
        }
    }

    /// Adds the elements of rows to `accumulators`, column by column.
    pub(super) fn feed_columns(
        &self,
        bytes: &[u8],
        columns: &[(u64, u64)],
        runs: &mut Runs,
        accumulators: &mut Accumulators,
    ) {
        let (mut words, mut transposed) = ([0; MAX_WORDS], [0; MAX_WORDS]);
        let row = self.size * self.components * columns.len();
        let mut rest = bytes;
        let max = self.elements_at_once() / columns.len();
        while !rest.is_empty()
            && let Some(run) = runs.next(max.min(rest.len() / row))
        {
            let rows;
            (rows, rest) = rest.split_at(run.count * row);
            let decoded = self.decode(rows, &mut words);
            let (words, transposed) = (&words[..decoded], &mut transposed[..decoded]);
            if accumulators.components == 1 {
                transpose(words, columns.len(), transposed);
            } else {
                transpose(
                    words.as_chunks::<2>().0,
                    columns.len(),
                    transposed.as_chunks_mut::<2>().0,
                );
            }
            for (words, column) in transposed.chunks_exact_mut(decoded / columns.len()).zip(columns)
            {
                accumulators.add(words, &run.shifted(*column));
            }
        }
    }

    /// Decodes elements into words and returns the number of words.
    fn decode(&self, bytes: &[u8], words: &mut [u64]) -> usize {
        let Scalar { kind, order, .. } = self.source;
        if matches!(kind, Kind::Bytes | Kind::Unicode | Kind::Void) {
            let texts = bytes.chunks_exact(self.size);
            let count = texts.len();
            texts
                .zip(words)
                .for_each(|(text, word)| *word = text.iter().any(|byte| *byte != 0).into());
            return count;
        }
        let words = &mut words[..bytes.len() / self.size];
        load_words(bytes, self.size, words);
        let unused = 64 - 8 * u32::try_from(self.size).unwrap_or(8);
        if order == ByteOrder::Big {
            map_words(words, |word| word.swap_bytes() >> unused);
        }
        let is_float = matches!(kind, Kind::Float | Kind::Complex);
        if self.meaning == Meaning::Truth || kind == Kind::Bool {
            // The sign of a zero does not make it true.
            let dropped = unused + u32::from(is_float);
            map_words(words, |word| u64::from(word << dropped != 0));
        }
        match (kind, self.size) {
            _ if self.meaning == Meaning::Truth => return self.merge_truths(words),
            (Kind::Int, 1 | 2 | 4) => flip_and_subtract(words, NAT >> unused, NAT >> unused),
            (Kind::Float | Kind::Complex, 2) => map_words(words, f16_to_f64),
            (Kind::Float | Kind::Complex, 4) => map_words(words, f32_to_f64),
            _ => {}
        }
        match self.meaning {
            Meaning::Float if kind == Kind::Int => map_words(words, int_to_float),
            Meaning::Float if !is_float => map_words(words, uint_to_float),
            Meaning::Key => self.make_keys(words),
            _ => {}
        }
        words.len()
    }

    /// Merges the truth values of real and imaginary parts.
    fn merge_truths(&self, words: &mut [u64]) -> usize {
        if self.components == 1 {
            return words.len();
        }
        for number in 0..words.len() / 2 {
            words[number] = words[2 * number] | words[2 * number + 1];
        }
        words.len() / 2
    }

    /// Turns numbers into keys. The wanted number has the greatest key.
    fn make_keys(&self, words: &mut [u64]) {
        let (is_min, returns_position) =
            (self.operation.is_min(), self.operation.returns_position());
        let mirror = if is_min { u64::MAX } else { 0 };
        match self.source.kind {
            Kind::Float => map_words(words, |word| float_key(word, mirror, returns_position)),
            // Both components stay floats: the opposite sign reverses the order.
            Kind::Complex => flip_and_subtract(words, mirror & NAT, 0),
            Kind::Uint => flip_and_subtract(words, NAT ^ mirror, 0),
            // `NaT` is the smallest integer and must win in both directions.
            Kind::Timedelta | Kind::Datetime if !is_min => flip_and_subtract(words, 0, 1),
            _ => flip_and_subtract(words, mirror, 0),
        }
    }
}
