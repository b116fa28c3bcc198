//! Printing dtypes as Python literals, which numpy reads back.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::{self, Display, Write};

use super::{Dtype, Field, Structured};
use crate::display::{ShapeDisplay, write_printable};
use crate::error::{Error, Result};

impl fmt::Display for Dtype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(scalar) => scalar.fmt(formatter),
            _ => self.print(false, formatter),
        }
    }
}

impl Dtype {
    /// Returns the `descr` that numpy writes into the header of a `.npy` file, as text:
    /// `numpy.lib.format.dtype_to_descr`.
    ///
    /// It describes gaps as unnamed fields, and a subarray type as void.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if fields overlap or are not in the order of their offsets,
    /// because the format cannot describe such fields.
    pub fn descr(&self) -> Result<String> {
        match self {
            Self::Subarray(subarray) => Ok(format!("'|V{}'", subarray.size)),
            _ if self.is_in_order() => Ok(NpyDescr(self).to_string()),
            _ => Err(Error::InvalidArgument(
                "a .npy file cannot describe fields that overlap or are not in the order of their \
                 offsets: use another dtype, or a file without a header"
                    .into(),
            )),
        }
    }

    /// Returns whether the fields do not overlap and ascend, at all levels.
    fn is_in_order(&self) -> bool {
        match self {
            Self::Scalar(_) => true,
            Self::Subarray(subarray) => subarray.element.is_in_order(),
            Self::Structured(structured) => {
                let mut end = 0;
                structured.fields.iter().all(|field| {
                    let start = core::mem::replace(&mut end, field.offset + field.dtype.size());
                    start <= field.offset && field.dtype.is_in_order()
                })
            }
        }
    }

    /// Returns whether a list of fields describes the type completely, at all levels.
    fn is_list_enough(&self) -> bool {
        match self {
            Self::Scalar(_) => true,
            Self::Subarray(subarray) => subarray.element.is_list_enough(),
            Self::Structured(structured) => {
                let mut end = 0;
                !structured.aligned
                    && structured.fields.iter().all(|field| {
                        let start = core::mem::replace(&mut end, field.offset + field.dtype.size());
                        start == field.offset
                            && !field.name.is_empty()
                            && field.dtype.is_list_enough()
                    })
                    && end == structured.size
            }
        }
    }

    /// Writes the type as a literal. `for_npy` selects the notation of `.npy` files, where gaps are
    /// unnamed fields.
    fn print(&self, for_npy: bool, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(scalar) => write!(formatter, "'{scalar}'"),
            Self::Subarray(subarray) => {
                formatter.write_str("(")?;
                subarray.element.print(for_npy, formatter)?;
                write!(formatter, ", {})", ShapeDisplay(&subarray.shape))
            }
            Self::Structured(structured) if for_npy || self.is_list_enough() => {
                structured.list(for_npy, formatter)
            }
            Self::Structured(structured) => structured.dictionary(formatter),
        }
    }
}

/// Displays a dtype in the notation of `.npy` files.
struct NpyDescr<'a>(&'a Dtype);

impl fmt::Display for NpyDescr<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.print(true, formatter)
    }
}

impl Structured {
    fn list(&self, for_npy: bool, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "[";
        let mut end = 0;
        for Field { name, title, dtype, offset } in &self.fields {
            separator = gap(separator, end, *offset, formatter)?;
            end = offset + dtype.size();
            write!(formatter, "{separator}(")?;
            match title {
                Some(title) => write!(formatter, "({}, {}), ", Quoted(title), Quoted(name))?,
                None => write!(formatter, "{}, ", Quoted(name))?,
            }
            if let Dtype::Subarray(subarray) = dtype {
                subarray.element.print(for_npy, formatter)?;
                write!(formatter, ", {})", ShapeDisplay(&subarray.shape))?;
            } else {
                dtype.print(for_npy, formatter)?;
                formatter.write_str(")")?;
            }
            separator = ", ";
        }
        separator = gap(separator, end, self.size, formatter)?;
        formatter.write_str(if separator == "[" { "[]" } else { "]" })
    }

    fn dictionary(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write_list = |key: &str, formatter: &mut fmt::Formatter<'_>, print: Printer| {
            write!(formatter, "'{key}': [")?;
            for (number, field) in self.fields.iter().enumerate() {
                formatter.write_str(if number == 0 { "" } else { ", " })?;
                print(field, formatter)?;
            }
            formatter.write_str("], ")
        };
        formatter.write_str("{")?;
        write_list("names", formatter, |field, formatter| Quoted(&field.name).fmt(formatter))?;
        write_list("formats", formatter, |field, formatter| field.dtype.print(false, formatter))?;
        write_list("offsets", formatter, |field, formatter| field.offset.fmt(formatter))?;
        if self.fields.iter().any(|field| field.title.is_some()) {
            write_list("titles", formatter, |field, formatter| match &field.title {
                Some(title) => Quoted(title).fmt(formatter),
                None => formatter.write_str("None"),
            })?;
        }
        write!(
            formatter,
            "'itemsize': {}{}}}",
            self.size,
            if self.aligned { ", 'aligned': True" } else { "" }
        )
    }
}

type Printer = fn(&Field, &mut fmt::Formatter<'_>) -> fmt::Result;

/// Writes a gap between two fields as an unnamed field. Returns the separator to write next.
fn gap(
    separator: &'static str,
    end: u64,
    start: u64,
    formatter: &mut fmt::Formatter<'_>,
) -> core::result::Result<&'static str, fmt::Error> {
    if start <= end {
        return Ok(separator);
    }
    write!(formatter, "{separator}('', '|V{}')", start - end)?;
    Ok(", ")
}

/// Displays a text like Python's `repr`.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains('\'') && !self.0.contains('"') { '"' } else { '\'' };
        formatter.write_char(quote)?;
        write_printable(self.0, Some(quote), formatter)?;
        formatter.write_char(quote)
    }
}
