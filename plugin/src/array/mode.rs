//! Modes in numpy's spelling.

use std::fmt;
use std::str::FromStr;

use crate::bindings::filemap::data::array::Mode;
use crate::error::{Error, Result};

/// Every mode, with numpy's letters and numpy's long name.
const NAMES: [(Mode, [&str; 2]); 4] = [
    (Mode::ReadOnly, ["r", "readonly"]),
    (Mode::CopyOnWrite, ["c", "copyonwrite"]),
    (Mode::ReadWrite, ["r+", "readwrite"]),
    (Mode::Write, ["w+", "write"]),
];

/// Parses numpy's letters (`r+`) and numpy's long names (`readwrite`).
impl FromStr for Mode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let named = NAMES.into_iter().find(|(_, names)| names.contains(&text));
        named.map(|(mode, _)| mode).ok_or_else(|| {
            Error::InvalidArgument(format!(
                "`{}` is not a mode: use `r` (`readonly`), `c` (`copyonwrite`), `r+` (`readwrite`) \
                 or `w+` (`write`)",
                text.escape_debug()
            ))
        })
    }
}

/// Writes numpy's letters.
impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, [letters, _]) = NAMES[*self as usize];
        formatter.write_str(letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_mode_is_parsed() {
        for (mode, names) in NAMES {
            assert_eq!(mode.to_string(), names[0]);
            for name in names {
                assert_eq!(name.parse(), Ok(mode));
            }
        }
    }

    #[test]
    fn an_invalid_mode_is_an_error_with_the_valid_names() {
        for text in ["", "w", "rb", "R", "read-only"] {
            let error = text.parse::<Mode>().unwrap_err();
            assert!(
                matches!(&error, Error::InvalidArgument(text) if text.contains("`copyonwrite`")),
                "{error}"
            );
        }
    }
}
