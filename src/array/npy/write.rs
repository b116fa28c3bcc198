//! Writing headers, to the byte as `numpy.lib.format.open_memmap` does.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Fields, Header, MAGIC, encoding, text_start};
use crate::display::ShapeDisplay;
use crate::dtype::Dtype;
use crate::error::{Error, Result};
use crate::layout::Order;

/// What the length of a header is a multiple of, so that the elements are aligned in memory.
const ALIGNMENT: usize = 64;

/// How many digits numpy leaves room for, so that the array can grow along its slowest axis.
const MAX_DIGITS: usize = 21;

/// A version of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1.0: the text has at most 65,535 bytes of Latin-1.
    V1,
    /// 2.0: the text is longer.
    V2,
    /// 3.0: the text is UTF-8.
    V3,
}

impl Header {
    /// The header of a new file; without a version, of the first one that can hold it. Of a
    /// sub-array type, the shape is without the axes that it adds.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where no `.npy` file, or none of that version, can describe the
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
            Error::InvalidArgument(
                "a .npy file of this version cannot hold the names of so many or of such fields: \
                 leave the version open"
                    .into(),
            )
        })
    }

    /// The header of the same file with another shape, of the same length; `None` where there is no
    /// room for it. Of a sub-array type, the shape is without the axes that it adds.
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

/// The text with all that is around it, where the version can hold it.
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
    // As numpy does, this fills up a line that is full already.
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
