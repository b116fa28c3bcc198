//! Keys and the file names that stand for them.
//!
//! The value of a key lies in the file `quote(key, safe="") + "#" + generation`, where `quote` is
//! Python's `urllib.parse.quote`: letters, digits and `_.-~` stand for themselves, and every other
//! byte of the UTF-8 is `%` and two upper-case hexadecimal digits. This is what `zict.File` writes.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, Result};
use crate::limits::{MAX_FILE_NAME, MAX_QUOTED_KEY};

/// Counts the writes of a store: a value written later has a larger generation.
pub type Generation = u64;

/// The largest generation that a file name is believed to have. A larger one is no name of ours: it
/// could only have been made up, and counting on from it would overflow.
pub const MAX_GENERATION: Generation = i64::MAX as u64;

/// What `quote(key, safe="")` escapes: everything but letters, digits and `_.-~`.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// What every temporary name begins with. No key is quoted like that: `%` always has two
/// hexadecimal digits behind it, and `te` is not hexadecimal. So no reader takes a temporary file
/// for the value of a key that somebody has set: not filemap, and not zict, which reads it as one
/// odd key more.
const TEMPORARY: &str = "%temporary-filemap#";

/// Python's `urllib.parse.quote(text, safe="")`.
#[must_use]
pub fn quote(text: &str) -> String {
    utf8_percent_encode(text, QUOTED).collect()
}

/// Python's `urllib.parse.unquote(text)`: a `%` without two hexadecimal digits stands for itself,
/// and bytes that are not UTF-8 become U+FFFD.
#[must_use]
pub fn unquote(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// The name of the file that holds the given generation of the value of `key`.
///
/// # Errors
///
/// [`Error::InvalidArgument`] where the name is longer than a file name may be.
pub fn file_name(key: &str, generation: Generation) -> Result<String> {
    let number = format!("#{generation}");
    let length = quoted_length(key) + number.len() as u64;
    if length > MAX_FILE_NAME as u64 {
        return Err(too_long(key, "the file name", length, MAX_FILE_NAME));
    }
    Ok(quote(key) + &number)
}

/// Refuses a new key whose file name would not fit with every generation, so that no later
/// overwrite fails for one more digit.
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

/// The length of `quote(key, safe="")`, measured without making it: a key may be as long as
/// everything that a plugin can pass in one call.
fn quoted_length(key: &str) -> u64 {
    let quoted =
        |byte: u8| if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) { 1 } else { 3 };
    key.bytes().map(quoted).sum()
}

fn too_long(key: &str, what: &str, length: u64, max: usize) -> Error {
    let key = key.len();
    Error::InvalidArgument(format!(
        "{what} of a key of {key} bytes has {length} bytes, and at max {max} are allowed: use a \
         shorter key, or one with fewer characters other than letters, digits and `_.-~`"
    ))
}

/// The name under which a value is written before it takes its own.
#[must_use]
pub fn temporary_name(generation: Generation) -> String {
    format!("{TEMPORARY}{generation}")
}

/// What a name in the directory of a store means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileName {
    /// A value of a key.
    Value(String, Generation),
    /// A value of a key in a file without a number: zict 2 wrote such, and zict 3 takes every file
    /// for one.
    Unnumbered(String),
    /// A value that was being written when its writer stopped.
    Temporary(Generation),
    /// Nothing that filemap or zict writes.
    Foreign,
}

/// Reads a file name. With a number, only what [`file_name`] would write is a value: `%61#1`
/// decodes to the key `a`, but nobody who follows the rules has written it, and so it is foreign.
#[must_use]
pub fn parse(name: &str) -> FileName {
    if let Some(generation) = name.strip_prefix(TEMPORARY).and_then(parse_generation) {
        return FileName::Temporary(generation);
    }
    let Some((quoted, suffix)) = name.split_once('#') else {
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

/// Reads a generation as it is printed: digits without leading zeroes, up to [`MAX_GENERATION`].
fn parse_generation(text: &str) -> Option<Generation> {
    let plain =
        text == "0" || !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&generation| plain && generation <= MAX_GENERATION)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key, the file name of its generation 7, and back.
    #[track_caller]
    fn check(key: &str, name: &str) {
        assert_eq!(file_name(key, 7).as_deref(), Ok(name));
        assert_eq!(parse(name), FileName::Value(key.into(), 7));
    }

    #[test]
    fn any_string_has_a_file_name_that_reads_back() {
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
    fn what_nobody_writes_is_foreign() {
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
    fn a_name_without_a_number_is_read_as_zict_reads_it() {
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
    fn a_temporary_name_is_no_key() {
        assert_eq!(parse(&temporary_name(12)), FileName::Temporary(12));
        assert_eq!(quote(&unquote(&temporary_name(12))), "%25temporary-filemap%2312");
    }

    #[test]
    fn the_longest_key_fits_and_one_more_does_not() {
        assert_eq!(file_name(&"k".repeat(253), 7).map(|name| name.len()), Ok(255));
        let error = file_name(&"é".repeat(43), 7).unwrap_err();
        let text = "the file name of a key of 86 bytes has 260 bytes, and at max 255 are allowed";
        assert!(error.message().starts_with(text), "{error}");
    }

    #[test]
    fn a_new_key_fits_with_every_generation() {
        let longest = "k".repeat(MAX_QUOTED_KEY);
        assert_eq!(check_new_key(&longest), Ok(()));
        assert_eq!(file_name(&longest, MAX_GENERATION).map(|name| name.len()), Ok(MAX_FILE_NAME));
        let error = check_new_key(&(longest + "k")).unwrap_err();
        let text =
            "the quoted form of a key of 236 bytes has 236 bytes, and at max 235 are allowed";
        assert!(error.message().starts_with(text), "{error}");
        assert!(check_new_key(&"é".repeat(39)).is_ok() && check_new_key(&"é".repeat(40)).is_err());
    }
}
