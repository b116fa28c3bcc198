//! How an array is opened, and the advice for it.

use std::fmt;
use std::str::FromStr;

use super::Memmap;
use crate::bindings::filemap::data::array as wit;
use crate::error::{Error, Result};

/// What may be done with the file: numpy's modes. `parse` reads numpy's letters and long names, and
/// `Display` writes the letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `r`, `readonly`: reads the file.
    ReadOnly,
    /// `c`, `copyonwrite`: a write changes what the array and its views see, and never the file.
    CopyOnWrite,
    /// `r+`, `readwrite`: a write changes the file. A file that is too short for the shape is
    /// extended with zeroes.
    ReadWrite,
    /// `w+`, `write`: as [`Mode::ReadWrite`], but creates the file, or truncates an existing one.
    /// Requires a shape.
    Write,
}

impl Mode {
    /// Every mode, with numpy's letters and numpy's long name.
    const NAMES: [(Self, [&str; 2]); 4] = [
        (Self::ReadOnly, ["r", "readonly"]),
        (Self::CopyOnWrite, ["c", "copyonwrite"]),
        (Self::ReadWrite, ["r+", "readwrite"]),
        (Self::Write, ["w+", "write"]),
    ];
}

impl FromStr for Mode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let named = Self::NAMES.into_iter().find(|(_, names)| names.contains(&text));
        named.map(|(mode, _)| mode).ok_or_else(|| {
            Error::InvalidArgument(format!(
                "`{}` is not a mode: use `r` (`readonly`), `c` (`copyonwrite`), `r+` (`readwrite`) \
                 or `w+` (`write`)",
                text.escape_debug()
            ))
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, [letters, _]) = Self::NAMES[*self as usize];
        formatter.write_str(letters)
    }
}

/// Defines an enum with the cases of one of the interface's, and the conversions.
macro_rules! mirrored {
    ($(#[$attribute:meta])* $name:ident { $($(#[$documentation:meta])* $case:ident,)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$documentation])* $case,)*
        }

        same_cases! { $name $($case)* }
    };
}

macro_rules! same_cases {
    ($name:ident $($case:ident)*) => {
        impl From<$name> for $crate::bindings::filemap::data::array::$name {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$case => Self::$case,)*
                }
            }
        }

        impl From<$crate::bindings::filemap::data::array::$name> for $name {
            fn from(value: $crate::bindings::filemap::data::array::$name) -> Self {
                match value {
                    $($crate::bindings::filemap::data::array::$name::$case => Self::$case,)*
                }
            }
        }
    };
}

pub(super) use {mirrored, same_cases};

same_cases! { Mode ReadOnly CopyOnWrite ReadWrite Write }

mirrored! {
    /// The order of the elements in the file. It matters from two axes on.
    Order {
        /// Row-major: the last index varies fastest.
        C,
        /// Column-major: the first index varies fastest.
        F,
    }
}

mirrored! {
    /// What the program is going to do with an array: the constants `MADV_*` of `madvise`.
    Advice {
        /// Nothing special.
        Normal,
        /// Accesses in random order: do not read ahead.
        Random,
        /// Accesses from the start to the end: read ahead.
        Sequential,
        /// Accesses to all of it, soon: read it now.
        WillNeed,
        /// No accesses for now: memory that holds parts of the file can be used for something else.
        DontNeed,
        /// Accesses to large parts: use large pages if the system has them for files.
        HugePage,
        /// Accesses to small parts: do not use large pages.
        NoHugePage,
    }
}

/// How to read the bytes of a file: the parameters of `numpy.memmap`.
///
/// ```no_run
/// use filemap_plugin::{Memmap, Order};
///
/// let options = Memmap::options().dtype("<f4").mode("r+".parse()?).offset(512);
/// let grid = options.shape([720, 1440]).order(Order::F).open("data/grid.bin")?;
/// # Ok::<(), filemap_plugin::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct MemmapOptions {
    dtype: Option<String>,
    mode: Mode,
    offset: u64,
    shape: Option<Vec<u64>>,
    order: Order,
}

impl MemmapOptions {
    /// One axis of `uint8` over the whole file, for reading. numpy's default mode is
    /// [`Mode::ReadWrite`]; here, as in `std::fs`, writing is requested.
    pub const fn new() -> Self {
        Self { dtype: None, mode: Mode::ReadOnly, offset: 0, shape: None, order: Order::C }
    }

    /// The element type in numpy's spelling: `float32`, `<f4`, `S10`,
    /// `[('x', '<f4'), ('y', '<i2')]` and others.
    pub fn dtype(mut self, dtype: impl Into<String>) -> Self {
        self.dtype = Some(dtype.into());
        self
    }

    /// What may be done with the file.
    pub const fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// The position of the first element in the file, in bytes. It need not be a multiple of
    /// anything.
    pub const fn offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// The length of each axis. An empty list is a single element without axes. By default there is
    /// one axis over everything behind the offset.
    pub fn shape(mut self, shape: impl Into<Vec<u64>>) -> Self {
        self.shape = Some(shape.into());
        self
    }

    /// The order of the elements in the file.
    pub const fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Maps a part of the file at `path`. No elements are read. Similar to
    /// `numpy.memmap(path, dtype, mode, offset, shape, order)`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], except in [`Mode::Write`]; [`Error::AccessDenied`] for what was not
    /// granted; [`Error::OutOfBounds`] for a file that is too short, in the modes that do not
    /// extend it; [`Error::NoSpace`]; [`Error::Unsupported`] for a dtype without a fixed size; and
    /// [`Error::InvalidArgument`] for options that are invalid, alone or for this file.
    pub fn open(&self, path: &str) -> Result<Memmap> {
        let options = wit::MemmapOptions {
            dtype: self.dtype.clone(),
            mode: self.mode.into(),
            offset: self.offset,
            shape: self.shape.clone(),
            order: self.order.into(),
        };
        Memmap::first(wit::Memmap::open(path, &options)?)
    }
}

impl Default for MemmapOptions {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_mode_is_read() {
        for (mode, names) in Mode::NAMES {
            assert_eq!(mode.to_string(), names[0]);
            for name in names {
                assert_eq!(name.parse(), Ok(mode));
            }
            assert_eq!(Mode::from(wit::Mode::from(mode)), mode);
        }
    }

    #[test]
    fn what_is_no_mode_is_refused_with_the_names() {
        for text in ["", "w", "rb", "R", "read-only"] {
            let error = text.parse::<Mode>().unwrap_err();
            assert!(
                matches!(&error, Error::InvalidArgument(text) if text.contains("`copyonwrite`")),
                "{error}"
            );
        }
    }
}
