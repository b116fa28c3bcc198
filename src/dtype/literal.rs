//! A parser of Python literals, which spell dtypes and the headers of `.npy` files.
//!
//! It accepts a subset of Python's `ast.literal_eval`, with the same meaning: no floats, sets or
//! triple-quoted strings, and only integers of 64 bits. It limits the nesting and the number of
//! values, and its callers limit the length of the text, so time and memory are bounded.

mod string;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The maximum number of open brackets. The most deeply nested dtype prints with fewer.
const MAX_DEPTH: usize = 80;

/// The maximum number of values in one text. A value takes much more memory than its text; the
/// largest dtype needs as many.
const MAX_VALUES: usize = 512 << 10;

/// A value, and the range of the text that it was parsed from.
pub(crate) struct Literal {
    pub(crate) value: Value,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

pub(crate) enum Value {
    None,
    Bool(bool),
    Int(i64),
    Text(String),
    /// A byte string, each byte as the character of that code.
    Bytes(String),
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

impl Literal {
    /// Parses a text that contains exactly one literal.
    pub(crate) fn parse(text: &[u8], encoding: Encoding) -> Result<Self, SyntaxError> {
        let mut reader = Reader { text, encoding, position: 0, depth: 0, values: 0 };
        let literal = reader.value()?;
        reader.skip_space();
        if reader.position < text.len() {
            return Err(syntax_error(reader.position, "unexpected text after the literal"));
        }
        Ok(literal)
    }

    /// Returns the items of a tuple or list.
    pub(crate) fn items(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Tuple(items) | Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the content of a text string.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a non-negative integer.
    pub(crate) fn natural(&self) -> Option<u64> {
        match self.value {
            Value::Int(number) => u64::try_from(number).ok(),
            _ => None,
        }
    }
}

/// The encoding of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Latin-1: each byte is the character of that code.
    Latin1,
    /// Valid UTF-8.
    Utf8,
}

/// A syntax error: its position and a description.
pub(crate) struct SyntaxError {
    pub(crate) position: usize,
    pub(crate) what: Box<str>,
}

fn syntax_error(position: usize, what: &str) -> SyntaxError {
    SyntaxError { position, what: what.into() }
}

struct Reader<'a> {
    text: &'a [u8],
    encoding: Encoding,
    position: usize,
    /// The number of open brackets.
    depth: usize,
    /// The number of values parsed so far.
    values: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Literal, SyntaxError> {
        self.skip_space();
        let start = self.position;
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(syntax_error(start, &format!("more than {MAX_VALUES} values")));
        }
        let value = match self.peek() {
            b'(' => {
                let (mut items, comma) = self.sequence(b')')?;
                // In Python, the comma makes a tuple, not the parentheses.
                if items.len() == 1 && !comma {
                    return Ok(items.remove(0));
                }
                Value::Tuple(items)
            }
            b'[' => Value::List(self.sequence(b']')?.0),
            b'{' => self.dict()?,
            b'-' | b'+' | b'0'..=b'9' => Value::Int(self.number()?),
            _ if self.quote().is_some() => self.strings()?,
            _ => self.word()?,
        };
        Ok(Literal { value, start, end: self.position })
    }

    /// Parses items up to the closing bracket. Returns also whether a comma followed the last item.
    fn sequence(&mut self, close: u8) -> Result<(Vec<Literal>, bool), SyntaxError> {
        self.open()?;
        let mut items = Vec::new();
        let mut comma = false;
        while !self.accept(close) {
            items.push(self.value()?);
            comma = self.accept(b',');
            if !comma {
                self.expect(close)?;
                break;
            }
        }
        self.depth -= 1;
        Ok((items, comma))
    }

    fn dict(&mut self) -> Result<Value, SyntaxError> {
        self.open()?;
        let mut entries = Vec::new();
        while !self.accept(b'}') {
            let key = self.value()?;
            self.expect(b':')?;
            entries.push((key, self.value()?));
            if !self.accept(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        self.depth -= 1;
        Ok(Value::Dict(entries))
    }

    fn open(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(syntax_error(
                self.position,
                &format!("more than {MAX_DEPTH} open brackets"),
            ));
        }
        self.position += 1;
        Ok(())
    }

    fn number(&mut self) -> Result<i64, SyntaxError> {
        let start = self.position;
        let negative = self.peek() == b'-';
        if !self.peek().is_ascii_digit() {
            self.position += 1;
        }
        let first = self.position;
        while self.peek().is_ascii_digit() {
            self.position += 1;
        }
        let digits = core::str::from_utf8(&self.text[first..self.position]).unwrap_or_default();
        let octal = digits.starts_with('0') && digits.bytes().any(|digit| digit != b'0');
        // Python 2 wrote long integers as `3L`, which numpy still reads.
        if self.peek() == b'L' {
            self.position += 1;
        }
        let goes_on = self.peek().is_ascii_alphanumeric() || matches!(self.peek(), b'.' | b'_');
        if digits.is_empty() || octal || goes_on {
            return Err(syntax_error(start, "expected a decimal integer"));
        }
        let number = digits
            .parse::<i64>()
            .map_err(|_| syntax_error(start, "an integer of more than 64 bits"))?;
        Ok(if negative { -number } else { number })
    }

    fn word(&mut self) -> Result<Value, SyntaxError> {
        for (word, value) in
            [("None", Value::None), ("True", Value::Bool(true)), ("False", Value::Bool(false))]
        {
            if self.text[self.position..].starts_with(word.as_bytes()) {
                self.position += word.len();
                return Ok(value);
            }
        }
        let what = if self.position < self.text.len() {
            "expected a literal"
        } else {
            "expected a literal instead of the end"
        };
        Err(syntax_error(self.position, what))
    }

    /// Returns the byte at the position, or 0 at the end.
    fn peek(&self) -> u8 {
        self.text.get(self.position).copied().unwrap_or_default()
    }

    fn expect(&mut self, byte: u8) -> Result<(), SyntaxError> {
        if self.accept(byte) {
            return Ok(());
        }
        Err(syntax_error(self.position, &format!("expected `{}`", char::from(byte))))
    }

    fn accept(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == byte;
        self.position += usize::from(found);
        found
    }

    /// Skips white space and comments.
    fn skip_space(&mut self) {
        let mut comment = false;
        while let Some(byte) = self.text.get(self.position) {
            comment = (comment || *byte == b'#') && !matches!(byte, b'\n' | b'\r');
            if !comment && !byte.is_ascii_whitespace() {
                break;
            }
            self.position += 1;
        }
    }
}
