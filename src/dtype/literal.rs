//! Python's literals, as they stand in the header of a `.npy` file and in what numpy prints of a
//! dtype.
//!
//! What this reads means the same to Python's `ast.literal_eval`. It reads less: no floats, sets,
//! or strings in three quotes, and only numbers that fit 64 bits. Depth and the number of values
//! are bounded here and length by the callers, and so time and memory are.

mod string;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// How many brackets can be open at once. The deepest dtype prints as fewer.
const MAX_DEPTH: usize = 80;

/// How many values one text may have, each of which takes much more memory than text: as many as
/// the largest dtype needs.
const MAX_VALUES: usize = 512 << 10;

/// A value, and the bytes of the text that it was read from.
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
    /// Bytes, each as the character of that number.
    Bytes(String),
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

impl Literal {
    /// Reads a text that is one literal and nothing besides.
    pub(crate) fn parse(text: &[u8], encoding: Encoding) -> Result<Self, SyntaxError> {
        let mut reader = Reader { text, encoding, position: 0, depth: 0, values: 0 };
        let literal = reader.value()?;
        reader.skip_space();
        if reader.position < text.len() {
            return Err(syntax_error(reader.position, "something behind the end of the literal"));
        }
        Ok(literal)
    }

    /// The elements of a tuple or list.
    pub(crate) fn items(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Tuple(items) | Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The characters of a string.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number that is not negative.
    pub(crate) fn natural(&self) -> Option<u64> {
        match self.value {
            Value::Int(number) => u64::try_from(number).ok(),
            _ => None,
        }
    }
}

/// What the bytes above 127 mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Each is the character of that number.
    Latin1,
    /// The text is valid UTF-8.
    Utf8,
}

/// What is wrong with a text, and where.
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
    /// How many brackets are open.
    depth: usize,
    /// How many values were read.
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
                // In Python, it is the comma that makes the tuple.
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

    /// The elements up to the closing bracket, and whether a comma was behind the last one.
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
                &format!("more than {MAX_DEPTH} brackets that are open"),
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
        // Python 2 wrote long integers as `3L`, and numpy still reads them.
        if self.peek() == b'L' {
            self.position += 1;
        }
        let goes_on = self.peek().is_ascii_alphanumeric() || matches!(self.peek(), b'.' | b'_');
        if digits.is_empty() || octal || goes_on {
            return Err(syntax_error(start, "what is no whole number in decimal digits"));
        }
        let number = digits
            .parse::<i64>()
            .map_err(|_| syntax_error(start, "a number that does not fit 64 bits"))?;
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
            "what is no literal"
        } else {
            "the end instead of a literal"
        };
        Err(syntax_error(self.position, what))
    }

    /// The byte at the position, or 0 at the end.
    fn peek(&self) -> u8 {
        self.text.get(self.position).copied().unwrap_or_default()
    }

    fn expect(&mut self, byte: u8) -> Result<(), SyntaxError> {
        if self.accept(byte) {
            return Ok(());
        }
        Err(syntax_error(self.position, &format!("no `{}`", char::from(byte))))
    }

    fn accept(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == byte;
        self.position += usize::from(found);
        found
    }

    /// Goes past white space, and past comments.
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
