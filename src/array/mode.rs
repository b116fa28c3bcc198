//! The modes in which an array's file is opened.

use core::fmt;

use crate::region::Sharing;

/// The mode in which a file is opened: numpy's modes. Its `Display` is the name in the WIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `r`: the array is read-only.
    ReadOnly,
    /// `c`: writes are visible in the array and its views, and never reach the file.
    CopyOnWrite,
    /// `r+`: writes go to the file, which is extended if it is too short.
    ReadWrite,
    /// `w+`: the file is created or truncated.
    Write,
}

impl Mode {
    /// Returns whether the array can be written.
    #[must_use]
    pub const fn is_writeable(self) -> bool {
        !matches!(self, Self::ReadOnly)
    }

    /// Returns what happens to written bytes.
    #[must_use]
    pub const fn sharing(self) -> Sharing {
        match self {
            Self::ReadOnly => Sharing::ReadOnly,
            Self::CopyOnWrite => Sharing::Private,
            Self::ReadWrite | Self::Write => Sharing::Shared,
        }
    }

    /// Returns whether writes go to the file.
    #[must_use]
    pub const fn changes_file(self) -> bool {
        matches!(self, Self::ReadWrite | Self::Write)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ReadOnly => "read-only",
            Self::CopyOnWrite => "copy-on-write",
            Self::ReadWrite => "read-write",
            Self::Write => "write",
        })
    }
}
