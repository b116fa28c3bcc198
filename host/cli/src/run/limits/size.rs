//! Numbers of bytes on the command line.

use std::fmt;

use anyhow::{Context as _, Result};

/// A number of bytes, on the command line with or without a binary unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size(pub(super) u64);

/// The units, and the powers of 2 that they are.
const UNITS: [(&str, u32); 4] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];

impl Size {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (number, shift) = UNITS
            .iter()
            .find_map(|&(unit, shift)| Some((text.strip_suffix(unit)?, shift)))
            .unwrap_or((text, 0));
        let number: u64 = number
            .trim_end()
            .parse()
            .context("give a number of bytes, or one of KiB, MiB, GiB or TiB, such as 64MiB")?;
        let bytes = number.checked_mul(1 << shift).context("it is more than 2^64 bytes")?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes) = *self;
        let whole = UNITS.iter().find(|(_, shift)| bytes != 0 && bytes % (1 << shift) == 0);
        match whole {
            Some((unit, shift)) => write!(formatter, "{}{unit}", bytes >> shift),
            None => write!(formatter, "{bytes}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_with_or_without_a_unit() {
        for (text, bytes) in [
            ("0", 0),
            ("65536", 65_536),
            ("1KiB", 1024),
            ("3 MiB", 3 << 20),
            ("2GiB", 2 << 30),
            ("16TiB", 16 << 40),
        ] {
            assert_eq!(Size::parse(text).unwrap(), Size(bytes), "{text}");
        }
        for text in ["", "KiB", "-1", "1.5MiB", "1MB", "99999999999TiB"] {
            assert!(Size::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_size_is_printed_as_it_is_parsed() {
        for (bytes, text) in [(0, "0"), (1000, "1000"), (1 << 20, "1MiB"), (3 << 40, "3TiB")] {
            assert_eq!(Size(bytes).to_string(), text);
            assert_eq!(Size::parse(text).unwrap(), Size(bytes));
        }
    }
}
