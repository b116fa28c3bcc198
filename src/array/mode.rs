//! What may be done with the file of an array.

use core::fmt;

use crate::region::Sharing;

/// What may be done with the file of an array: numpy's modes. Its `Display` is the name that it has
/// in the WIT.
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
