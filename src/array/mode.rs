//! What may be done with the file of an array.

use alloc::format;
use core::fmt;
use core::str::FromStr;

use crate::error::{Error, printed};
use crate::region::Sharing;

/// What may be done with the file of an array: numpy's modes. Its `Display` is the name that it has in the WIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `r`: the file is read.
    ReadOnly,
    /// `c`: writes change what the array and its views see, and never the file.
    CopyOnWrite,
    /// `r+`: writes change the file, which is extended where it is too short.
    ReadWrite,
    /// `w+`: the file is created, or emptied.
    Write,
}

impl Mode {
    /// Every mode, with numpy's letter, numpy's long name, and the name that it has in the WIT.
    pub const NAMES: [(Self, [&str; 3]); 4] = [
        (Self::ReadOnly, ["r", "readonly", "read-only"]),
        (Self::CopyOnWrite, ["c", "copyonwrite", "copy-on-write"]),
        (Self::ReadWrite, ["r+", "readwrite", "read-write"]),
        (Self::Write, ["w+", "write", "write"]),
    ];

    /// Whether the array may be written to.
    #[must_use]
    pub const fn is_writeable(self) -> bool {
        !matches!(self, Self::ReadOnly)
    }

    /// What becomes of what is written.
    #[must_use]
    pub const fn sharing(self) -> Sharing {
        match self {
            Self::ReadOnly => Sharing::ReadOnly,
            Self::CopyOnWrite => Sharing::Private,
            Self::ReadWrite | Self::Write => Sharing::Shared,
        }
    }

    /// Whether what is written goes to the file.
    #[must_use]
    pub const fn changes_file(self) -> bool {
        matches!(self, Self::ReadWrite | Self::Write)
    }
}

impl FromStr for Mode {
    type Err = Error;

    /// Reads any of the names.
    fn from_str(text: &str) -> Result<Self, Error> {
        let named = Self::NAMES.into_iter().find(|(_, names)| names.contains(&text));
        named.map(|(mode, _)| mode).ok_or_else(|| {
            Error::InvalidArgument(format!(
                "`{}` is no mode: use `r` (`readonly`), `c` (`copyonwrite`), `r+` (`readwrite`) or `w+` (`write`)",
                printed(text)
            ))
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, [.., name]) = Self::NAMES[*self as usize];
        formatter.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn every_name_of_a_mode_is_read() {
        for (mode, names) in Mode::NAMES {
            assert_eq!(mode.to_string(), names[2]);
            for name in names {
                assert_eq!(name.parse(), Ok(mode));
            }
        }
    }

    #[test]
    fn what_is_no_mode_is_refused_with_the_names() {
        for text in ["", "w", "rb", "R", "read"] {
            let error = text.parse::<Mode>().unwrap_err();
            assert!(matches!(&error, Error::InvalidArgument(text) if text.contains("`copyonwrite`")), "{error}");
        }
    }
}
