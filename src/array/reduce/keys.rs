//! Comparison keys: signed 64-bit integers in the order of the elements, or in the opposite order.
//!
//! The greatest key belongs to the element that a reduction looks for, so that one loop finds the
//! least and the greatest of every type.

use crate::dtype::{ByteOrder, Kind, Scalar};

/// The smallest `i64`, which is no time.
pub(super) const NO_TIME: u64 = 1 << 63;

/// The key of every NaN.
pub(super) const NAN_KEY: u64 = i64::MAX.cast_unsigned();

pub(super) fn float_key(word: u64, mirror: u64, is_place: bool) -> u64 {
    let number = f64::from_bits(word);
    // The two zeroes are the same number, and one of them is not before the other.
    let word = if is_place && number == 0.0 { 0 } else { word };
    if number.is_nan() { NAN_KEY } else { fold_negative(word) ^ mirror }
}

/// Turns the order of negative floats around, which grow with their bits; the same again is the
/// reverse.
pub(super) fn fold_negative(word: u64) -> u64 {
    word ^ ((word.cast_signed() >> 63).cast_unsigned() >> 1)
}

/// The type as which elements are looked at: texts that are as short as a number have the order of
/// one.
pub(super) fn comparable(source: Scalar) -> Scalar {
    let order = match (source.kind, source.size) {
        (Kind::Bytes, 1) => ByteOrder::Little,
        (Kind::Bytes, 2 | 4 | 8) => ByteOrder::Big,
        (Kind::Unicode, 4) => source.order,
        _ => return source,
    };
    Scalar { kind: Kind::Uint, order, ..source }
}

/// The element that has this key, as a word; the reverse of [`Decoder::make_keys`].
pub(super) fn from_key(key: u64, kind: Kind, is_least: bool) -> u64 {
    let mirror = if is_least { u64::MAX } else { 0 };
    match kind {
        Kind::Float if key == NAN_KEY => f64::NAN.to_bits(),
        Kind::Float => fold_negative(key ^ mirror),
        Kind::Complex => key ^ (mirror & NO_TIME),
        Kind::Uint => key ^ NO_TIME ^ mirror,
        Kind::Timedelta | Kind::Datetime if !is_least => key.wrapping_add(1),
        _ => key ^ mirror,
    }
}
