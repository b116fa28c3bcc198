//! Bytes as fields of lines: hexadecimal, or `-` for none.

use std::fmt::Write as _;

/// Returns the field of these bytes.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    let mut text = String::new();
    for byte in bytes.as_ref() {
        write!(text, "{byte:02x}").expect("writing to a string succeeds");
    }
    or_dash(text)
}

/// Returns the fields of several byte strings, each with a space before it.
pub(crate) fn fields<T: AsRef<[u8]>>(fields: impl IntoIterator<Item = T>) -> String {
    fields.into_iter().fold(String::new(), |line, field| line + " " + &encode(field))
}

/// Returns the bytes of hexadecimal digits.
pub(crate) fn decode(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// Returns the field, or `-` if it is empty.
pub(crate) fn or_dash(field: String) -> String {
    if field.is_empty() { "-".into() } else { field }
}
