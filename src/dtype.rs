//! Element types: numpy's dtypes of fixed size.

mod build;
mod comma;
mod literal;
mod print;
mod scalar;
mod structured;
mod unit;

use alloc::format;
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

/// How many types can be within each other. Literals may be nested deeper than the deepest type
/// prints.
const MAX_NESTING: usize = 32;

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
    /// `m`: a distance of two points in time, as `Int` of 8 bytes in some unit; the smallest one is
    /// no time.
    Timedelta,
    /// `M`: a point in time, as `Int` of 8 bytes in some unit since 1970; the smallest one is no
    /// time.
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
    /// The min significant byte first, as in WebAssembly.
    Little,
    /// The max significant byte first.
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
    /// What a time is counted in; `None` where that was left open, and for other types.
    pub unit: Option<Unit>,
}

/// An element type that is an array itself: numpy's `dtype.subdtype`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subarray {
    /// The type of its elements.
    pub element: Dtype,
    /// The length of each axis, of which there is at min one.
    pub shape: Vec<u64>,
    /// The number of bytes of all elements.
    pub size: u64,
}

/// An element type of several fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structured {
    /// The fields in the order of numpy's `dtype.names`, which need not be that of their offsets.
    pub fields: Vec<Field>,
    /// The number of bytes: `dtype.itemsize`.
    pub size: u64,
    /// What the size is a multiple of, where the structure is aligned, and else 1:
    /// `dtype.alignment`.
    pub alignment: u64,
    /// Whether the fields were placed as by a C compiler: `dtype.isalignedstruct`.
    pub aligned: bool,
}

/// A part of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// By what it is found.
    pub name: String,
    /// By what it is found too.
    pub title: Option<String>,
    /// Its type.
    pub dtype: Dtype,
    /// Where in the structure it begins, in bytes.
    pub offset: u64,
}

/// An element type: numpy's `dtype`. Its `Display` is one that numpy reads back, as a string
/// (`<f4`) or as a Python literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// A type without parts.
    Scalar(Scalar),
    /// A type that is an array.
    Subarray(Arc<Subarray>),
    /// A type of several fields.
    Structured(Arc<Structured>),
}

impl Dtype {
    /// `uint8`, the type of [`crate::array::OpenOptions`] where none is given.
    pub const UINT8: Self = Self::Scalar(Scalar::new(Kind::Uint, 1, ByteOrder::Little, None));

    /// Reads what `numpy.dtype` takes: a string (`float32`, `<f4`, `M8[ns]`, `(2, 3)f4`, `i4, f8`),
    /// or as text the list, tuple or dictionary that describes a type of several parts (`[('x',
    /// '<f4'), ('y', '<i2', (2,))]`).
    ///
    /// C's names and codes (`long`, `l`) have the sizes that they have on 64-bit Linux.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for the types whose elements lie elsewhere, [`Error::LimitExceeded`]
    /// for a text longer than [`MAX_DTYPE`], [`Error::InvalidArgument`] for what is no type.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_DTYPE {
            let length = text.len();
            return Err(Error::LimitExceeded(format!(
                "a dtype of {length} bytes is too long: at max {MAX_DTYPE} are read"
            )));
        }
        let inner = text.trim_ascii();
        // A shape in front has something behind it: `(2,)f4`.
        let is_literal =
            inner.starts_with(['[', '{']) || inner.starts_with('(') && inner.ends_with(')');
        if !is_literal {
            return comma::parse(text, false);
        }
        let at = |position: usize, what: &str| {
            Error::InvalidArgument(format!(
                "`{}` is not a dtype: at byte {position}, {what}",
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

    /// The type that a literal describes, if few enough others are within it: whoever walks through
    /// its parts calls itself that often.
    pub(crate) fn from_literal(
        literal: &Literal,
        reading: ParseMode,
    ) -> core::result::Result<Self, DtypeError> {
        let dtype = build::from_literal(literal, reading)?;
        if dtype.nesting() <= MAX_NESTING {
            return Ok(dtype);
        }
        Err(DtypeError::new(
            literal.start,
            format!("more than {MAX_NESTING} types within one another"),
        ))
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

    /// The size of one element in bytes: numpy's `itemsize`.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Scalar(scalar) => scalar.size,
            Self::Subarray(subarray) => subarray.size,
            Self::Structured(structured) => structured.size,
        }
    }

    /// What an element lies at a multiple of in an aligned structure: numpy's `alignment`.
    #[must_use]
    pub fn alignment(&self) -> u64 {
        match self {
            Self::Scalar(scalar) => scalar.alignment(),
            Self::Subarray(subarray) => subarray.element.alignment(),
            Self::Structured(structured) => structured.alignment,
        }
    }

    /// How many bytes its parts take in memory, about.
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

    /// The type, where it has no parts.
    #[must_use]
    pub fn scalar(&self) -> Option<Scalar> {
        match self {
            Self::Scalar(scalar) => Some(*scalar),
            _ => None,
        }
    }

    /// The field of that name, or of that title.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        let Self::Structured(structured) = self else { return None };
        structured
            .fields
            .iter()
            .find(|field| field.name == name || field.title.as_deref() == Some(name))
    }

    /// The type of the elements of an array of this type, and the axes that each of this type adds
    /// to its shape, at the end: to numpy an array of arrays is one array.
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
