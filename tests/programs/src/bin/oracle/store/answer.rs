//! Answers in the format of the lines.

use super::super::bindings::filemap::data::errors::{Error, ErrorCode};
use super::super::hex;

/// The result of a call.
pub(super) trait Answer {
    /// Returns the text of the result: `none` for nothing, and hexadecimal for bytes and strings.
    fn text(&self) -> String;
}

impl Answer for () {
    fn text(&self) -> String {
        "none".into()
    }
}

impl Answer for bool {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Answer for u64 {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Answer for String {
    fn text(&self) -> String {
        hex(self)
    }
}

impl Answer for Vec<u8> {
    fn text(&self) -> String {
        hex(self)
    }
}

impl<T: Answer> Answer for Option<T> {
    fn text(&self) -> String {
        self.as_ref().map_or_else(|| "none".into(), Answer::text)
    }
}

impl<K: Answer, V: Answer> Answer for (K, V) {
    fn text(&self) -> String {
        format!("{}:{}", self.0.text(), self.1.text())
    }
}

impl<T: Answer> Answer for Vec<T> {
    fn text(&self) -> String {
        format!("[{}]", self.iter().map(Answer::text).collect::<Vec<_>>().join(","))
    }
}

/// Returns the code of an error that a turn can expect.
pub(super) fn case(error: &Error) -> &'static str {
    match error.code {
        ErrorCode::AccessDenied => "access-denied",
        ErrorCode::Closed => "closed",
        ErrorCode::InvalidArgument => "invalid-argument",
        _ => "unexpected",
    }
}
