//! Formats values for messages: shapes as Python prints them, and short excerpts of texts that come
//! from a plugin or a file.
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

/// Returns the first 40 characters of a text, with control characters escaped so that a terminal
/// does not obey them.
pub(crate) fn excerpt(text: &str) -> String {
    const MAX_CHARACTERS: usize = 40;
    let mut short = String::new();
    for (number, character) in text.chars().enumerate() {
        if number == MAX_CHARACTERS {
            short.push_str("...");
            break;
        }
        if character.is_control() {
            short.extend(character.escape_unicode());
        } else {
            short.push(character);
        }
    }
    short
}

/// Returns an excerpt of what a value, such as a dtype, prints.
pub(crate) fn excerpt_of(value: &dyn fmt::Display) -> String {
    excerpt(&value.to_string())
}
