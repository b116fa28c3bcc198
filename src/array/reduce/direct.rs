//! Direct kernels: loops over the bytes of common types, without 64-bit words in between.
//!
//! They give the same results as [`decode`](super::decode) with
//! [`accumulators`](super::accumulators), up to the order in which floats are added. That order
//! depends only on the length of the run and never on the provider or its processor.

#![expect(
    clippy::inline_always,
    reason = "the loops have to be compiled with the instructions of the provider's processor"
)]

use core::array;

use super::Operation;
use super::accumulators::Accumulators;
use super::kernels::{add_float, add_lanes, greater};
use super::keys::float_key;
use super::runs::Run;
use crate::dtype::{ByteOrder, Kind, Scalar};
use crate::region::{BLOCK, Bytes};

/// The number of accumulators that a sum uses at once, so that a processor can add in parallel.
const LANES: usize = 8;

/// What a direct kernel computes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goal {
    /// The sum of floats.
    FloatSum,
    /// The sum of integers.
    IntegerSum,
    /// The number of elements that are not zero.
    Count,
    /// The smallest or largest float.
    FloatGreatest,
    /// The smallest or largest integer.
    IntegerGreatest,
    /// Whether a run can have the position of the smallest or largest float.
    FloatPosition,
}

/// A direct kernel for elements of one type.
#[derive(Clone, Copy)]
pub(super) struct Direct {
    goal: Goal,
    size: u64,
    is_signed: bool,
    is_min: bool,
}

impl Direct {
    /// Returns the kernel for an operation on elements of a type, if there is one.
    pub(super) fn new(operation: Operation, source: Scalar) -> Option<Self> {
        let Scalar { kind, size, order, .. } = source;
        let is_float = kind == Kind::Float && matches!(size, 4 | 8);
        let is_integer = matches!(kind, Kind::Int | Kind::Uint);
        if order == ByteOrder::Big && size > 1 {
            return None;
        }
        let goal = match operation {
            Operation::Sum | Operation::Mean if is_float => Goal::FloatSum,
            Operation::Sum if is_integer => Goal::IntegerSum,
            Operation::Sum if kind == Kind::Bool => Goal::Count,
            Operation::Any | Operation::All | Operation::CountNonzero
                if is_float || is_integer || kind == Kind::Bool =>
            {
                Goal::Count
            }
            Operation::Min | Operation::Max if is_float => Goal::FloatGreatest,
            Operation::Min | Operation::Max if is_integer => Goal::IntegerGreatest,
            Operation::Argmin | Operation::Argmax if is_float => Goal::FloatPosition,
            _ => return None,
        };
        // When elements are counted, only floats have a sign that must not count.
        let is_signed = kind != Kind::Uint && kind != Kind::Bool;
        Some(Self {
            goal,
            size,
            is_signed: is_signed && (is_float || goal != Goal::Count),
            is_min: operation.is_min(),
        })
    }

    /// Returns whether runs along a kept axis have a kernel too.
    pub(super) fn takes_kept(self) -> bool {
        matches!(self.goal, Goal::FloatSum | Goal::IntegerSum | Goal::FloatGreatest)
    }

    /// Adds the elements of a run to its accumulators. Returns whether that is done: the run may
    /// have a position that must be searched for.
    #[inline(always)]
    pub(super) fn add<B: Bytes>(
        self,
        bytes: B,
        run: &Run,
        Accumulators { values, extras, .. }: &mut Accumulators,
    ) -> bool {
        let width = if run.kept { run.count } else { 1 };
        let range = run.accumulator..run.accumulator + width;
        let (values, extras) = (&mut values[range.clone()], &mut extras[range]);
        match (self.goal, self.size) {
            (Goal::FloatSum, 4) if run.kept => add_each(bytes, values, |sum, item| {
                *sum = (f64::from_bits(*sum) + f64::from(f32::from_le_bytes(item))).to_bits();
            }),
            (Goal::FloatSum, 4) => sum_short(bytes, &mut values[0], &mut extras[0]),
            (Goal::FloatSum, _) if run.kept => add_each_compensated(bytes, values, extras),
            (Goal::FloatSum, _) => sum_long(bytes, &mut values[0], &mut extras[0]),
            (Goal::IntegerSum, size) => match (size, self.is_signed) {
                (1, true) => {
                    sum_integers(bytes, run, values, |item| i8::from_le_bytes(item).into());
                }
                (1, false) => sum_integers(bytes, run, values, |[item]| item.into()),
                (2, true) => {
                    sum_integers(bytes, run, values, |item| i16::from_le_bytes(item).into());
                }
                (2, false) => {
                    sum_integers(bytes, run, values, |item| u16::from_le_bytes(item).into());
                }
                (4, true) => {
                    sum_integers(bytes, run, values, |item| i32::from_le_bytes(item).into());
                }
                (4, false) => {
                    sum_integers(bytes, run, values, |item| u32::from_le_bytes(item).into());
                }
                _ => sum_integers(bytes, run, values, i64::from_le_bytes),
            },
            (Goal::Count, size) => {
                let count = match (size, self.is_signed) {
                    (1, _) => count(bytes, |[item]: [u8; 1]| item != 0),
                    (2, _) => count(bytes, |item| u16::from_le_bytes(item) != 0),
                    (4, false) => count(bytes, |item| u32::from_le_bytes(item) != 0),
                    (4, true) => count(bytes, |item| u32::from_le_bytes(item) << 1 != 0),
                    (_, false) => count(bytes, |item| u64::from_le_bytes(item) != 0),
                    (_, true) => count(bytes, |item| u64::from_le_bytes(item) << 1 != 0),
                };
                values[0] = values[0].wrapping_add(count);
            }
            (Goal::FloatGreatest, size) if run.kept => {
                let mirror = if self.is_min { u64::MAX } else { 0 };
                if size == 4 {
                    add_each(bytes, values, |best, item| {
                        let word = f64::from(f32::from_le_bytes(item)).to_bits();
                        *best = greater(*best, float_key(word, mirror, false));
                    });
                } else {
                    add_each(bytes, values, |best, item| {
                        let word = u64::from_le_bytes(item);
                        *best = greater(*best, float_key(word, mirror, false));
                    });
                }
            }
            (Goal::FloatGreatest | Goal::FloatPosition, _) => {
                let returns_position = self.goal == Goal::FloatPosition;
                let key = self.greatest_float(bytes, returns_position);
                if returns_position {
                    return !run.improves(key, values[0], extras[0]);
                }
                values[0] = greater(values[0], key);
            }
            (Goal::IntegerGreatest, _) => {
                values[0] = greater(values[0], self.greatest_integer(bytes));
            }
        }
        true
    }

    /// Returns the key of the smallest or largest float.
    #[inline(always)]
    fn greatest_float<B: Bytes>(self, bytes: B, returns_position: bool) -> u64 {
        let best = match (self.size, self.is_min) {
            (4, true) => greatest_short(bytes, f32::INFINITY, |one, other| one < other),
            (4, false) => greatest_short(bytes, f32::NEG_INFINITY, |one, other| one > other),
            (_, true) => greatest_long(bytes, f64::INFINITY, |one, other| one < other),
            (_, false) => greatest_long(bytes, f64::NEG_INFINITY, |one, other| one > other),
        };
        let (mut word, mirror) = (best.to_bits(), if self.is_min { u64::MAX } else { 0 });
        if best == 0.0 && !returns_position {
            // A positive zero is larger than a negative one.
            let sign = if self.is_min { 1 << 63 } else { 0 };
            let has_wanted = if self.size == 4 {
                count(bytes, |item| u64::from(u32::from_le_bytes(item)) << 32 == sign)
            } else {
                count(bytes, |item| u64::from_le_bytes(item) == sign)
            };
            word = if has_wanted > 0 { sign } else { sign ^ 1 << 63 };
        }
        float_key(word, mirror, returns_position)
    }

    /// Returns the key of the smallest or largest integer.
    #[inline(always)]
    fn greatest_integer<B: Bytes>(self, bytes: B) -> u64 {
        // After these bits are flipped, the wanted number is the greatest signed number.
        let mirror = if self.is_min { u64::MAX } else { 0 };
        let sign = if self.is_signed { 0 } else { 1 << (8 * self.size - 1) };
        let flips = (mirror ^ sign).to_le_bytes();
        let best: i64 = match self.size {
            1 => {
                // Bytes are compared without a sign, because processors have an instruction for
                // that.
                let flipped = flips[0] ^ 0x80;
                let best = greatest_of(bytes, 0, |[item]: [u8; 1]| item ^ flipped);
                (best ^ 0x80).cast_signed().into()
            }
            2 => {
                let flipped = i16::from_le_bytes([flips[0], flips[1]]);
                greatest_of(bytes, i16::MIN, |item| i16::from_le_bytes(item) ^ flipped).into()
            }
            4 => {
                let flipped = i32::from_le_bytes([flips[0], flips[1], flips[2], flips[3]]);
                greatest_of(bytes, i32::MIN, |item| i32::from_le_bytes(item) ^ flipped).into()
            }
            _ => {
                let flipped = i64::from_le_bytes(flips);
                greatest_of(bytes, i64::MIN, |item| i64::from_le_bytes(item) ^ flipped)
            }
        };
        let key = best.cast_unsigned();
        if self.is_signed || self.size == 8 {
            key
        } else {
            // The key of a short unsigned number has the sign of a 64-bit number flipped.
            let bits = (key ^ mirror ^ sign) & (u64::MAX >> (64 - 8 * self.size));
            bits ^ 1 << 63 ^ mirror
        }
    }
}

/// Adds each element to its own accumulator.
#[inline(always)]
fn add_each<const SIZE: usize, B: Bytes>(
    mut bytes: B,
    accumulators: &mut [u64],
    add: impl Fn(&mut u64, [u8; SIZE]),
) {
    let mut rest = accumulators;
    let mut block_copy = [0; BLOCK];
    while let Some(block) = bytes.next_block(&mut block_copy) {
        let items = block.as_chunks::<SIZE>().0;
        let (now, others) = core::mem::take(&mut rest).split_at_mut(items.len());
        now.iter_mut().zip(items).for_each(|(accumulator, item)| add(accumulator, *item));
        rest = others;
    }
}

/// Adds each float to its own compensated sum.
#[inline(always)]
fn add_each_compensated<B: Bytes>(mut bytes: B, sums: &mut [u64], rests: &mut [u64]) {
    let mut at = 0;
    let mut block_copy = [0; BLOCK];
    while let Some(block) = bytes.next_block(&mut block_copy) {
        let items = block.as_chunks().0;
        let now = at..at + items.len();
        sums[now.clone()]
            .iter_mut()
            .zip(&mut rests[now])
            .zip(items)
            .for_each(|((sum, rest), item)| add_float(sum, rest, u64::from_le_bytes(*item)));
        at += items.len();
    }
}

/// Adds 32-bit floats to one sum. Within the lanes, sums of 64 bits need no compensation: for so
/// few elements, their rounding errors are below the precision of 32 bits.
#[inline(always)]
fn sum_short<B: Bytes>(mut bytes: B, sum: &mut u64, rest: &mut u64) {
    let mut lanes = [0.0; LANES];
    let mut block_copy = [0; BLOCK];
    while let Some(block) = bytes.next_block(&mut block_copy) {
        let (rows, others) = block.as_chunks::<4>().0.as_chunks::<LANES>();
        for row in rows {
            for lane in 0..LANES {
                lanes[lane] += f64::from(f32::from_le_bytes(row[lane]));
            }
        }
        for (lane, item) in lanes.iter_mut().zip(others) {
            *lane += f64::from(f32::from_le_bytes(*item));
        }
    }
    let pairs: [f64; LANES / 2] = array::from_fn(|lane| lanes[lane] + lanes[lane + LANES / 2]);
    let total = (pairs[0] + pairs[2]) + (pairs[1] + pairs[3]);
    add_float(sum, rest, total.to_bits());
}

/// Adds 64-bit floats to one compensated sum.
#[inline(always)]
fn sum_long<B: Bytes>(mut bytes: B, sum: &mut u64, rest: &mut u64) {
    let (mut sums, mut rests) = ([0; LANES], [0; LANES]);
    let mut block_copy = [0; BLOCK];
    while let Some(block) = bytes.next_block(&mut block_copy) {
        let (rows, others) = block.as_chunks::<8>().0.as_chunks::<LANES>();
        for row in rows {
            for lane in 0..LANES {
                add_float(&mut sums[lane], &mut rests[lane], u64::from_le_bytes(row[lane]));
            }
        }
        for item in others {
            add_float(sum, rest, u64::from_le_bytes(*item));
        }
    }
    add_lanes(&sums, &rests, sum, rest);
}

/// Adds integers modulo 2^64.
#[inline(always)]
fn sum_integers<const SIZE: usize, B: Bytes>(
    mut bytes: B,
    run: &Run,
    sums: &mut [u64],
    decode: impl Fn([u8; SIZE]) -> i64,
) {
    if run.kept {
        return add_each(bytes, sums, |sum, item| {
            *sum = sum.wrapping_add(decode(item).cast_unsigned());
        });
    }
    let mut sum = 0_i64;
    let mut block_copy = [0; BLOCK];
    while let Some(block) = bytes.next_block(&mut block_copy) {
        for item in block.as_chunks().0 {
            sum = sum.wrapping_add(decode(*item));
        }
    }
    sums[0] = sums[0].wrapping_add(sum.cast_unsigned());
}

/// Counts elements.
#[inline(always)]
fn count<const SIZE: usize, B: Bytes>(
    mut bytes: B,
    is_counted: impl Fn([u8; SIZE]) -> bool,
) -> u64 {
    let mut count = 0_u64;
    let mut block_copy = [0; BLOCK];
    while let Some(block) = bytes.next_block(&mut block_copy) {
        // A block is so short that a byte can count its elements.
        for few in block.as_chunks::<SIZE>().0.chunks(128) {
            count += u64::from(few.iter().map(|item| u8::from(is_counted(*item))).sum::<u8>());
        }
    }
    count
}

/// Returns the greatest number.
#[inline(always)]
fn greatest_of<const SIZE: usize, T: Ord + Copy, B: Bytes>(
    mut bytes: B,
    least: T,
    decode: impl Fn([u8; SIZE]) -> T,
) -> T {
    let mut best = least;
    let mut block_copy = [0; BLOCK];
    while let Some(block) = bytes.next_block(&mut block_copy) {
        for item in block.as_chunks().0 {
            best = best.max(decode(*item));
        }
    }
    best
}

/// Returns the float that is better than all others, or NaN if there is one.
macro_rules! greatest {
    ($name:ident, $float:ty, $size:literal, $lanes:literal) => {
        #[inline(always)]
        fn $name<B: Bytes>(
            mut bytes: B,
            worst: $float,
            is_better: impl Fn($float, $float) -> bool,
        ) -> f64 {
            let (mut best, mut has_nan) = ([worst; $lanes], [false; $lanes]);
            let mut block_copy = [0; BLOCK];
            while let Some(block) = bytes.next_block(&mut block_copy) {
                let (rows, others) = block.as_chunks::<$size>().0.as_chunks::<$lanes>();
                for row in rows {
                    for lane in 0..$lanes {
                        let number = <$float>::from_le_bytes(row[lane]);
                        best[lane] =
                            if is_better(number, best[lane]) { number } else { best[lane] };
                        has_nan[lane] |= number.is_nan();
                    }
                }
                for (lane, item) in others.iter().enumerate() {
                    let number = <$float>::from_le_bytes(*item);
                    best[lane] = if is_better(number, best[lane]) { number } else { best[lane] };
                    has_nan[lane] |= number.is_nan();
                }
            }
            if has_nan.contains(&true) {
                return f64::NAN;
            }
            let better = |one, other| if is_better(other, one) { other } else { one };
            best.into_iter().fold(worst, better).into()
        }
    };
}

greatest!(greatest_short, f32, 4, 16);
greatest!(greatest_long, f64, 8, 8);
