//! Headers of `.npy` files, versions 1.0, 2.0 and 3.0.
//!
//! A header consists of six bytes `\x93NUMPY`, two bytes of version, the little-endian length of
//! the text in two bytes (version 1.0) or four, and the text: a Python dictionary with the keys
//! `descr`, `fortran_order` and `shape`. The elements follow. This module does not map files.

mod change;
mod write;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

pub use write::Version;

use crate::display::{ShapeDisplay, excerpt, excerpt_of};
use crate::dtype::{Dtype, Encoding, Literal, ParseMode, Value};
use crate::error::{Error, Result};
use crate::fs::File;
use crate::layout::{Layout, Order};
use crate::limits::{DEFAULT_NPY_HEADER, MAX_NPY_HEADER, zeroed};
use crate::message;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The words of numpy for a missing or an unexpected key.
const WRONG_KEYS: &str = "Header does not contain the correct keys";

/// The header of a `.npy` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The layout of the array. The axes of a subarray dtype follow those of the header's shape.
    pub layout: Layout,
    /// The offset of the elements in the file, in bytes.
    pub offset: u64,
    /// The order of the elements in the header, which the layout does not tell if both orders
    /// apply.
    pub order: Order,
    /// The number of axes of the header's shape.
    axes: usize,
    /// All bytes before the elements.
    bytes: Vec<u8>,
}

/// Returns the offset of the text, for a major version.
const fn text_start(version: u8) -> usize {
    if version == 1 { 10 } else { 12 }
}

/// Returns the encoding of the text, for a major version.
const fn encoding(version: u8) -> Encoding {
    if version == 3 { Encoding::Utf8 } else { Encoding::Latin1 }
}

impl Header {
    /// Reads the header of a file, and checks that the file is long enough for the array.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if the header does not follow the format or the file is too short for the
    /// array. [`Error::Unsupported`] for a dtype that filemap does not have, and for a later
    /// version. [`Error::LimitExceeded`] if the text has more than `max_size` characters, by
    /// default [`DEFAULT_NPY_HEADER`] and never more than [`MAX_NPY_HEADER`]. Those of the file
    /// system.
    pub fn read(file: &impl File, name: &str, max_size: Option<u64>) -> Result<Self> {
        let corrupt = |position: usize, what: &str| {
            Error::Corrupt(message!("`{name}` is not a valid .npy file: {what} at byte {position}"))
        };
        let failed = |error| Error::io("read the header of", name, &error);

        let mut start = [0; 12];
        let length = file.read_full(&mut start, 0).map_err(failed)?;
        if length < 8 {
            return Err(corrupt(length, &end_of_file("magic string", 8, length)));
        }
        if !start.starts_with(MAGIC) {
            return Err(corrupt(0, "the magic string is not correct; expected b'\\x93NUMPY'"));
        }
        let (text_start, encoding) = (text_start(start[6]), encoding(start[6]));
        let text_length = match start[6..8] {
            [1..=3, 0] if length < text_start => {
                let what = end_of_file("array header length", text_start - 8, length - 8);
                return Err(corrupt(length, &what));
            }
            [1, 0] => usize::from(u16::from_le_bytes([start[8], start[9]])),
            [2 | 3, 0] => u32::from_le_bytes([start[8], start[9], start[10], start[11]]) as usize,
            [major, minor] => {
                return Err(Error::Unsupported(message!(
                    "cannot open `{name}`: we only support format version (1,0), (2,0), and (3,0), \
                     not ({major}, {minor})"
                )));
            }
            _ => unreachable!("two bytes were taken"),
        };
        let size = file.size().map_err(failed)?;
        let offset = text_start as u64 + text_length as u64;
        if offset > size {
            let end = usize::try_from(size).unwrap_or(usize::MAX);
            let what = end_of_file("array header", text_length, end.saturating_sub(text_start));
            return Err(corrupt(end, &what));
        }
        let max_size = max_size.unwrap_or(DEFAULT_NPY_HEADER).min(MAX_NPY_HEADER);
        let too_long = |length: usize| {
            let instead = if max_size < MAX_NPY_HEADER {
                "allow more by `max-header-size`"
            } else {
                "use a shorter dtype"
            };
            Error::LimitExceeded(message!(
                "cannot open `{name}`: Header info length ({length}) is large and may not be safe \
                 to load securely: at most {max_size} characters are read; {instead}"
            ))
        };
        // A character has up to four bytes in UTF-8.
        let max_bytes = if encoding == Encoding::Utf8 { max_size * 4 } else { max_size };
        if text_length as u64 > max_bytes {
            return Err(too_long(text_length));
        }
        let mut bytes = zeroed(offset)?;
        file.read_exact(&mut bytes, 0).map_err(failed)?;
        let text = &bytes[text_start..];
        if encoding == Encoding::Utf8 {
            let text = core::str::from_utf8(text)
                .map_err(|error| corrupt(text_start + error.valid_up_to(), "invalid UTF-8"))?;
            let length = text.chars().count();
            if length as u64 > max_size {
                return Err(too_long(length));
            }
        }

        let fields = Fields::parse(text, encoding).map_err(|(position, error)| match error {
            Error::Unsupported(text) => {
                Error::Unsupported(message!("cannot open `{name}`: {text}"))
            }
            other => corrupt(text_start + position, other.message()),
        })?;
        let Fields { dtype, order, shape, span } = fields;
        let at_shape = |what: &str| corrupt(text_start + span.start, what);
        let layout = Layout::new_flattened(dtype, &shape, order)
            .map_err(|error| at_shape(error.message()))?;
        if size - offset < layout.nbytes() {
            return Err(at_shape(&format!(
                "the shape {} of `{}` needs {} bytes and the file has only {} after the header",
                ShapeDisplay(&layout.shape),
                excerpt_of(&layout.dtype),
                layout.nbytes(),
                size - offset
            )));
        }
        Ok(Self { layout, offset, order, axes: shape.len(), bytes })
    }
}

/// Describes the end of a file within a part of its header, in the words of numpy.
fn end_of_file(part: &str, expected: usize, found: usize) -> String {
    format!("EOF: reading {part}, expected {expected} bytes got {found}")
}

/// The entries of the header's dictionary, and the range of the shape in the text.
struct Fields {
    dtype: Dtype,
    order: Order,
    shape: Vec<u64>,
    span: Range<usize>,
}

/// Puts the words of numpy before the reason why a text is not a dtype.
fn not_a_descriptor(error: Error) -> Error {
    match error {
        Error::Unsupported(_) => error,
        other => Error::Corrupt(message!("descr is not a valid dtype descriptor: {other}")),
    }
}

/// The position of an error in the text, and the error.
type HeaderError = (usize, Error);

fn header_error(literal: &Literal, what: impl Into<String>) -> HeaderError {
    (literal.start, Error::Corrupt(what.into()))
}

impl Fields {
    /// Parses the dictionary, which must have exactly the three keys.
    fn parse(text: &[u8], encoding: Encoding) -> core::result::Result<Self, HeaderError> {
        let header = Literal::parse(text, encoding)
            .map_err(|complaint| (complaint.position, Error::Corrupt(complaint.what.into())))?;
        let Value::Dict(entries) = &header.value else {
            return Err(header_error(&header, "Header is not a dictionary"));
        };
        let keys = ["descr", "fortran_order", "shape"];
        let mut values = [None; 3];
        for (key, value) in entries {
            let Some(number) = keys.iter().position(|wanted| key.text() == Some(wanted)) else {
                let name = excerpt(key.text().unwrap_or("(not a string)"));
                return Err(header_error(key, message!("{WRONG_KEYS}: unexpected key `{name}`")));
            };
            // As in Python, the last of several equal keys wins.
            values[number] = Some(value);
        }
        let value = |number: usize| {
            values[number].ok_or_else(|| {
                header_error(
                    &header,
                    message!("{WRONG_KEYS}: the key `{}` is missing", keys[number]),
                )
            })
        };
        let (descr, order, shape) = (value(0)?, value(1)?, value(2)?);
        let dtype = Dtype::from_literal(descr, ParseMode::NpyDescr)
            .map_err(|refusal| (refusal.position, not_a_descriptor(refusal.error)))?;
        let order = match order.value {
            Value::Bool(false) => Order::C,
            Value::Bool(true) => Order::F,
            _ => {
                return Err(header_error(
                    order,
                    "fortran_order is not a valid bool: expected `True` or `False`",
                ));
            }
        };
        let Value::Tuple(lengths) = &shape.value else {
            return Err(header_error(shape, "shape is not valid: expected a tuple"));
        };
        let span = shape.start..shape.end;
        let mut shape = Vec::with_capacity(lengths.len());
        for length in lengths {
            let natural = length.natural();
            shape.push(natural.ok_or_else(|| {
                header_error(length, "shape is not valid: expected a non-negative integer")
            })?);
        }
        Ok(Self { dtype, order, shape, span })
    }
}
