//! Dtypes in numpy's comma-separated notation: `f4`, `(2, 3)f4`, `i4, 2>f8, S5`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::literal::{Encoding, Literal};
use super::structured::{FieldDraft, apply_shape, build_structure};
use super::{Dtype, Scalar};
use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::limits::MAX_DTYPE;
use crate::message;

/// The maximum number of fields: a text of the maximum length has no room for more.
const MAX_FIELDS: usize = MAX_DTYPE / 2;

/// Parses a string of one or more types. `aligned` aligns the fields of several types.
pub(super) fn parse(text: &str, aligned: bool) -> Result<Dtype> {
    if !is_compound(text) {
        return Scalar::parse(text).map(Dtype::Scalar);
    }
    let mut reader = Reader { text, position: 0 };
    let mut drafts = Vec::new();
    let mut several = false;
    while reader.position < text.len() {
        let number = drafts.len();
        if number == MAX_FIELDS {
            return Err(Error::LimitExceeded(message!(
                "a dtype has at most {MAX_FIELDS} fields (fixed): split it"
            )));
        }
        let invalid = || {
            let number = number + 1;
            Error::InvalidArgument(message!(
                "data type '{}' not understood: field {number} is not a type",
                excerpt(text)
            ))
        };
        let (repeats, element) = reader.item().ok_or_else(invalid)?;
        let mut dtype = parse(&element, aligned)?;
        if !repeats.is_empty() {
            let shape =
                Literal::parse(repeats.as_bytes(), Encoding::Utf8).map_err(|_| invalid())?;
            dtype = apply_shape(dtype, &shape).map_err(|refusal| refusal.error)?;
        }
        drafts.push(FieldDraft {
            position: 0,
            name: format!("f{number}"),
            title: None,
            dtype,
            offset: None,
        });
        several |= reader.separator().ok_or_else(invalid)?;
    }
    if !several && drafts.len() == 1 {
        return Ok(drafts.remove(0).dtype);
    }
    build_structure(drafts, aligned, None).map_err(|refusal| refusal.error)
}

/// Returns whether a text is more than a name or a code: it begins with a number or `()`, or has a
/// comma outside brackets.
fn is_compound(text: &str) -> bool {
    let start = text.strip_prefix(['<', '>', '=', '|']).unwrap_or(text);
    let mut open = 0;
    start.starts_with(|first: char| first.is_ascii_digit())
        || start.starts_with("()")
        || text.bytes().any(|byte| {
            open += i32::from(byte == b'[') - i32::from(byte == b']');
            byte == b',' && open == 0
        })
}

const ORDERS: &str = "<>=|";
const NAME: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.?";
const UNIT: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,";
const SPACE: &str = " \t\n\r\x0c";

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    /// Parses one item. Returns its repeats as a Python literal, possibly empty, and its type:
    /// `(2, 3)` and `>f4` for `>(2, 3)f4`.
    fn item(&mut self) -> Option<(String, String)> {
        let before = self.take(1, ORDERS);
        let start = self.position;
        self.take(usize::MAX, " ");
        self.take(1, "(");
        self.take(usize::MAX, " ,0123456789");
        self.take(1, ")");
        self.take(usize::MAX, " ");
        let repeats = &self.text[start..self.position];
        let behind = self.take(1, ORDERS);

        let start = self.position;
        self.take(usize::MAX, NAME);
        let end = self.position;
        // Empty or unclosed brackets are not part of the type.
        if !self.take(1, "[").is_empty()
            && (self.take(usize::MAX, UNIT).is_empty() || self.take(1, "]").is_empty())
        {
            self.position = end;
        }
        let name = &self.text[start..self.position];

        let little = |order: &'a str| if order == "=" { "<" } else { order };
        let order = match (before, behind) {
            ("", order) | (order, "") => order,
            (before, behind) if little(before) == little(behind) => before,
            _ => return None,
        };
        // A Python tuple needs no parentheses, but a literal within them is parsed as one.
        let bare = repeats.contains(',') && !repeats.contains('(');
        let repeats = if bare { format!("({repeats})") } else { repeats.into() };
        Some((repeats, if order == ">" { format!(">{name}") } else { name.into() }))
    }

    /// Skips the separator of two fields. Returns whether it has a comma, or `None` if there is
    /// other text.
    fn separator(&mut self) -> Option<bool> {
        self.take(usize::MAX, SPACE);
        let comma = !self.take(1, ",").is_empty();
        self.take(usize::MAX, SPACE);
        (comma || self.position == self.text.len()).then_some(comma)
    }

    /// Takes at most `max` bytes that are in `wanted`, which is ASCII.
    #[inline(never)]
    fn take(&mut self, max: usize, wanted: &str) -> &'a str {
        let start = self.position;
        let rest = &self.text.as_bytes()[start..];
        self.position +=
            rest.iter().take(max).take_while(|byte| wanted.as_bytes().contains(byte)).count();
        &self.text[start..self.position]
    }
}
