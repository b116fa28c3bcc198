//! The header of a `.npy` file, versions 1.0, 2.0 and 3.0.
//!
//! Six bytes `\x93NUMPY`, two bytes of version, the length of the text that follows in two bytes (version
//! 1.0) or four, little-endian, and the text: a Python dictionary of `descr`, `fortran_order` and `shape`.
//! The elements follow.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::layout::Tuple;
use super::{Dtype, Layout, Order};
use crate::error::{Error, Result};
use crate::fs::File;
use crate::limits::MAX_NPY_HEADER;

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// What the header of a `.npy` file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Dtype, shape and order.
    pub layout: Layout,
    /// Where in the file the elements begin, in bytes.
    pub offset: u64,
    /// Stand-in.
    pub order: Order,
    /// Stand-in.
    pub text: Vec<u8>,
}

/// Stand-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Version {
    One,
    Two,
    Three,
}

impl Header {
    pub(super) fn new(dtype: &Dtype, shape: &[u64], order: Order, _: Option<Version>) -> Result<Self> {
        Ok(Self { layout: Layout::whole(dtype.clone(), shape, order)?, offset: 0, order, text: Vec::new() })
    }
    pub(super) fn resized(&self, _: u64) -> Result<Self> {
        Ok(self.clone())
    }
}

impl Header {
    /// Reads the header of a file, and checks that the file is as long as it says.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] where it is not what the format says or the file is shorter than it promises,
    /// [`Error::Unsupported`] for a dtype that filemap does not have and for a later version,
    /// [`Error::LimitExceeded`] for a text longer than [`MAX_NPY_HEADER`], and those of the file system.
    pub fn read(file: &impl File, name: &str) -> Result<Self> {
        let corrupt = |position: u64, what: String| {
            Error::Corrupt(format!("`{name}` is not a valid .npy file: {what} at byte {position}"))
        };
        let failed = |error| Error::io("read the header of", name, &error);

        let mut start = [0; 12];
        let length = file.read_full(&mut start, 0).map_err(failed)?;
        if !start[..length].starts_with(MAGIC) {
            return Err(corrupt(0, "the magic `\\x93NUMPY` is missing".into()));
        }
        let (text_start, text_length) = match start[6..8] {
            _ if length < 10 => return Err(corrupt(length as u64, "the header is cut off".into())),
            [1, 0] => (10, usize::from(u16::from_le_bytes([start[8], start[9]]))),
            [2 | 3, 0] if length < 12 => return Err(corrupt(length as u64, "the header is cut off".into())),
            [2 | 3, 0] => (12, u32::from_le_bytes([start[8], start[9], start[10], start[11]]) as usize),
            [major, minor] => {
                return Err(Error::Unsupported(format!(
                    "`{name}` is a .npy file of version {major}.{minor}: filemap reads 1.0, 2.0 and 3.0"
                )));
            }
            _ => unreachable!("two bytes were taken"),
        };
        let size = file.size().map_err(failed)?;
        let offset = text_start + text_length as u64;
        if offset > size {
            return Err(corrupt(size, format!("the header of {text_length} bytes is cut off")));
        }
        if text_length > MAX_NPY_HEADER {
            return Err(Error::LimitExceeded(format!(
                "the header of `{name}` has {text_length} bytes, and at most {MAX_NPY_HEADER} are read, as by numpy"
            )));
        }
        let mut text = alloc::vec![0; text_length];
        file.read_exact(&mut text, text_start).map_err(failed)?;

        let fields =
            Literal::new(&text).fields().map_err(|(position, what)| corrupt(text_start + position as u64, what))?;
        let dtype = Dtype::parse(&fields.descr).map_err(|error| match error {
            Error::Unsupported(text) => Error::Unsupported(format!("cannot open `{name}`: {text}")),
            other => corrupt(text_start + fields.descr_position as u64, other.message().to_string()),
        })?;
        let order = fields.order;
        let layout = Layout::new(dtype.clone(), fields.shape, fields.order)
            .map_err(|error| corrupt(text_start + fields.shape_position as u64, error.message().to_string()))?;

        if size - offset < layout.nbytes() {
            let what = format!(
                "the shape {} of `{dtype}` needs {} bytes and the file has only {} behind the header",
                Tuple(&layout.shape),
                layout.nbytes(),
                size - offset
            );
            return Err(corrupt(text_start + fields.shape_position as u64, what));
        }
        Ok(Self { layout, offset, order, text: Vec::new() })
    }
}

/// The entries of the dictionary, and where in the text they were.
struct Fields {
    descr: String,
    descr_position: usize,
    order: Order,
    shape: Vec<u64>,
    shape_position: usize,
}

/// A position in the text, and what is wrong there.
type Complaint = (usize, String);

/// A reader of the few Python literals that a header has.
struct Literal<'a> {
    text: &'a [u8],
    position: usize,
}

impl<'a> Literal<'a> {
    const fn new(text: &'a [u8]) -> Self {
        Self { text, position: 0 }
    }

    /// The whole dictionary, with just the three keys, and nothing behind it but white space.
    fn fields(mut self) -> core::result::Result<Fields, Complaint> {
        let (mut descr, mut order, mut shape) = (None, None, None);
        self.expect(b'{')?;
        while !self.accept(b'}') {
            let at = self.position;
            let key = self.string()?;
            self.expect(b':')?;
            self.skip_space();
            let position = self.position;
            // Of a key that is there twice, Python takes the last.
            match key.as_str() {
                "descr" => descr = Some((self.descr()?, position)),
                "fortran_order" => order = Some(self.order()?),
                "shape" => shape = Some((self.shape()?, position)),
                _ => return Err((at, format!("the unexpected key `{key}`"))),
            }
            if !self.accept(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        self.skip_space();
        if self.position < self.text.len() {
            return Err((self.position, "something behind the dictionary".into()));
        }
        let missing = |key: &str| (0, format!("the key `{key}` is missing"));
        let (descr, descr_position) = descr.ok_or_else(|| missing("descr"))?;
        let order = order.ok_or_else(|| missing("fortran_order"))?;
        let (shape, shape_position) = shape.ok_or_else(|| missing("shape"))?;
        Ok(Fields { descr, descr_position, order, shape, shape_position })
    }

    /// A dtype: a string, or the list of a structured one, which is returned as it stands.
    fn descr(&mut self) -> core::result::Result<String, Complaint> {
        self.skip_space();
        if !matches!(self.text.get(self.position), Some(b'[' | b'(')) {
            return self.string();
        }
        let start = self.position;
        let mut depth = 0_usize;
        while let Some(byte) = self.text.get(self.position) {
            match byte {
                b'[' | b'(' => depth += 1,
                b']' | b')' => depth = depth.saturating_sub(1),
                b'\'' | b'"' => {
                    self.string()?;
                    continue;
                }
                _ => {}
            }
            self.position += 1;
            if depth == 0 {
                return Ok(String::from_utf8_lossy(&self.text[start..self.position]).into_owned());
            }
        }
        Err((start, "a list that does not end".into()))
    }

    fn order(&mut self) -> core::result::Result<Order, Complaint> {
        for (word, order) in [("False", Order::C), ("True", Order::F)] {
            if self.text[self.position..].starts_with(word.as_bytes()) {
                self.position += word.len();
                return Ok(order);
            }
        }
        Err((self.position, "neither `True` nor `False`".into()))
    }

    fn shape(&mut self) -> core::result::Result<Vec<u64>, Complaint> {
        let mut shape = Vec::new();
        self.expect(b'(')?;
        while !self.accept(b')') {
            shape.push(self.number()?);
            if !self.accept(b',') {
                // Without a comma, `(3)` is a number in Python and no tuple.
                if shape.len() == 1 {
                    return Err((self.position, "a shape that is not a tuple".into()));
                }
                self.expect(b')')?;
                break;
            }
        }
        Ok(shape)
    }

    fn number(&mut self) -> core::result::Result<u64, Complaint> {
        self.skip_space();
        let start = self.position;
        while self.text.get(self.position).is_some_and(u8::is_ascii_digit) {
            self.position += 1;
        }
        let digits = core::str::from_utf8(&self.text[start..self.position]).unwrap_or_default();
        // Python 2 wrote long integers as `3L`, and numpy still reads them.
        if self.text.get(self.position) == Some(&b'L') {
            self.position += 1;
        }
        digits.parse().map_err(|_| (start, "a length that is no natural number of 64 bits".into()))
    }

    fn string(&mut self) -> core::result::Result<String, Complaint> {
        self.skip_space();
        let start = self.position;
        let Some(&quote @ (b'\'' | b'"')) = self.text.get(start) else { return Err((start, "no string".into())) };
        let rest = &self.text[start + 1..];
        let Some(length) = rest.iter().position(|&byte| byte == quote) else {
            return Err((start, "a string that does not end".into()));
        };
        self.position = start + 1 + length + 1;
        Ok(String::from_utf8_lossy(&rest[..length]).into_owned())
    }

    fn expect(&mut self, byte: u8) -> core::result::Result<(), Complaint> {
        if self.accept(byte) { Ok(()) } else { Err((self.position, format!("no `{}`", char::from(byte)))) }
    }

    fn accept(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.text.get(self.position) == Some(&byte);
        self.position += usize::from(found);
        found
    }

    /// Goes past white space, and past Python's comments.
    fn skip_space(&mut self) {
        let mut comment = false;
        while let Some(byte) = self.text.get(self.position) {
            comment = (comment || *byte == b'#') && *byte != b'\n';
            if !comment && !byte.is_ascii_whitespace() {
                break;
            }
            self.position += 1;
        }
    }
}
