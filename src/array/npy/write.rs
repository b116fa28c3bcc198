//! Writing headers, byte for byte like `numpy.lib.format.open_memmap`.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Fields, Header, MAGIC, encoding, text_start};
use crate::display::ShapeDisplay;
use crate::dtype::Dtype;
use crate::error::{Error, Result};
use crate::layout::Order;
use crate::message;

/// The alignment of the end of a header, which aligns the elements in memory.
const ALIGNMENT: usize = 64;

/// The number of digits that numpy reserves for the length of the slowest axis, so that the array
/// can grow.
const MAX_DIGITS: usize = 21;

/// A version of the `.npy` format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1.0: at most 65,535 bytes of text, in Latin-1.
    V1,
    /// 2.0: longer text.
    V2,
    /// 3.0: text in UTF-8.
    V3,
}

impl Header {
    /// Returns the header of a new file. Without a version, chooses the first one that can hold the
    /// header. `shape` does not include the axes of a subarray dtype.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if no `.npy` file, or none of that version, can describe the
    /// dtype.
    pub fn to_bytes(
        dtype: &Dtype,
        shape: &[u64],
        order: Order,
        version: Option<Version>,
    ) -> Result<Vec<u8>> {
        let (flag, slowest) = match order {
            Order::C => ("False", shape.first()),
            Order::F => ("True", shape.last()),
        };
        let digits = slowest.map_or(MAX_DIGITS, |length| length.to_string().len());
        let room = MAX_DIGITS.saturating_sub(digits);
        let text = format!(
            "{{'descr': {}, 'fortran_order': {flag}, 'shape': {}, }}{:room$}",
            dtype.descr()?,
            ShapeDisplay(shape),
            ""
        );
        let versions =
            version.map_or([Version::V1, Version::V2, Version::V3], |version| [version; 3]);
        versions.into_iter().find_map(|version| wrap(&text, version)).ok_or_else(|| {
            let length = text.len();
            Error::InvalidArgument(if text.chars().any(|character| character > '\u{ff}') {
                "'latin-1' codec can't encode character of a field name: leave the version open"
                    .into()
            } else {
                message!(
                    "Header length {length} too big for version=(1, 0): leave the version open"
                )
            })
        })
    }

    /// Returns the header with another shape and of the same length, or `None` if there is not
    /// enough room. `shape` does not include the axes of a subarray dtype.
    #[must_use]
    pub fn rewritten(&self, shape: &[u64]) -> Option<Vec<u8>> {
        let text = text_start(self.bytes[6]);
        let old = Fields::parse(&self.bytes[text..], encoding(self.bytes[6])).ok()?.span;
        let (before, after) =
            (&self.bytes[..text + old.start], self.bytes[text + old.end..].trim_ascii_end());
        let newline: &[u8] = if self.bytes.ends_with(b"\n") { b"\n" } else { b"" };
        let mut bytes = before.to_vec();
        bytes.extend_from_slice(ShapeDisplay(shape).to_string().as_bytes());
        bytes.extend_from_slice(after);
        let end = self.bytes.len() - newline.len();
        if bytes.len() > end {
            return None;
        }
        bytes.resize(end, b' ');
        bytes.extend_from_slice(newline);
        Some(bytes)
    }
}

/// Wraps the text of a header, or returns `None` if the version cannot hold it.
fn wrap(text: &str, version: Version) -> Option<Vec<u8>> {
    let (number, length_size) = match version {
        Version::V1 => (1, 2),
        Version::V2 => (2, 4),
        Version::V3 => (3, 4),
    };
    let text = match version {
        Version::V3 => text.as_bytes().to_vec(),
        _ => text
            .chars()
            .map(|character| u8::try_from(u32::from(character)).ok())
            .collect::<Option<_>>()?,
    };
    let start = MAGIC.len() + 2 + length_size;
    // Like numpy, this adds a whole line of padding if the text ends at the alignment.
    let end = (start + text.len() + 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
    let length = u32::try_from(end - start)
        .ok()
        .filter(|length| length_size == 4 || *length <= u16::MAX.into())?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&[number, 0]);
    bytes.extend_from_slice(&length.to_le_bytes()[..length_size]);
    bytes.extend_from_slice(&text);
    bytes.resize(end - 1, b' ');
    bytes.push(b'\n');
    Some(bytes)
}
