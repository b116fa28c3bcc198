//! Scalar types, by name (`float32`) and by code (`<f4`).

use core::fmt;

use super::unit::{Parsed, natural};
use super::{ByteOrder, Kind, Scalar, Unit};
use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::message;

/// The one-letter codes, with the kind and the size in bytes of each. C's types have the sizes of
/// 64-bit Linux.
const LETTERS: [(u8, Kind, u8); 29] = [
    (b'?', Kind::Bool, 1),
    (b'b', Kind::Int, 1),
    (b'h', Kind::Int, 2),
    (b'i', Kind::Int, 4),
    (b'l', Kind::Int, 8),
    (b'n', Kind::Int, 8),
    (b'p', Kind::Int, 8),
    (b'q', Kind::Int, 8),
    (b'B', Kind::Uint, 1),
    (b'H', Kind::Uint, 2),
    (b'I', Kind::Uint, 4),
    (b'L', Kind::Uint, 8),
    (b'N', Kind::Uint, 8),
    (b'P', Kind::Uint, 8),
    (b'Q', Kind::Uint, 8),
    (b'e', Kind::Float, 2),
    (b'f', Kind::Float, 4),
    (b'd', Kind::Float, 8),
    (b'g', Kind::Float, 16),
    (b'F', Kind::Complex, 8),
    (b'D', Kind::Complex, 16),
    (b'G', Kind::Complex, 32),
    (b'm', Kind::Timedelta, 8),
    (b'M', Kind::Datetime, 8),
    (b'S', Kind::Bytes, 0),
    (b'a', Kind::Bytes, 0),
    (b'c', Kind::Bytes, 1),
    (b'U', Kind::Unicode, 0),
    (b'V', Kind::Void, 0),
];

/// Lines of a one-letter code and the names for it.
const NAMES: &str = "? bool bool_;b int8 byte;h int16 short;i int32 intc;l int64 int int_ intp \
    long longlong;B uint8 ubyte;H uint16 ushort;I uint32 uintc;L uint64 uint uintp ulong \
    ulonglong;e float16 half;f float32 single;d float64 float double;g float128 longdouble;F \
    complex64 csingle;D complex128 complex cdouble;G complex256 clongdouble;S bytes bytes_;U str \
    str_ unicode;V void;O object object_";

impl Scalar {
    pub(super) const fn new(kind: Kind, size: u64, order: ByteOrder, unit: Option<Unit>) -> Self {
        let mut scalar = Self { kind, size, order, unit };
        // Types without a byte order all get the same one, so that equal types compare equal.
        if !scalar.has_order() {
            scalar.order = ByteOrder::Little;
        }
        scalar
    }

    /// Parses a name or a code.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (order, code) = match text.as_bytes().first() {
            Some(b'>') => (ByteOrder::Big, &text[1..]),
            Some(b'<' | b'=' | b'|') => (ByteOrder::Little, &text[1..]),
            _ => (ByteOrder::Little, text),
        };
        let found = by_code(code).or_else(|| by_letter(by_name(text)?));
        let Some((kind, size, unit)) = found else { return Err(refuse(text, code)) };
        Ok(Self::new(kind, size, order, unit))
    }

    /// Returns whether the type has a byte order.
    const fn has_order(&self) -> bool {
        match self.kind {
            Kind::Bool | Kind::Bytes | Kind::Void => false,
            Kind::Int | Kind::Uint => self.size > 1,
            _ => true,
        }
    }

    /// Returns the alignment in an aligned structure, in bytes.
    pub(super) const fn alignment(&self) -> u64 {
        match self.kind {
            Kind::Bytes | Kind::Void => 1,
            Kind::Unicode => 4,
            Kind::Complex => self.size / 2,
            _ => self.size,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match self.order {
            _ if !self.has_order() => '|',
            ByteOrder::Little => '<',
            ByteOrder::Big => '>',
        };
        let (kind, size) = match self.kind {
            Kind::Bool => ('b', self.size),
            Kind::Int => ('i', self.size),
            Kind::Uint => ('u', self.size),
            Kind::Float => ('f', self.size),
            Kind::Complex => ('c', self.size),
            Kind::Timedelta => ('m', self.size),
            Kind::Datetime => ('M', self.size),
            Kind::Bytes => ('S', self.size),
            Kind::Unicode => ('U', self.size / 4),
            Kind::Void => ('V', self.size),
        };
        write!(formatter, "{order}{kind}{size}")?;
        self.unit.map_or(Ok(()), |unit| unit.fmt(formatter))
    }
}

type Found = (Kind, u64, Option<Unit>);

fn by_letter(letter: u8) -> Option<Found> {
    LETTERS.iter().find(|entry| entry.0 == letter).map(|&(_, kind, size)| (kind, size.into(), None))
}

/// Looks up a one-letter code, or the letter of a kind followed by a size.
fn by_code(code: &str) -> Option<Found> {
    for (start, kind) in [
        ("M8", Kind::Datetime),
        ("m8", Kind::Timedelta),
        ("datetime64", Kind::Datetime),
        ("timedelta64", Kind::Timedelta),
    ] {
        if let Some(unit) = code.strip_prefix(start) {
            let parsed = if unit.is_empty() { Parsed::Generic } else { Unit::parse(unit)? };
            return Some((
                kind,
                8,
                if let Parsed::Unit(unit) = parsed { Some(unit) } else { None },
            ));
        }
    }
    let (&letter, digits) = code.as_bytes().split_first()?;
    if digits.is_empty() {
        return by_letter(letter);
    }
    // `get` returns `None` within a character that is not ASCII; no code begins with one.
    let size = natural(code.get(1..)?)?;
    let kind = match letter {
        b'S' | b'a' => return Some((Kind::Bytes, size.into(), None)),
        b'V' => return Some((Kind::Void, size.into(), None)),
        // A character has 4 bytes, and the size must fit a C `int`.
        b'U' => {
            return Some((
                Kind::Unicode,
                size.checked_mul(4).filter(|&size| size >> 31 == 0)?.into(),
                None,
            ));
        }
        b'b' => Kind::Bool,
        b'i' => Kind::Int,
        b'u' => Kind::Uint,
        b'f' => Kind::Float,
        b'c' => Kind::Complex,
        _ => return None,
    };
    let exists = LETTERS.iter().any(|entry| entry.1 == kind && u32::from(entry.2) == size);
    exists.then_some((kind, size.into(), None))
}

/// Looks up the one-letter code for a name.
fn by_name(name: &str) -> Option<u8> {
    NAMES
        .split(';')
        .find(|line| line.split(' ').skip(1).any(|other| other == name))
        .map(|line| line.as_bytes()[0])
}

/// Returns the error for a text that is not a supported dtype. Tells numpy's types without a fixed
/// size from invalid texts.
fn refuse(text: &str, code: &str) -> Error {
    let text_printed = excerpt(text);
    if matches!(code, "O" | "O4" | "O8") || by_name(text) == Some(b'O') {
        return Error::Unsupported(message!(
            "array can't be memory-mapped: Python objects in dtype `{text_printed}`; use a dtype \
             of fixed size"
        ));
    }
    if code == "T" {
        return Error::Unsupported(message!(
            "the dtype `{text_printed}` stands for text of variable length, which lies outside the \
             array: use a dtype of fixed size, such as `U10`"
        ));
    }
    Error::InvalidArgument(message!(
        "data type '{text_printed}' not understood; use one of bool, int8 to int64, uint8 to \
         uint64, float16 to float128, complex64 to complex256, datetime64, timedelta64, S, U and \
         V, such as `float32`, `f4`, `>i2`, `M8[ns]` or `S10`, or a list of fields, such as \
         `[('x', '<f4'), ('y', '<i2')]`"
    ))
}
