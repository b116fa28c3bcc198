//! Element types: numpy's dtypes of fixed size, and the texts that spell them.
//!
//! A dtype knows the size and the meaning of an element's bytes. It knows nothing of arrays.

mod build;
mod comma;
mod literal;
mod print;
mod scalar;
mod structured;
mod unit;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub(crate) use build::ParseMode;
pub(crate) use literal::{Encoding, Literal, Value};
pub(crate) use structured::DtypeError;
pub use unit::{Time, Unit};

use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::limits::MAX_DTYPE;
use crate::message;

/// The maximum nesting of types. Every dtype of that nesting prints as a literal that [`literal`]
/// can parse.
const MAX_NESTING: usize = 32;

/// The meaning of a scalar's bytes: numpy's `dtype.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `b`: a boolean, one byte of 0 or 1.
    Bool,
    /// `i`: a signed integer in two's complement.
    Int,
    /// `u`: an unsigned integer.
    Uint,
    /// `f`: an IEEE 754 float; one of 16 bytes has the extended format of x86.
    Float,
    /// `c`: a complex number, two floats with the real part first.
    Complex,
    /// `m`: a duration, an `i64` that counts a unit; the smallest `i64` is `NaT`.
    Timedelta,
    /// `M`: a point in time, an `i64` that counts a unit since 1970; the smallest `i64` is `NaT`.
    Datetime,
    /// `S`: bytes, padded with zeroes.
    Bytes,
    /// `U`: code points of 4 bytes each, padded with zeroes.
    Unicode,
    /// `V`: opaque bytes.
    Void,
}

/// The byte order of numbers in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// The least significant byte first, as in WebAssembly.
    Little,
    /// The most significant byte first.
    Big,
}

/// A scalar element type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The meaning of the bytes.
    pub kind: Kind,
    /// The size in bytes.
    pub size: u64,
    /// The byte order; [`ByteOrder::Little`] for types without one.
    pub order: ByteOrder,
    /// The unit of a time; `None` for numpy's generic unit and for other types.
    pub unit: Option<Unit>,
}

/// An element type that is itself an array: numpy's `dtype.subdtype`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subarray {
    /// The element type of the array.
    pub element: Dtype,
    /// The length of each axis. There is at least one axis.
    pub shape: Vec<u64>,
    /// The size of all elements in bytes.
    pub size: u64,
}

/// A structured element type: several fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structured {
    /// The fields in the order of numpy's `dtype.names`, which may differ from the order of their
    /// offsets.
    pub fields: Vec<Field>,
    /// The size in bytes: `dtype.itemsize`.
    pub size: u64,
    /// The alignment in bytes of an aligned structure, otherwise 1: `dtype.alignment`.
    pub alignment: u64,
    /// Whether the fields are aligned as by a C compiler: `dtype.isalignedstruct`.
    pub aligned: bool,
}

/// A field of a structured type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The title, an alternative name.
    pub title: Option<String>,
    /// The type of the field.
    pub dtype: Dtype,
    /// The offset of the field in the structure, in bytes.
    pub offset: u64,
}

/// An element type: numpy's `dtype`. Its `Display` writes a spelling that numpy reads back: a
/// string such as `<f4`, or a Python literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// A scalar type.
    Scalar(Scalar),
    /// A type that is an array.
    Subarray(Arc<Subarray>),
    /// A type of several fields.
    Structured(Arc<Structured>),
}

impl Dtype {
    /// `uint8`, the default type of [`crate::array::OpenOptions`].
    pub const UINT8: Self = Self::Scalar(Scalar::new(Kind::Uint, 1, ByteOrder::Little, None));

    /// Parses an argument of `numpy.dtype`: a string (`float32`, `<f4`, `M8[ns]`, `(2, 3)f4`,
    /// `i4, f8`), or the text of a list, tuple or dictionary that describes a type
    /// (`[('x', '<f4'), ('y', '<i2', (2,))]`).
    ///
    /// C's names and codes (`long`, `l`) have the sizes of 64-bit Linux.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for types whose values lie outside the array,
    /// [`Error::LimitExceeded`] for a text longer than [`MAX_DTYPE`], [`Error::InvalidArgument`]
    /// for anything else that is not a dtype.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_DTYPE {
            let length = text.len();
            return Err(Error::LimitExceeded(message!(
                "a dtype of {length} bytes is too long: at most {MAX_DTYPE} are read (fixed)"
            )));
        }
        let inner = text.trim_ascii();
        // Text may follow a tuple, as in `(2,)f4`. Then it is not a literal.
        let is_literal =
            inner.starts_with(['[', '{']) || inner.starts_with('(') && inner.ends_with(')');
        if !is_literal {
            return comma::parse(text, false);
        }
        let at = |position: usize, what: &str| {
            Error::InvalidArgument(message!(
                "data type '{}' not understood: at byte {position}, {what}",
                excerpt(text)
            ))
        };
        let literal = Literal::parse(text.as_bytes(), Encoding::Utf8)
            .map_err(|complaint| at(complaint.position, &complaint.what))?;
        Self::from_literal(&literal, ParseMode::Packed).map_err(|refusal| match refusal.error {
            Error::InvalidArgument(what) => at(refusal.position, &what),
            other => other,
        })
    }

    /// Builds the type that a literal describes. Limits the nesting, because functions over types
    /// are recursive.
    pub(crate) fn from_literal(
        literal: &Literal,
        mode: ParseMode,
    ) -> core::result::Result<Self, DtypeError> {
        let dtype = build::from_literal(literal, mode)?;
        if dtype.nesting() <= MAX_NESTING {
            return Ok(dtype);
        }
        Err(DtypeError::new(literal.start, message!("more than {MAX_NESTING} nested types")))
    }

    fn nesting(&self) -> usize {
        match self {
            Self::Scalar(_) => 0,
            Self::Subarray(subarray) => 1 + subarray.element.nesting(),
            Self::Structured(structured) => {
                1 + structured.fields.iter().map(|field| field.dtype.nesting()).max().unwrap_or(0)
            }
        }
    }

    /// Returns the size of an element in bytes: numpy's `itemsize`.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Scalar(scalar) => scalar.size,
            Self::Subarray(subarray) => subarray.size,
            Self::Structured(structured) => structured.size,
        }
    }

    /// Returns the alignment in an aligned structure, in bytes: numpy's `alignment`.
    #[must_use]
    pub fn alignment(&self) -> u64 {
        match self {
            Self::Scalar(scalar) => scalar.alignment(),
            Self::Subarray(subarray) => subarray.element.alignment(),
            Self::Structured(structured) => structured.alignment,
        }
    }

    /// Returns the approximate heap memory of the type, in bytes.
    #[must_use]
    pub fn footprint(&self) -> u64 {
        match self {
            Self::Scalar(_) => 0,
            Self::Subarray(subarray) => 128 + subarray.element.footprint(),
            Self::Structured(structured) => {
                let field = |field: &Field| {
                    let texts = field.name.len() + field.title.as_ref().map_or(0, String::len);
                    (size_of::<Field>() + texts) as u64 + field.dtype.footprint()
                };
                64 + structured.fields.iter().map(field).sum::<u64>()
            }
        }
    }

    /// Returns the scalar type, or `None` for a type with parts.
    #[must_use]
    pub fn scalar(&self) -> Option<Scalar> {
        match self {
            Self::Scalar(scalar) => Some(*scalar),
            _ => None,
        }
    }

    /// Returns the field of a name or title.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        let Self::Structured(structured) = self else { return None };
        structured
            .fields
            .iter()
            .find(|field| field.name == name || field.title.as_deref() == Some(name))
    }

    /// Splits a subarray type into the type of its innermost elements and the axes that it adds at
    /// the end of an array's shape. As in numpy, an array of arrays is one array.
    #[must_use]
    pub fn flatten(self) -> (Self, Vec<u64>) {
        let (mut dtype, mut axes) = (self, Vec::new());
        while let Self::Subarray(subarray) = dtype {
            axes.extend_from_slice(&subarray.shape);
            dtype = subarray.element.clone();
        }
        (dtype, axes)
    }
}
