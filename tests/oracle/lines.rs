//! Bytes as the fields of lines have them.

use std::fmt::Write as _;

/// Hexadecimal, and `-` where there are no bytes.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    let mut text = String::new();
    for byte in bytes.as_ref() {
        write!(text, "{byte:02x}").expect("it is memory");
    }
    or_dash(text)
}

/// So many fields, each behind a space.
pub(crate) fn fields<T: AsRef<[u8]>>(fields: impl IntoIterator<Item = T>) -> String {
    fields.into_iter().fold(String::new(), |line, field| line + " " + &encode(field))
}

/// The bytes of hexadecimal digits, as the fixtures have them.
pub(crate) fn decode(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// The field itself, and `-` where it would be empty.
pub(crate) fn or_dash(field: String) -> String {
    if field.is_empty() { "-".into() } else { field }
}
