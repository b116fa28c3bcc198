//! The mapping between keys and file names, in both directions.
//!
//! The value of a key is in the file `quote(key, safe="") + "#" + generation`, where `quote` is
//! Python's `urllib.parse.quote`: it keeps letters, digits and `_.-~`, and replaces every other
//! byte of the UTF-8 by `%` and two upper-case hexadecimal digits. `zict.File` uses the same names.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, Result};
use crate::limits::{MAX_FILE_NAME, MAX_QUOTED_KEY};
use crate::message;

/// A number that grows with every write of a store: a later value has a larger generation.
pub type Generation = u64;

/// The largest valid generation. Incrementing a larger one would overflow; filemap and zict never
/// reach it.
pub const MAX_GENERATION: Generation = i64::MAX as u64;

/// The characters that `quote(key, safe="")` escapes: all except letters, digits and `_.-~`.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// The prefix of temporary names. It is not the quoted form of any key, because `%te` is not an
/// escape. So no reader takes a temporary file for the value of a key that was set: filemap ignores
/// it, and zict sees an additional key.
const TEMPORARY: &str = "%temporary-filemap#";

/// The names of files that were removed while open: a prefix, and the least number of hexadecimal
/// digits after it. They are those of libfuse, and of Linux for NFS, SMB (two kinds) and AFS.
const LEFT_BY_REMOVAL: [(&str, usize); 5] =
    [(".fuse_hidden", 16), (".nfs", 24), (".smb", 24), (".__smbfile_silly", 1), (".__afs", 4)];

/// Python's `urllib.parse.quote(text, safe="")`.
#[must_use]
pub fn quote(text: &str) -> String {
    utf8_percent_encode(text, QUOTED).collect()
}

/// Python's `urllib.parse.unquote(text)`: keeps a `%` without two hexadecimal digits, and replaces
/// bytes that are not UTF-8 by U+FFFD.
#[must_use]
pub fn unquote(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// Returns the name of the file for a generation of the value of `key`.
///
/// # Errors
///
/// [`Error::InvalidArgument`] if the name is too long for a file name.
pub fn file_name(key: &str, generation: Generation) -> Result<String> {
    let digits = generation.checked_ilog10().map_or(1, |log| log + 1);
    let length = quoted_length(key) + 1 + u64::from(digits);
    if length > MAX_FILE_NAME as u64 {
        return Err(too_long(key, "the file name", length, MAX_FILE_NAME));
    }
    let mut name = String::with_capacity(MAX_FILE_NAME);
    name.extend(utf8_percent_encode(key, QUOTED));
    // Writing to a string does not fail.
    _ = write!(name, "#{generation}");
    Ok(name)
}

/// Fails if the file name of a new key would not fit with every generation. Otherwise a later
/// overwrite could fail because the generation has one more digit.
///
/// # Errors
///
/// [`Error::InvalidArgument`] if the quoted form is longer than [`MAX_QUOTED_KEY`].
pub fn check_new_key(key: &str) -> Result<()> {
    let length = quoted_length(key);
    if length > MAX_QUOTED_KEY as u64 {
        return Err(too_long(key, "the quoted form", length, MAX_QUOTED_KEY));
    }
    Ok(())
}

/// Returns the length of `quote(key, safe="")` without allocating it: a key can be as long as the
/// data of one call.
fn quoted_length(key: &str) -> u64 {
    let quoted =
        |byte: u8| if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) { 1 } else { 3 };
    key.bytes().map(quoted).sum()
}

fn too_long(key: &str, what: &str, length: u64, max: usize) -> Error {
    let key = key.len();
    Error::InvalidArgument(message!(
        "{what} of a key of {key} bytes has {length} bytes, and at most {max} are allowed: use a \
         shorter key, or one with fewer characters other than letters, digits and `_.-~`"
    ))
}

/// Returns the name under which a value is written before it gets its final name.
#[must_use]
pub fn temporary_name(generation: Generation) -> String {
    format!("{TEMPORARY}{generation}")
}

/// The meaning of a file name in the directory of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileName {
    /// A generation of the value of a key.
    Value(String, Generation),
    /// The value of a key in a file without a generation. zict 2 wrote such files, and zict 3 reads
    /// every file as a value.
    Unnumbered(String),
    /// A value whose writer has not finished.
    Temporary(Generation),
    /// A name that neither filemap nor zict writes.
    Foreign,
}

/// Parses a file name. A name with a generation is a value only if [`file_name`] would return the
/// same name: `%61#1` decodes to the key `a`, but is foreign.
#[must_use]
pub fn parse(name: &str) -> FileName {
    if let Some(generation) = name.strip_prefix(TEMPORARY).and_then(parse_generation) {
        return FileName::Temporary(generation);
    }
    let Some((quoted, suffix)) = name.split_once('#') else {
        if is_left_by_removal(name) {
            return FileName::Foreign;
        }
        return FileName::Unnumbered(unquote(name).into_owned());
    };
    let Some(generation) = parse_generation(suffix) else { return FileName::Foreign };
    let key = unquote(quoted);
    if quote(&key) == quoted {
        FileName::Value(key.into_owned(), generation)
    } else {
        FileName::Foreign
    }
}

/// Returns whether a network file system or FUSE gave this name to a file that was removed or
/// replaced while it was open, until it is closed.
fn is_left_by_removal(name: &str) -> bool {
    LEFT_BY_REMOVAL.iter().any(|(prefix, digits)| {
        let rest = name.strip_prefix(prefix);
        rest.is_some_and(|rest| {
            rest.len() >= *digits && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    })
}

/// Parses a generation: decimal digits without leading zeroes, up to [`MAX_GENERATION`].
fn parse_generation(text: &str) -> Option<Generation> {
    let plain =
        text == "0" || !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&generation| plain && generation <= MAX_GENERATION)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks a key, the file name of its generation 7, and the way back.
    #[track_caller]
    fn check(key: &str, name: &str) {
        assert_eq!(file_name(key, 7).as_deref(), Ok(name));
        assert_eq!(parse(name), FileName::Value(key.into(), 7));
    }

    #[test]
    fn any_string_has_a_file_name_that_parses_as_the_string() {
        check("", "#7");
        check(".", ".#7");
        check("..", "..#7");
        check("a/b", "a%2Fb#7");
        check("100%", "100%25#7");
        check("x#1", "x%231#7");
        check("\0", "%00#7");
        check("~-._", "~-._#7");
        check("a b+c", "a%20b%2Bc#7");
        check("naïve", "na%C3%AFve#7");
        check("🦀", "%F0%9F%A6%80#7");
        check("%temporary-filemap", "%25temporary-filemap#7");
    }

    #[test]
    fn a_file_name_has_all_digits_of_the_generation() {
        for generation in [0, 9, 10, 99, 100, MAX_GENERATION] {
            let name = file_name("k", generation).unwrap();
            assert_eq!(name, format!("k#{generation}"));
            let longest = "k".repeat(MAX_FILE_NAME - name.len() + 1);
            assert_eq!(file_name(&longest, generation).map(|name| name.len()), Ok(MAX_FILE_NAME));
            assert!(file_name(&(longest + "k"), generation).is_err());
        }
    }

    #[test]
    fn other_names_are_foreign() {
        for name in [
            "#",
            "a#",
            "a#x",
            "a#-1",
            "a#+1",
            "a# 1",
            "a#07",
            "a#1#2",
            "a#1.tmp",
            "%61#1",
            "%2f#1",
            "a b#1",
            "%#1",
            "%FF#1",
            "a#9223372036854775808",
            "a#99999999999999999999",
            "%temporary-filemap#x",
            "%temporary-filemap#01",
        ] {
            assert_eq!(parse(name), FileName::Foreign, "{name}");
        }
    }

    #[test]
    fn a_name_without_a_number_is_read_like_zict() {
        for (name, key) in [
            ("notes.txt", "notes.txt"),
            ("a b", "a b"),
            ("%61", "a"),
            ("a%2Fb", "a/b"),
            ("%", "%"),
            ("%zz", "%zz"),
            ("%FF", "\u{fffd}"),
            ("%temporary-filemap", "%temporary-filemap"),
        ] {
            assert_eq!(parse(name), FileName::Unnumbered(key.into()), "{name}");
        }
    }

    #[test]
    fn a_file_that_was_removed_while_open_is_no_key() {
        for name in [
            ".fuse_hidden0000000400000001",
            ".fuse_hidden000000040000000100000002",
            ".nfs00000000012d3a5c00000001",
            ".smb00000000012d3a5c0000000f",
            ".__smbfile_silly0001",
            ".__afs002A",
        ] {
            assert_eq!(parse(name), FileName::Foreign, "{name}");
            // filemap writes such a key with a number.
            check(name, &format!("{name}#7"));
        }
        for name in [".fuse_hidden", ".nfs", ".nfs1", ".nfsrc", ".smbconfig", ".__afs", ".hidden"] {
            assert_eq!(parse(name), FileName::Unnumbered(name.into()), "{name}");
        }
    }

    #[test]
    fn a_temporary_name_is_no_key() {
        assert_eq!(parse(&temporary_name(12)), FileName::Temporary(12));
        assert_eq!(quote(&unquote(&temporary_name(12))), "%25temporary-filemap%2312");
    }

    #[test]
    fn the_longest_key_fits_and_a_longer_one_does_not() {
        assert_eq!(file_name(&"k".repeat(253), 7).map(|name| name.len()), Ok(255));
        let error = file_name(&"é".repeat(43), 7).unwrap_err();
        let text = "the file name of a key of 86 bytes has 260 bytes, and at most 255 are allowed";
        assert!(error.message().starts_with(text), "{error}");
    }

    #[test]
    fn a_new_key_fits_with_every_generation() {
        let longest = "k".repeat(MAX_QUOTED_KEY);
        assert_eq!(check_new_key(&longest), Ok(()));
        assert_eq!(file_name(&longest, MAX_GENERATION).map(|name| name.len()), Ok(MAX_FILE_NAME));
        let error = check_new_key(&(longest + "k")).unwrap_err();
        let text =
            "the quoted form of a key of 236 bytes has 236 bytes, and at most 235 are allowed";
        assert!(error.message().starts_with(text), "{error}");
        assert!(check_new_key(&"é".repeat(39)).is_ok());
        assert!(check_new_key(&"é".repeat(40)).is_err());
    }
}
