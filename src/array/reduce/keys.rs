//! Comparison keys: signed 64-bit integers in the order of the elements, or in the reverse order.
//!
//! The element that `min` or `max` looks for has the greatest key, so one loop serves both
//! operations and all types.

use crate::dtype::{ByteOrder, Kind, Scalar};

/// The bits of numpy's `NaT`, "not a time": the smallest `i64`.
pub(super) const NAT: u64 = 1 << 63;

/// The key of every NaN.
pub(super) const NAN_KEY: u64 = i64::MAX.cast_unsigned();

/// Returns the key of a float. The bits in `mirror` reverse the order.
pub(super) fn float_key(word: u64, mirror: u64, returns_position: bool) -> u64 {
    let number = f64::from_bits(word);
    // Both zeroes are equal, so the position of the first of them counts.
    let word = if returns_position && number == 0.0 { 0 } else { word };
    if number.is_nan() { NAN_KEY } else { flip_negative(word) ^ mirror }
}

/// Reverses the order of the bits of negative floats, so that they compare as integers. Is its own
/// inverse.
pub(super) fn flip_negative(word: u64) -> u64 {
    word ^ ((word.cast_signed() >> 63).cast_unsigned() >> 1)
}

/// Returns the type as which elements are compared: texts of the length of an integer compare as
/// that integer.
pub(super) fn comparison_type(source: Scalar) -> Scalar {
    let order = match (source.kind, source.size) {
        (Kind::Bytes, 1) => ByteOrder::Little,
        (Kind::Bytes, 2 | 4 | 8) => ByteOrder::Big,
        (Kind::Unicode, 4) => source.order,
        _ => return source,
    };
    Scalar { kind: Kind::Uint, order, ..source }
}

/// Returns the element that has this key, as a word: the inverse of the decoder's `make_keys`.
pub(super) fn from_key(key: u64, kind: Kind, is_min: bool) -> u64 {
    let mirror = if is_min { u64::MAX } else { 0 };
    match kind {
        Kind::Float if key == NAN_KEY => f64::NAN.to_bits(),
        Kind::Float => flip_negative(key ^ mirror),
        Kind::Complex => key ^ (mirror & NAT),
        Kind::Uint => key ^ NAT ^ mirror,
        Kind::Timedelta | Kind::Datetime if !is_min => key.wrapping_add(1),
        _ => key ^ mirror,
    }
}
