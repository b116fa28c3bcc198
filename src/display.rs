//! Formats values for messages: shapes as Python prints them, and short excerpts of texts that come
//! from a plugin or a file; and escapes what a terminal would obey.
//!
//! This is below all other modules, because messages of every level need it.

use alloc::string::{String, ToString};
use core::fmt;

/// A shape, or strides, as Python prints a tuple: `(3, 4)`, `(3,)`, `()`.
pub(crate) struct ShapeDisplay<'a, T>(pub(crate) &'a [T]);

impl<T: fmt::Display> fmt::Display for ShapeDisplay<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(")?;
        for (position, number) in self.0.iter().enumerate() {
            let before = if position == 0 { "" } else { ", " };
            write!(formatter, "{before}{number}")?;
        }
        formatter.write_str(if self.0.len() == 1 { ",)" } else { ")" })
    }
}

/// Returns the first 40 characters of a text.
pub(crate) fn excerpt(text: &str) -> String {
    const MAX_CHARACTERS: usize = 40;
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => String::from(&text[..end]) + "...",
        None => String::from(text),
    }
}

/// Returns an excerpt of what a value, such as a dtype, prints.
pub(crate) fn excerpt_of(value: &dyn fmt::Display) -> String {
    excerpt(&value.to_string())
}

/// Returns a text with an escape for each character that is not printable, as Python's `repr`
/// writes it: `\n`, `\x1b`, `\u202e`. Backslashes and quotation marks stay as they are.
///
/// Messages quote names and texts of plugins, files and servers. In this form they cannot begin a
/// line of a log, and a terminal does not obey them.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut printable = String::new();
    // Writing to a string does not fail.
    _ = write_printable(text, None, &mut printable);
    printable
}

/// Writes a text like [`printable`]. Between quotation marks, it also escapes these and
/// backslashes, as `repr` does.
pub(crate) fn write_printable(
    text: &str,
    quote: Option<char>,
    output: &mut dyn fmt::Write,
) -> fmt::Result {
    for character in text.chars() {
        let short = match character {
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            _ if quote.is_some() && (character == '\\' || quote == Some(character)) => character,
            _ if is_printable(character) => {
                output.write_char(character)?;
                continue;
            }
            _ => {
                let code = u32::from(character);
                let (kind, digits) = match code {
                    0..0x100 => ('x', 2),
                    0x100..0x1_0000 => ('u', 4),
                    _ => ('U', 8),
                };
                write!(output, "\\{kind}{code:0digits$x}")?;
                continue;
            }
        };
        output.write_char('\\')?;
        output.write_char(short)?;
    }
    Ok(())
}

/// Returns whether a character is printable like Python's `str.isprintable`. Rust's `escape_debug`
/// follows the same rule for a character that is not the first one.
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    let mut text = " ".to_string();
    text.push(character);
    text.escape_debug().nth(1) != Some('\\')
}
