//! Decoding of elements into 64-bit words: integers, floats, truth values, or comparison keys.
//!
//! Only this module knows the widths and byte orders of elements. It also passes the words to the
//! accumulators run by run.

use alloc::vec::Vec;

use super::Operation;
use super::accumulators::Accumulators;
use super::bits::{
    MAX_WORDS, f16_to_f64, f32_to_f64, flip_and_subtract, int_to_float, load_words, map_words,
    transpose, uint_to_float,
};
use super::deviations::exceeds_float;
use super::keys::{NAT, comparison_type, float_key};
use super::runs::Runs;
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
}

impl Decoder {
    pub(super) fn new(operation: Operation, source: Scalar) -> Self {
        let source = comparison_type(source);
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
        Self { source, operation, meaning, components, size }
    }

    /// Adds the elements in `bytes` to `accumulators`, as `runs` assigns them.
    pub(super) fn feed(&self, bytes: &[u8], runs: &mut Runs, accumulators: &mut Accumulators) {
        let mut words = [0; MAX_WORDS];
        let item = self.size * self.components;
        let columns = if accumulators.takes_bytes() {
            Vec::new()
        } else {
            runs.columns(MAX_WORDS / self.components)
        };
        if !columns.is_empty() {
            return self.feed_columns(bytes, &columns, runs, accumulators);
        }
        for piece in bytes.chunks(item * (MAX_WORDS / self.components)) {
            let (mut done, elements) = (0, piece.len() / item);
            if runs.shares_accumulator(elements)
                && self.reduce_run(piece, &mut words)
                && let Some(run) = runs.next(elements)
            {
                accumulators.add(&mut words[..1], &run);
                continue;
            }
            let decoded =
                if accumulators.takes_bytes() { 0 } else { self.decode(piece, &mut words) };
            let words = &mut words[..decoded];
            while done < elements
                && let Some(run) = runs.next(elements - done)
            {
                let next = done + run.count;
                if accumulators.takes_bytes() {
                    accumulators.add_texts(&piece[done * item..next * item], &run);
                } else {
                    accumulators.add(
                        &mut words[done * accumulators.components..next * accumulators.components],
                        &run,
                    );
                }
                done = next;
            }
        }
    }

    /// Adds the elements of rows to `accumulators`, column by column.
    fn feed_columns(
        &self,
        bytes: &[u8],
        columns: &[(u64, u64)],
        runs: &mut Runs,
        accumulators: &mut Accumulators,
    ) {
        let (mut words, mut transposed) = ([0; MAX_WORDS], [0; MAX_WORDS]);
        let row = self.size * self.components * columns.len();
        let mut rest = bytes;
        while let Some(run) = runs.next(MAX_WORDS / (self.components * columns.len()))
            && let Some((rows, others)) = rest.split_at_checked(run.count * row)
        {
            rest = others;
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

    /// Reduces elements that share an accumulator to one word, if there is a faster way than one
    /// word for each. Returns whether there is.
    fn reduce_run(&self, bytes: &[u8], words: &mut [u64]) -> bool {
        let Scalar { kind, order, .. } = self.source;
        if self.meaning == Meaning::Truth && self.size == 1 {
            // A block is so short that a byte can count its elements.
            let count =
                |few: &[u8]| u64::from(few.iter().map(|byte| u8::from(*byte != 0)).sum::<u8>());
            words[0] = bytes.chunks(128).map(count).sum();
            return true;
        }
        let is_integer =
            matches!(kind, Kind::Bool | Kind::Int | Kind::Uint) && order == ByteOrder::Little;
        if self.meaning != Meaning::Key
            || self.operation.returns_position()
            || !is_integer
            || self.size == 8
        {
            return false;
        }
        // After these bits are flipped, the wanted number is the greatest signed number.
        let mirror = if self.operation.is_min() { u64::MAX } else { 0 };
        let sign = 1 << (8 * self.size - 1);
        let [a, b, c, d, ..] =
            (if kind == Kind::Int { mirror } else { mirror ^ sign }).to_le_bytes();
        let best = match self.size {
            1 => {
                // Bytes are compared without a sign, because processors have an instruction for
                // that.
                let flipped = a ^ 0x80;
                i32::from(bytes.iter().fold(0, |best, byte| best.max(byte ^ flipped)) ^ flipped)
            }
            2 => {
                let (items, flipped) = (bytes.as_chunks().0, i16::from_le_bytes([a, b]));
                let best = items
                    .iter()
                    .fold(i16::MIN, |best, item| best.max(i16::from_le_bytes(*item) ^ flipped));
                i32::from(best ^ flipped)
            }
            _ => {
                let (items, flipped) = (bytes.as_chunks().0, i32::from_le_bytes([a, b, c, d]));
                items
                    .iter()
                    .fold(i32::MIN, |best, item| best.max(i32::from_le_bytes(*item) ^ flipped))
                    ^ flipped
            }
        };
        self.decode(&best.to_le_bytes()[..self.size], words);
        true
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
