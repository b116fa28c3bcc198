//! Dtypes in one string without quotes: `f4`, `(2, 3)f4`, `i4, 2>f8, S5`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::literal::{Encoding, Literal};
use super::structured::{FieldDraft, apply_shape, build_structure};
use super::{Dtype, Scalar};
use crate::display::excerpt;
use crate::error::{Error, Result};
use crate::limits::MAX_DTYPE;

/// How many fields such a string may have: as many as the longest text of a dtype has room for.
const MAX_FIELDS: usize = MAX_DTYPE / 2;

/// Reads any such string; in a structure that is aligned, one of several fields is too.
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
            return Err(Error::LimitExceeded(format!(
                "a dtype has at max {MAX_FIELDS} fields: split it"
            )));
        }
        let invalid = || {
            let number = number + 1;
            Error::InvalidArgument(format!(
                "`{}` is not a dtype: field {number} is no type",
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

/// Whether there is more than a name or a code: a number or `()` at the start, or a comma that is
/// not in brackets.
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
    /// How often, as a Python literal if at all, and what: `(2, 3)` and `>f4` of `>(2, 3)f4`.
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
        // Brackets that do not close, or are empty, belong to nothing.
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
        // A tuple needs no parentheses in Python; within them it is one in any case.
        let bare = repeats.contains(',') && !repeats.contains('(');
        let repeats = if bare { format!("({repeats})") } else { repeats.into() };
        Some((repeats, if order == ">" { format!(">{name}") } else { name.into() }))
    }

    /// Goes past what separates two fields: whether there was a comma, or `None` for something
    /// else.
    fn separator(&mut self) -> Option<bool> {
        self.take(usize::MAX, SPACE);
        let comma = !self.take(1, ",").is_empty();
        self.take(usize::MAX, SPACE);
        (comma || self.position == self.text.len()).then_some(comma)
    }

    /// Takes the next bytes that are among the wanted, all of them ASCII.
    #[inline(never)]
    fn take(&mut self, max: usize, wanted: &str) -> &'a str {
        let start = self.position;
        let rest = &self.text.as_bytes()[start..];
        self.position +=
            rest.iter().take(max).take_while(|byte| wanted.as_bytes().contains(byte)).count();
        &self.text[start..self.position]
    }
}
