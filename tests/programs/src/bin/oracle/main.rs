//! The plugin of the tests against the real numpy and zict: it executes a file of lines, or
//! compares its results with them. `tests/oracle/store` and `tests/oracle/arrays.py` execute the
//! same lines in Python.
//!
//! Bytes, keys and dtypes are in hexadecimal; `-` is the empty string.

mod arrays;
#[path = "../../bindings.rs"]
mod bindings;
mod store;

use std::fmt::{Debug, Write as _};
use std::process::ExitCode;

use bindings::filemap::data::errors::Error;

const USAGE: &str =
    "usage: oracle store-turns|arrays-write|arrays-check|arrays-find|arrays-refuse DIRECTORY LINES";

/// A result, or the difference that was found.
type Result<T = ()> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let [command, directory, path] = words[..] else { panic!("{USAGE}") };
    let lines = std::fs::read_to_string(path).expect("the lines can be read");
    let lines = lines.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let done = match command {
        "store-turns" => store::turns(directory, lines),
        "arrays-write" => arrays::write(directory, lines),
        "arrays-check" => arrays::check(directory, lines),
        "arrays-refuse" => arrays::refuse(directory, lines),
        "arrays-find" => arrays::find(directory, lines, &format!("{path}-found")),
        _ => panic!("{USAGE}"),
    };
    let Err(difference) = done else { return ExitCode::SUCCESS };
    eprintln!("{difference}");
    ExitCode::FAILURE
}

fn ok<T>(result: std::result::Result<T, Error>) -> Result<T> {
    result.map_err(|error| format!("{error:?}"))
}

fn same<T: PartialEq + Debug + ?Sized>(place: &str, what: &str, found: &T, expected: &T) -> Result {
    if found == expected {
        return Ok(());
    }
    Err(format!("{place:?}: {what} differs\n   found: {found:?}\nexpected: {expected:?}"))
}

fn text(hex: &str) -> String {
    String::from_utf8(bytes(hex)).expect("keys and dtypes are UTF-8")
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    let mut digits = String::new();
    for byte in bytes.as_ref() {
        write!(digits, "{byte:02x}").expect("a string grows");
    }
    if digits.is_empty() { "-".into() } else { digits }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = |pair: &[u8]| {
        u8::from_str_radix(str::from_utf8(pair).expect("ASCII"), 16).expect("two digits")
    };
    hex.trim_matches('-').as_bytes().chunks(2).map(digits).collect()
}
