//! From the bytes of elements to words of 64 bits: integers, floats, ones and zeroes, or keys that
//! are as much greater as the elements are.

use alloc::vec::Vec;

use super::Operation;
use super::course::Course;
use super::deviations::is_wide;
use super::fold::Fold;
use super::keys::{NO_TIME, comparable, float_key};
use super::words::{
    WORDS, change, from_half, from_single, load, shift, signed_float, turn, unsigned_float,
};
use crate::dtype::{ByteOrder, Kind, Scalar};

/// What the words mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// 64 bits of an integer.
    Integer,
    /// The bits of a 64-bit float.
    Float,
    /// 1 for what is not zero.
    Truth,
    /// An `i64` with the order of the elements, or the opposite one.
    Key,
}

/// How elements of a type become words for an operation.
pub(super) struct Decoder {
    source: Scalar,
    operation: Operation,
    meaning: Meaning,
    /// How many numbers an element is, and the bytes of each.
    parts: usize,
    size: usize,
}

impl Decoder {
    pub(super) fn new(operation: Operation, source: Scalar) -> Self {
        let source = comparable(source);
        let parts = if source.kind == Kind::Complex { 2 } else { 1 };
        let meaning = match operation {
            Operation::Any | Operation::All | Operation::CountNonzero => Meaning::Truth,
            // A sum of truths counts them.
            Operation::Sum if source.kind == Kind::Bool => Meaning::Truth,
            Operation::Mean if source.kind != Kind::Timedelta => Meaning::Float,
            // A key of an integer of 64 bits is exact, unlike its float.
            Operation::Var | Operation::Std if !is_wide(source) => Meaning::Float,
            Operation::Sum | Operation::Prod | Operation::Mean => Meaning::Integer,
            _ => Meaning::Key,
        };
        let size = usize::try_from(source.size).unwrap_or(usize::MAX) / parts;
        Self { source, operation, meaning, parts, size }
    }

    /// Gives the elements in `bytes` to `fold`, each where `course` says.
    pub(super) fn feed(&self, bytes: &[u8], course: &mut Course, fold: &mut Fold) {
        let mut words = [0; WORDS];
        let item = self.size * self.parts;
        let columns =
            if fold.takes_bytes() { Vec::new() } else { course.columns(WORDS / self.parts) };
        if !columns.is_empty() {
            return self.feed_columns(bytes, &columns, course, fold);
        }
        for piece in bytes.chunks(item * (WORDS / self.parts)) {
            let (mut done, elements) = (0, piece.len() / item);
            if course.has_run(elements)
                && self.condense(piece, &mut words)
                && let Some(segment) = course.next(elements)
            {
                fold.add(&mut words[..1], &segment);
                continue;
            }
            let decoded = if fold.takes_bytes() { 0 } else { self.decode(piece, &mut words) };
            let words = &mut words[..decoded];
            while done < elements
                && let Some(segment) = course.next(elements - done)
            {
                let next = done + segment.elements;
                if fold.takes_bytes() {
                    fold.add_texts(&piece[done * item..next * item], &segment);
                } else {
                    fold.add(&mut words[done * fold.parts..next * fold.parts], &segment);
                }
                done = next;
            }
        }
    }

    /// Gives the elements of rows to `fold`, column by column.
    fn feed_columns(
        &self,
        bytes: &[u8],
        columns: &[(u64, u64)],
        course: &mut Course,
        fold: &mut Fold,
    ) {
        let (mut words, mut turned) = ([0; WORDS], [0; WORDS]);
        let row = self.size * self.parts * columns.len();
        let mut rest = bytes;
        while let Some(segment) = course.next(WORDS / (self.parts * columns.len()))
            && let Some((rows, others)) = rest.split_at_checked(segment.elements * row)
        {
            rest = others;
            let decoded = self.decode(rows, &mut words);
            let (words, turned) = (&words[..decoded], &mut turned[..decoded]);
            if fold.parts == 1 {
                turn(words, columns.len(), turned);
            } else {
                turn(words.as_chunks::<2>().0, columns.len(), turned.as_chunks_mut::<2>().0);
            }
            for (words, column) in turned.chunks_exact_mut(decoded / columns.len()).zip(columns) {
                fold.add(words, &segment.moved(*column));
            }
        }
    }

    /// Makes one word of elements that have one accumulator, where there is a way that is faster
    /// than a word for each.
    fn condense(&self, bytes: &[u8], words: &mut [u64]) -> bool {
        let Scalar { kind, order, .. } = self.source;
        if self.meaning == Meaning::Truth && self.size == 1 {
            // So few that a byte can count them.
            let count =
                |few: &[u8]| u64::from(few.iter().map(|byte| u8::from(*byte != 0)).sum::<u8>());
            words[0] = bytes.chunks(128).map(count).sum();
            return true;
        }
        let is_number =
            matches!(kind, Kind::Bool | Kind::Int | Kind::Uint) && order == ByteOrder::Little;
        if self.meaning != Meaning::Key || self.operation.is_place() || !is_number || self.size == 8
        {
            return false;
        }
        // With these bits turned over, the number that is looked for is the greatest one with a
        // sign.
        let mirror = if self.operation.is_least() { u64::MAX } else { 0 };
        let sign = 1 << (8 * self.size - 1);
        let [a, b, c, d, ..] =
            (if kind == Kind::Int { mirror } else { mirror ^ sign }).to_le_bytes();
        let best = match self.size {
            1 => {
                // The other way round: processors know the greatest byte without a sign.
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

    /// Makes words of elements, and says how many.
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
        load(bytes, self.size, words);
        let unused = 64 - 8 * u32::try_from(self.size).unwrap_or(8);
        if order == ByteOrder::Big {
            change(words, |word| word.swap_bytes() >> unused);
        }
        let is_float = matches!(kind, Kind::Float | Kind::Complex);
        if self.meaning == Meaning::Truth || kind == Kind::Bool {
            // The sign of a zero is no bit that counts.
            let dropped = unused + u32::from(is_float);
            change(words, |word| u64::from(word << dropped != 0));
        }
        match (kind, self.size) {
            _ if self.meaning == Meaning::Truth => return self.join_truths(words),
            (Kind::Int, 1 | 2 | 4) => shift(words, NO_TIME >> unused, NO_TIME >> unused),
            (Kind::Float | Kind::Complex, 2) => change(words, from_half),
            (Kind::Float | Kind::Complex, 4) => change(words, from_single),
            _ => {}
        }
        match self.meaning {
            Meaning::Float if kind == Kind::Int => change(words, signed_float),
            Meaning::Float if !is_float => change(words, unsigned_float),
            Meaning::Key => self.make_keys(words),
            _ => {}
        }
        words.len()
    }

    /// Makes one truth of those of a real and an imaginary part.
    fn join_truths(&self, words: &mut [u64]) -> usize {
        if self.parts == 1 {
            return words.len();
        }
        for number in 0..words.len() / 2 {
            words[number] = words[2 * number] | words[2 * number + 1];
        }
        words.len() / 2
    }

    /// Makes keys of numbers: the one that is looked for has the greatest.
    fn make_keys(&self, words: &mut [u64]) {
        let (is_least, is_place) = (self.operation.is_least(), self.operation.is_place());
        let mirror = if is_least { u64::MAX } else { 0 };
        match self.source.kind {
            Kind::Float => change(words, |word| float_key(word, mirror, is_place)),
            // Both parts, as floats: the opposite sign is the opposite order.
            Kind::Complex => shift(words, mirror & NO_TIME, 0),
            Kind::Uint => shift(words, NO_TIME ^ mirror, 0),
            // No time is the smallest integer, and is found first either way.
            Kind::Timedelta | Kind::Datetime if !is_least => shift(words, 0, 1),
            _ => shift(words, mirror, 0),
        }
    }
}
