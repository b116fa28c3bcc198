//! String literals: `'x'`, `"x"`, `u'x'` and `b'x'`, with Python's escapes.

use alloc::string::String;

use super::{Encoding, Reader, SyntaxError, Value, syntax_error};

impl Reader<'_> {
    /// Parses a string. Adjacent strings are concatenated, as in Python.
    pub(super) fn strings(&mut self) -> Result<Value, SyntaxError> {
        let start = self.position;
        let mut text = String::new();
        let mut kinds = [false; 2];
        let mut end = start;
        while let Some((prefix, bytes)) = self.quote() {
            self.position += prefix;
            self.string(&mut text, bytes)?;
            kinds[usize::from(bytes)] = true;
            end = self.position;
            self.skip_space();
        }
        self.position = end;
        match kinds {
            [true, true] => Err(syntax_error(start, "a mixture of text and bytes")),
            [_, true] => Ok(Value::Bytes(text)),
            _ => Ok(Value::Text(text)),
        }
    }

    /// Returns the length of the prefix of a string that begins here, and whether the prefix marks
    /// bytes.
    pub(super) fn quote(&self) -> Option<(usize, bool)> {
        let byte = |ahead: usize| self.text.get(self.position + ahead);
        let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'\'' | b'"'));
        match self.peek() {
            _ if is_quote(byte(0)) => Some((0, false)),
            b'u' | b'U' if is_quote(byte(1)) => Some((1, false)),
            b'b' | b'B' if is_quote(byte(1)) => Some((1, true)),
            _ => None,
        }
    }

    /// Parses one string from its opening to its closing quote.
    fn string(&mut self, text: &mut String, bytes: bool) -> Result<(), SyntaxError> {
        let start = self.position;
        let quote = self.peek();
        if self.text[start..].starts_with(&[quote; 3]) {
            return Err(syntax_error(start, "unsupported triple quotes"));
        }
        self.position += 1;
        loop {
            let rest = &self.text[self.position..];
            let special = |byte: &u8| *byte == quote || matches!(byte, b'\\' | b'\n' | b'\r' | 0);
            let Some(length) = rest.iter().position(special) else { break };
            let plain = &rest[..length];
            if bytes && !plain.is_ascii() {
                return Err(syntax_error(self.position, "bytes that are not ASCII"));
            }
            match self.encoding {
                Encoding::Latin1 => {
                    for byte in plain {
                        text.push(char::from(*byte));
                    }
                }
                Encoding::Utf8 => text.push_str(core::str::from_utf8(plain).unwrap_or_default()),
            }
            self.position += length + 1;
            match rest[length] {
                byte if byte == quote => return Ok(()),
                b'\\' => self.escape(text, bytes)?,
                _ => break,
            }
        }
        Err(syntax_error(start, "unterminated string"))
    }

    /// Parses the rest of an escape after the backslash.
    fn escape(&mut self, text: &mut String, bytes: bool) -> Result<(), SyntaxError> {
        let start = self.position - 1;
        let byte = self.peek();
        self.position += 1;
        let code = match byte {
            // A line continuation.
            b'\n' => return Ok(()),
            b'\\' | b'\'' | b'"' => byte.into(),
            b'a' => 7,
            b'b' => 8,
            b't' => 9,
            b'n' => 10,
            b'v' => 11,
            b'f' => 12,
            b'r' => 13,
            b'0'..=b'7' => {
                self.position -= 1;
                self.code(8, 1, 3)
            }
            b'x' => self.code(16, 2, 2),
            b'u' if !bytes => self.code(16, 4, 4),
            b'U' if !bytes => self.code(16, 8, 8),
            b'N' if !bytes => u32::MAX,
            _ => {
                // Python keeps a backslash that does not begin an escape.
                self.position -= 1;
                text.push('\\');
                return Ok(());
            }
        };
        let character = char::from_u32(code).filter(|_| !bytes || code < 256);
        text.push(character.ok_or_else(|| syntax_error(start, "invalid escape"))?);
        Ok(())
    }

    /// Parses `min` to `max` digits as a character code. Returns an invalid code if there are too
    /// few.
    fn code(&mut self, base: u32, min: usize, max: usize) -> u32 {
        let mut code = 0_u32;
        for count in 0..max {
            match char::from(self.peek()).to_digit(base) {
                Some(digit) => code = code.wrapping_mul(base) | digit,
                None if count < min => return u32::MAX,
                None => break,
            }
            self.position += 1;
        }
        code
    }
}
