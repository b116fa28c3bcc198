//! Python's literals, as they stand in the header of a `.npy` file and in what numpy prints of a dtype.
//!
//! What this reads means the same to Python's `ast.literal_eval`. It reads less: no floats, sets, or strings in three
//! quotes, and only numbers that fit 64 bits. Depth is bounded here and length by the callers, and so time and
//! memory are.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// How many brackets can be open at once. The deepest dtype prints as fewer.
const MAX_DEPTH: usize = 80;

/// A value, and the bytes of the text that it was read from.
pub(super) struct Literal {
    pub(super) value: Value,
    pub(super) start: usize,
    pub(super) end: usize,
}

pub(super) enum Value {
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
    pub(super) fn parse(text: &[u8], encoding: Encoding) -> Result<Self, Complaint> {
        let mut reader = Reader { text, encoding, position: 0, depth: 0 };
        let literal = reader.value()?;
        reader.skip_space();
        if reader.position < text.len() {
            return Err(complain(reader.position, "something behind the end of the literal"));
        }
        Ok(literal)
    }

    /// The elements of a tuple or list.
    pub(super) fn items(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Tuple(items) | Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The characters of a string.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number that is not negative.
    pub(super) fn natural(&self) -> Option<u64> {
        match self.value {
            Value::Int(number) => u64::try_from(number).ok(),
            _ => None,
        }
    }
}

/// What the bytes above 127 mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Each is the character of that number.
    Latin1,
    /// The text is valid UTF-8.
    Utf8,
}

/// What is wrong with a text, and where.
pub(super) struct Complaint {
    pub(super) position: usize,
    pub(super) what: Box<str>,
}

fn complain(position: usize, what: &str) -> Complaint {
    Complaint { position, what: what.into() }
}

struct Reader<'a> {
    text: &'a [u8],
    encoding: Encoding,
    position: usize,
    /// How many brackets are open.
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Literal, Complaint> {
        self.skip_space();
        let start = self.position;
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
    fn sequence(&mut self, close: u8) -> Result<(Vec<Literal>, bool), Complaint> {
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

    fn dict(&mut self) -> Result<Value, Complaint> {
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

    fn open(&mut self) -> Result<(), Complaint> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(complain(self.position, &format!("more than {MAX_DEPTH} brackets that are open")));
        }
        self.position += 1;
        Ok(())
    }

    fn number(&mut self) -> Result<i64, Complaint> {
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
            return Err(complain(start, "what is no whole number in decimal digits"));
        }
        let number = digits.parse::<i64>().map_err(|_| complain(start, "a number that does not fit 64 bits"))?;
        Ok(if negative { -number } else { number })
    }

    fn word(&mut self) -> Result<Value, Complaint> {
        for (word, value) in [("None", Value::None), ("True", Value::Bool(true)), ("False", Value::Bool(false))] {
            if self.text[self.position..].starts_with(word.as_bytes()) {
                self.position += word.len();
                return Ok(value);
            }
        }
        let what = if self.position < self.text.len() { "what is no literal" } else { "the end instead of a literal" };
        Err(complain(self.position, what))
    }

    /// Strings, which Python joins where only space is between them.
    fn strings(&mut self) -> Result<Value, Complaint> {
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
            [true, true] => Err(complain(start, "a mixture of text and bytes")),
            [_, true] => Ok(Value::Bytes(text)),
            _ => Ok(Value::Text(text)),
        }
    }

    /// How long the prefix is of the string that begins here, and whether that makes it bytes.
    fn quote(&self) -> Option<(usize, bool)> {
        let byte = |ahead: usize| self.text.get(self.position + ahead);
        let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'\'' | b'"'));
        match self.peek() {
            _ if is_quote(byte(0)) => Some((0, false)),
            b'u' | b'U' if is_quote(byte(1)) => Some((1, false)),
            b'b' | b'B' if is_quote(byte(1)) => Some((1, true)),
            _ => None,
        }
    }

    /// One string from its opening to its closing quote.
    fn string(&mut self, text: &mut String, bytes: bool) -> Result<(), Complaint> {
        let start = self.position;
        let quote = self.peek();
        if self.text[start..].starts_with(&[quote; 3]) {
            return Err(complain(start, "a string in three quotes"));
        }
        self.position += 1;
        loop {
            let rest = &self.text[self.position..];
            let special = |byte: &u8| *byte == quote || matches!(byte, b'\\' | b'\n' | b'\r' | 0);
            let Some(length) = rest.iter().position(special) else { break };
            let plain = &rest[..length];
            if bytes && !plain.is_ascii() {
                return Err(complain(self.position, "bytes that are no ASCII characters"));
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
        Err(complain(start, "a string that does not end"))
    }

    /// What stands for one character behind a backslash.
    fn escape(&mut self, text: &mut String, bytes: bool) -> Result<(), Complaint> {
        let start = self.position - 1;
        let byte = self.peek();
        self.position += 1;
        let code = match byte {
            // The line goes on.
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
                // Python leaves a backslash that means nothing.
                self.position -= 1;
                text.push('\\');
                return Ok(());
            }
        };
        let character = char::from_u32(code).filter(|_| !bytes || code < 256);
        text.push(character.ok_or_else(|| complain(start, "an escape that stands for no character"))?);
        Ok(())
    }

    /// The number of so many digits, or one that is no character.
    fn code(&mut self, base: u32, least: usize, most: usize) -> u32 {
        let mut code = 0_u32;
        for count in 0..most {
            match char::from(self.peek()).to_digit(base) {
                Some(digit) => code = code.wrapping_mul(base) | digit,
                None if count < least => return u32::MAX,
                None => break,
            }
            self.position += 1;
        }
        code
    }

    /// The byte at the position, or 0 at the end.
    fn peek(&self) -> u8 {
        self.text.get(self.position).copied().unwrap_or_default()
    }

    fn expect(&mut self, byte: u8) -> Result<(), Complaint> {
        if self.accept(byte) {
            return Ok(());
        }
        Err(complain(self.position, &format!("no `{}`", char::from(byte))))
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
