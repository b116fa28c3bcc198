//! Element types, in numpy's spellings.

use alloc::format;
use core::fmt;

use crate::error::{Error, Result, printed};

/// What the bytes of a scalar mean: numpy's `dtype.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `b`: one byte, 0 or 1.
    Bool,
    /// `i`: two's complement.
    Int,
    /// `u`: natural numbers.
    Uint,
    /// `f`: IEEE 754; of 16 bytes, the extended format of x86.
    Float,
    /// `c`: two floats, the real part first.
    Complex,
    /// `m`: a distance of two points in time, as `Int` of 8 bytes in some unit; the smallest one is no time.
    Timedelta,
    /// `M`: a point in time, as `Int` of 8 bytes in some unit since 1970; the smallest one is no time.
    Datetime,
    /// `S`: bytes, filled up with zeroes.
    Bytes,
    /// `U`: code points of 4 bytes each, filled up with zeroes.
    Unicode,
    /// `V`: bytes without a meaning.
    Void,
}

/// In which order the bytes of a number lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// The least significant byte first, as in WebAssembly.
    Little,
    /// The most significant byte first.
    Big,
}

/// An element type without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// What the bytes mean.
    pub kind: Kind,
    /// How many bytes they are.
    pub size: u64,
    /// The byte order; [`ByteOrder::Little`] where it has no meaning.
    pub order: ByteOrder,
}

/// Stand-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Stand-in.
    pub dtype: Dtype,
    /// Stand-in.
    pub offset: u64,
}

/// An element type: numpy's `dtype`. Its `Display` is one that numpy reads back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// A type without parts.
    Scalar(Scalar),
}

impl Dtype {
    /// `uint8`, the type of [`crate::array::OpenOptions`] where none is given.
    pub const UINT8: Self = Self::Scalar(Scalar { kind: Kind::Uint, size: 1, order: ByteOrder::Little });

    /// Reads any spelling that numpy accepts for one of the supported types: a name (`float32`), a code
    /// (`f4`, `d`), or a code with its byte order (`<f4`, `>i2`, `|u1`, `=c16`).
    ///
    /// C's names and codes (`long`, `l`) have the sizes that they have on 64-bit Linux.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for the types that numpy has besides, [`Error::InvalidArgument`] for what is
    /// no type.
    pub fn parse(text: &str) -> Result<Self> {
        let (order, code) = match text.as_bytes().first() {
            Some(b'>') => (ByteOrder::Big, &text[1..]),
            Some(b'<' | b'=' | b'|') => (ByteOrder::Little, &text[1..]),
            _ => (ByteOrder::Little, text),
        };
        let named = if code.len() == text.len() { by_name(text) } else { None };
        let Some((kind, size)) = named.or_else(|| by_code(code)) else { return Err(refuse(text, code)) };
        // The order of a single byte has no meaning; one spelling of it keeps equal types equal.
        Ok(Self::Scalar(Scalar { kind, size: size.into(), order: if size == 1 { ByteOrder::Little } else { order } }))
    }

    /// The size of one element in bytes: numpy's `itemsize`.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Scalar(scalar) => scalar.size,
        }
    }

    /// A field (stand-in).
    #[must_use]
    pub fn field(&self, _: &str) -> Option<&Field> {
        None
    }

    /// Stand-in.
    #[must_use]
    pub fn dissolve(self) -> (Self, alloc::vec::Vec<u64>) {
        (self, alloc::vec::Vec::new())
    }

    /// The type, where it has no parts.
    #[must_use]
    pub fn scalar(&self) -> Option<Scalar> {
        match self {
            Self::Scalar(scalar) => Some(*scalar),
        }
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Scalar(scalar) = self;
        let order = match (scalar.size, scalar.order) {
            (1, _) => '|',
            (_, ByteOrder::Little) => '<',
            (_, ByteOrder::Big) => '>',
        };
        let kind = match scalar.kind {
            Kind::Bool => 'b',
            Kind::Int => 'i',
            Kind::Uint => 'u',
            Kind::Float => 'f',
            Kind::Complex => 'c',
            Kind::Timedelta => 'm',
            Kind::Datetime => 'M',
            Kind::Bytes => 'S',
            Kind::Unicode => 'U',
            Kind::Void => 'V',
        };
        write!(formatter, "{order}{kind}{}", scalar.size)
    }
}

/// The names of types; they take no byte order in front.
fn by_name(name: &str) -> Option<(Kind, u8)> {
    Some(match name {
        "bool" | "bool_" => (Kind::Bool, 1),
        "int8" | "byte" => (Kind::Int, 1),
        "int16" | "short" => (Kind::Int, 2),
        "int32" | "intc" => (Kind::Int, 4),
        "int64" | "int" | "int_" | "intp" | "long" | "longlong" => (Kind::Int, 8),
        "uint8" | "ubyte" => (Kind::Uint, 1),
        "uint16" | "ushort" => (Kind::Uint, 2),
        "uint32" | "uintc" => (Kind::Uint, 4),
        "uint64" | "uint" | "uintp" | "ulong" | "ulonglong" => (Kind::Uint, 8),
        "float16" | "half" => (Kind::Float, 2),
        "float32" | "single" => (Kind::Float, 4),
        "float64" | "float" | "double" => (Kind::Float, 8),
        "complex64" | "csingle" => (Kind::Complex, 8),
        "complex128" | "complex" | "cdouble" => (Kind::Complex, 16),
        _ => return None,
    })
}

/// The codes of types: a letter of C's type, or a letter of the kind and the size.
fn by_code(code: &str) -> Option<(Kind, u8)> {
    Some(match code {
        "?" | "b1" => (Kind::Bool, 1),
        "b" | "i1" => (Kind::Int, 1),
        "h" | "i2" => (Kind::Int, 2),
        "i" | "i4" => (Kind::Int, 4),
        "l" | "q" | "p" | "n" | "i8" => (Kind::Int, 8),
        "B" | "u1" => (Kind::Uint, 1),
        "H" | "u2" => (Kind::Uint, 2),
        "I" | "u4" => (Kind::Uint, 4),
        "L" | "Q" | "P" | "N" | "u8" => (Kind::Uint, 8),
        "e" | "f2" => (Kind::Float, 2),
        "f" | "f4" => (Kind::Float, 4),
        "d" | "f8" => (Kind::Float, 8),
        "F" | "c8" => (Kind::Complex, 8),
        "D" | "c16" => (Kind::Complex, 16),
        _ => return None,
    })
}

/// Tells a type of numpy's that filemap does not have from what is no type.
fn refuse(text: &str, code: &str) -> Error {
    const SUPPORTED: &str = "bool, int8 to int64, uint8 to uint64, float16 to float64, complex64 and complex128, such as \
                             `float32`, `f4` or `>i2`";
    // A number in front makes many elements of one: `2f8`.
    let element = code.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let repeated = element.len() < code.len() && by_code(element).is_some();
    let digits = element.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let letters = &element[..element.len() - digits.len()];
    let sized = matches!(letters, "S" | "a" | "U" | "V") && digits.bytes().all(|byte| byte.is_ascii_digit());
    let dated = matches!(letters, "M" | "m" | "datetime" | "timedelta")
        && (digits.is_empty() || digits.starts_with(['8', '6', '[']));
    let other = matches!(
        code,
        "O" | "O8"
            | "object"
            | "object_"
            | "str"
            | "str_"
            | "bytes"
            | "bytes_"
            | "void"
            | "g"
            | "G"
            | "f16"
            | "c32"
            | "float128"
            | "complex256"
            | "longdouble"
            | "clongdouble"
            | "T"
            | "c"
            | "unicode"
    );
    // Fields, and elements that are arrays; but a shape needs an element behind it, and no negative length.
    let compound = code.contains([',', '(', '[', '{'])
        && !code.as_bytes().windows(2).any(|pair| pair == b"(-")
        && !code.bytes().all(|byte| byte.is_ascii_digit() || b"(), ".contains(&byte));
    if sized || dated || other || repeated || compound {
        Error::Unsupported(format!(
            "the dtype `{}` is one of numpy's that filemap does not have; it has {SUPPORTED}",
            printed(text)
        ))
    } else {
        Error::InvalidArgument(format!("`{}` is not a dtype; use one of {SUPPORTED}", printed(text)))
    }
}
